using System.Collections.Frozen;
using System.Collections.Immutable;
using Quorate.Chains;
using Quorate.Cryptography.Hashing;

namespace Quorate.Policies;

/// <summary>
/// A policy document, read in full: docs/spec/policies.md. Immutable, and the same on every node that holds the same bytes.
/// </summary>
public sealed class Policy
{
    /// <summary>Largest document read. Ten thousand addresses with labels fit.</summary>
    public const int MaxSize = 2 << 20;

    readonly JsonValue document;
    readonly PolicyContent content;

    internal Policy(JsonValue document, PolicyContent content) => (this.document, this.content) = (document, content);

    /// <summary>The document's name for itself.</summary>
    public string Name => content.Name;

    /// <summary>What it is for, in words; empty where it does not say.</summary>
    public string Description => content.Description;

    /// <summary>Content hash: of the canonical form, under its own tag. What administrators sign and nodes pin.</summary>
    public Digest Hash => content.Hash;

    /// <summary>How many rules there are.</summary>
    public int RuleCount => Rules.Length;

    /// <summary>How many examples it brings.</summary>
    public int ExampleCount => Examples.Length;

    /// <summary>By id, in ordinal order.</summary>
    internal ImmutableArray<PolicyRule> Rules => content.Rules;

    internal FrozenDictionary<string, FrozenSet<string>> Groups => content.Groups;

    internal FrozenDictionary<string, AddressList> AddressBook => content.AddressBook;

    internal ImmutableArray<PolicyCase> Examples => content.Examples;

    internal JsonValue Document => document;

    /// <summary>Reads a policy.</summary>
    /// <param name="utf8">The document.</param>
    /// <param name="spelling">
    /// Refuses chains and addresses that are not in their chain's canonical spelling. A node always passes it; without it, a rule about
    /// a misspelt address silently never matches.
    /// </param>
    /// <exception cref="DocumentException">Not a policy; says where and why.</exception>
    public static Policy Parse(ReadOnlySpan<byte> utf8, SpellingCheck? spelling = null) =>
        new PolicyReader(spelling).Read(JsonTree.Parse(utf8, MaxSize));

    /// <summary>
    /// Judges an intent. The caller has derived the effects from the transaction's bytes itself, and has asked
    /// <see cref="Intent.Binds"/>.
    /// </summary>
    /// <param name="intent">Who wants what.</param>
    /// <param name="effects">What the transaction does.</param>
    /// <param name="approvals">Approvals of this intent, verified.</param>
    /// <param name="counters">What has been spent and promised.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="ArgumentException">The approvals are for another intent.</exception>
    public Decision Evaluate(Intent intent, Effects effects, ApprovalSet approvals, CounterLedger counters, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(intent);
        ArgumentNullException.ThrowIfNull(approvals);
        if (approvals.Intent != intent.Hash)
            throw new ArgumentException("These approvals are for another intent.", nameof(approvals));
        return EvaluateAssuming(PolicyRequest.From(intent, effects), approvals.Approvers, counters, now);
    }

    /// <summary>
    /// What the decision would be if these members had approved: for previews, examples and replays, in which nothing is
    /// signed. The initiator is one of them where he has signed the intent himself.
    /// </summary>
    public Decision EvaluateAssuming(PolicyRequest request, IReadOnlySet<string> approvers, CounterLedger counters, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(approvers);
        ArgumentNullException.ThrowIfNull(counters);
        return new Evaluation(this, request, approvers, counters, now.ToUnixTimeSeconds()).Run();
    }

    /// <summary>The canonical form of the document, RFC 8785: what the hash is over.</summary>
    public byte[] ToCanonicalJson() => CanonicalJson.Write(document);

    /// <summary>
    /// This policy with another one's rules on top: a node operator's own, which can deny and require but not allow. Its
    /// rules are called <c>local/</c> something and have counters of their own. The hash stays this policy's.
    /// </summary>
    /// <exception cref="ArgumentException">The overlay allows something.</exception>
    public Policy WithOverlay(Policy overlay)
    {
        ArgumentNullException.ThrowIfNull(overlay);
        if (overlay.Rules.FirstOrDefault(rule => rule.Effect == RuleEffect.Allow) is { } allowing)
            throw new ArgumentException($"An overlay allows nothing; its rule {allowing.Id} does.", nameof(overlay));
        return new(document, content with { Rules = Rules.AddRange(overlay.Rules.Select(rule => rule with { Id = "local/" + rule.Id })) });
    }

    /// <summary>
    /// Entries of the address book that are new or changed against the policy in force and claim to be older than
    /// <paramref name="now"/>: they would skip their activation delay. A node refuses to pin a policy that has any.
    /// </summary>
    /// <param name="inForce">The policy that is pinned now.</param>
    /// <param name="now">The time.</param>
    /// <returns>JSON pointers to the entries, in this document.</returns>
    public ImmutableArray<string> FindBackdated(Policy inForce, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(inForce);
        return
        [
            .. from list in AddressBook.Values
               from entry in list.Entries
               where list.DelaySeconds > 0 && entry.AddedAt < now.ToUnixTimeSeconds()
               where !inForce.AddressBook.TryGetValue(list.Name, out var before)
                   || !before.Entries.Any(e => e.Account == entry.Account && e.AddedAt <= entry.AddedAt)
               orderby entry.Pointer
               select entry.Pointer,
        ];
    }

    internal static Digest HashOf(byte[] canonical)
    {
        using var transcript = new Transcript(Tags.PolicyDocument);
        return new(transcript.Append(canonical).Digest());
    }
}

/// <summary>What a document says, with its names resolved.</summary>
sealed record PolicyContent(
    string Name, string Description, Digest Hash, ImmutableArray<PolicyRule> Rules, FrozenDictionary<string, FrozenSet<string>> Groups,
    FrozenDictionary<string, AddressList> AddressBook, ImmutableArray<PolicyCase> Examples);

/// <summary>A named list of the address book. An entry is active so long after it was added.</summary>
sealed record AddressList(string Name, string Pointer, long DelaySeconds, ImmutableArray<AddressEntry> Entries)
{
    /// <summary>The Unix second from which each account is active.</summary>
    internal FrozenDictionary<Account, long> ActiveFrom { get; } =
        Entries.ToFrozenDictionary(entry => entry.Account, entry => entry.AddedAt + DelaySeconds);
}

/// <summary>An account of the address book and when it was added, in Unix seconds.</summary>
sealed record AddressEntry(Account Account, long AddedAt, string Pointer);
