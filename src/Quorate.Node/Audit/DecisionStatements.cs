using System.Collections.Immutable;
using Quorate.Cryptography.Signatures;
using Quorate.Node.Ceremonies;
using Quorate.Node.Gate;
using Quorate.Policies;

namespace Quorate.Node.Audit;

/// <summary>Says, under the node's identity, what its journal has of a request: docs/spec/receipts.md.</summary>
sealed class DecisionStatements(NodeJournal journal, Ed25519Key identity, TimeProvider time)
{
    sealed record Found(NodeEvent.SigningAllowed? Allowed, int Sessions, ImmutableSortedSet<int> Signed)
    {
        internal static readonly Found Nothing = new(null, 0, []);

        internal Found Evolve(NodeEvent happened) => happened switch
        {
            NodeEvent.SigningAllowed e => this with { Allowed = e },
            NodeEvent.SessionOpened => this with { Sessions = Sessions + 1 },
            NodeEvent.SessionEnded { Signature: not null } e => this with { Signed = Signed.Add(e.Input) },
            _ => this,
        };
    }

    /// <summary>The statement on a request.</summary>
    /// <returns>Null where the node has not allowed it.</returns>
    internal async Task<SignedDecision?> OnAsync(string request, CancellationToken cancellation)
    {
        var (found, _) = await journal.FoldAsync(NodeJournal.StreamOf(request), Found.Nothing, (state, happened) => state.Evolve(happened), cancellation).ConfigureAwait(false);
        if (found.Allowed is not { } allowed)
            return null;
        var state = journal.State;
        var head = await journal.HeadAsync(cancellation).ConfigureAwait(false);
        var intent = IntentJson.Parse(NodeState.Utf8(allowed.Intent));
        return new NodeDecision
        {
            Deployment = state.Genesis!.Hash,
            Node = state.Me!.Id,
            Request = request,
            Intent = intent.Hash,
            Policy = Digest.TryParse(allowed.Policy, out var policy) ? policy : throw new FormatException("The policy is no digest."),
            Acts = allowed.Acts,
            DecidedAt = allowed.At,
            Trace = allowed.Trace,
            Sessions = found.Sessions,
            Signed = [.. found.Signed],
            Keys = state.Wallets.TryGetValue(intent.Wallet, out var wallet) ? PackagesOf(wallet) : ImmutableSortedDictionary<string, ReadOnlyMemory<byte>>.Empty,
            Journal = new(head.Journal.ToString("N"), (ulong)head.Position, new(head.Hash.ToArray())),
            StatedAt = state.TimeToRecord(time.GetUtcNow()),
        }.Sign(identity);
    }

    static ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> PackagesOf(WalletKeys wallet) => KeyView.Of(wallet).ToImmutableSortedDictionary(
        key => KeyName.Of(key.Scheme), key => (ReadOnlyMemory<byte>)key.Stored, StringComparer.Ordinal);
}
