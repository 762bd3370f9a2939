using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Quorate.Journal.Events;
using Quorate.Policies;

namespace Quorate.Node;

/// <summary>
/// What a node records before anything follows from it. Closed. Every event carries the time it was decided at, in Unix
/// seconds, so that folding the journal again gives the same state.
/// </summary>
public abstract partial record NodeEvent(long At)
{
    /// <summary>The operator has pinned the deployment.</summary>
    /// <param name="At">When.</param>
    /// <param name="Document">The genesis document.</param>
    /// <param name="Node">Which of its nodes this is, by public key.</param>
    public sealed record GenesisInstalled(long At, JsonElement Document, string Node) : NodeEvent(At);

    /// <summary>The administrators have changed something.</summary>
    /// <param name="At">When.</param>
    /// <param name="Act">Their act.</param>
    /// <param name="Approvals">Their signatures.</param>
    /// <param name="Passkeys">Signature counters that have advanced.</param>
    public sealed record ActAccepted(long At, JsonElement Act, JsonElement Approvals, ImmutableArray<PasskeyUse> Passkeys) : NodeEvent(At);

    /// <summary>Somebody has stopped the node, or one wallet.</summary>
    /// <param name="At">When.</param>
    /// <param name="Scope">A wallet, or * for everything.</param>
    /// <param name="By">The administrator; empty for the node's own operator.</param>
    /// <param name="Reason">In words.</param>
    /// <param name="Approval">The administrator's signature; null for the operator's.</param>
    /// <param name="Passkeys">Signature counters that have advanced.</param>
    public sealed record Frozen(
        long At, string Scope, string By, string Reason, JsonElement? Approval, ImmutableArray<PasskeyUse> Passkeys) : NodeEvent(At);

    /// <summary>A wallet has keys, by a ceremony that has ended: the public packages in their stored format.</summary>
    /// <param name="At">When.</param>
    /// <param name="Wallet">The wallet.</param>
    /// <param name="Ecdsa">The key for ECDSA, if there is one.</param>
    /// <param name="Bip340">The key for BIP 340, if there is one.</param>
    /// <param name="Ed25519">The key for Ed25519, if there is one.</param>
    /// <param name="Ceremony">The id of the order; null where the keys came otherwise.</param>
    public sealed record WalletKeyed(long At, string Wallet, byte[]? Ecdsa, byte[]? Bip340, byte[]? Ed25519, string? Ceremony = null) : NodeEvent(At);

    /// <summary>The gate has allowed an intent. What it was asked, what it found and what that costs.</summary>
    /// <param name="At">When.</param>
    /// <param name="Intent">The intent.</param>
    /// <param name="Kind">The kind of payload.</param>
    /// <param name="Payload">The raw payload.</param>
    /// <param name="Approvals">What approvals came.</param>
    /// <param name="Passkeys">Signature counters that have advanced.</param>
    /// <param name="Policy">The policy that allowed it, by hash.</param>
    /// <param name="Charges">What is reserved.</param>
    /// <param name="Trace">The decision in words.</param>
    /// <param name="Acts">How many of the administrators' acts had been taken: which membership was asked.</param>
    public sealed record SigningAllowed(
        long At, JsonElement Intent, string Kind, byte[] Payload, JsonElement Approvals, ImmutableArray<PasskeyUse> Passkeys,
        string Policy, ImmutableArray<ChargeMade> Charges, string Trace, ulong Acts = 0) : NodeEvent(At);

    /// <summary>The policy has denied what a member has signed for.</summary>
    public sealed record SigningDenied(long At, JsonElement Intent, string Policy, string Trace) : NodeEvent(At);

    /// <summary>
    /// An intent that was allowed is to be replaced by another, for which no approvals are needed. In the stream of the request
    /// that was approved; the other is in its own.
    /// </summary>
    public sealed record ReplacementAllowed(long At, string Intent, string Replacement) : NodeEvent(At);

    /// <summary>The node is about to lend its share: from here on a signature may exist.</summary>
    public sealed record SessionOpened(long At, string Intent, int Input, string Session, ImmutableArray<int> Quorum) : NodeEvent(At);

    /// <summary>A session has ended, with a signature or with the fault that ended it.</summary>
    public sealed record SessionEnded(long At, string Intent, int Input, string Session, byte[]? Signature, string? Fault) : NodeEvent(At);

    /// <summary>No share was lent for the intent and none will be: its charges are free.</summary>
    public sealed record SigningReleased(long At, string Intent, string Reason) : NodeEvent(At);

    /// <summary>What signing has shown of another node since the last such event, as far as its reputation goes: docs/spec/breaker.md.</summary>
    /// <param name="At">When.</param>
    /// <param name="Node">Of which, by public key.</param>
    /// <param name="Successes">How much it has made good.</param>
    /// <param name="Suspicions">How often it was late, or one of several at fault.</param>
    /// <param name="ProvenFaults">How often it has broken the protocol, to this node's certain knowledge.</param>
    public sealed record SigningNoted(long At, string Node, double Successes, double Suspicions, double ProvenFaults) : NodeEvent(At);

    /// <summary>The vault has committed something; see <see cref="Vault.VaultAnchor"/>. The journal remembers it, so that an old vault shows.</summary>
    public sealed record VaultAnchored(long At, string Anchor) : NodeEvent(At);

    /// <summary>The node is about to sign the head of another's journal: see <see cref="Audit.HeadWitness"/>.</summary>
    public sealed record HeadCosigned(long At, string Journal, long Position, string Hash) : NodeEvent(At);

    /// <summary>A document as events carry it.</summary>
    internal static JsonElement Json(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(utf8);
        return document.RootElement.Clone();
    }

    internal static EventCatalog<NodeEvent> Catalog { get; } = new EventCatalogBuilder<NodeEvent>()
        .AddJson("genesis-installed", 1, NodeEventJson.Default.GenesisInstalled)
        .AddJson("act-accepted", 1, NodeEventJson.Default.ActAccepted)
        .AddJson("frozen", 1, NodeEventJson.Default.Frozen)
        .AddJson("wallet-keyed", 1, NodeEventJson.Default.WalletKeyed)
        .AddJson("signing-allowed", 1, NodeEventJson.Default.SigningAllowed)
        .AddJson("signing-denied", 1, NodeEventJson.Default.SigningDenied)
        .AddJson("replacement-allowed", 1, NodeEventJson.Default.ReplacementAllowed)
        .AddJson("session-opened", 1, NodeEventJson.Default.SessionOpened)
        .AddJson("session-ended", 1, NodeEventJson.Default.SessionEnded)
        .AddJson("signing-released", 1, NodeEventJson.Default.SigningReleased)
        .AddJson("ceremony-allowed", 1, NodeEventJson.Default.CeremonyAllowed)
        .AddJson("ceremony-attempted", 1, NodeEventJson.Default.CeremonyAttempted)
        .AddJson("ceremony-attested", 1, NodeEventJson.Default.CeremonyAttested)
        .AddJson("ceremony-vowed", 1, NodeEventJson.Default.CeremonyVowed)
        .AddJson("ceremony-failed", 1, NodeEventJson.Default.CeremonyFailed)
        .AddJson("conduct-noted", 1, NodeEventJson.Default.ConductNoted)
        .AddJson("ceremony-certified", 1, NodeEventJson.Default.CeremonyCertified)
        .AddJson("ceremony-ended", 1, NodeEventJson.Default.CeremonyEnded)
        .AddJson("wallet-left", 1, NodeEventJson.Default.WalletLeft)
        .AddJson("head-cosigned", 1, NodeEventJson.Default.HeadCosigned)
        .AddJson("signing-noted", 1, NodeEventJson.Default.SigningNoted)
        .AddJson("vault-anchored", 1, NodeEventJson.Default.VaultAnchored)
        .Build();
}

/// <summary>A passkey's signature counter as an assertion has shown it.</summary>
public sealed record PasskeyUse(string Credential, uint Count, string Subject)
{
    /// <summary>The counters of the passkeys that have spoken for what was approved.</summary>
    internal static ImmutableArray<PasskeyUse> Of(ApprovalSet approvals) =>
    [
        .. approvals.Counters.Entries.Where(e => e.Subject == approvals.Intent).Select(e => new PasskeyUse(e.Credential, e.Count, e.Subject.ToString())),
    ];
}

/// <summary>A charge of a decision, as text.</summary>
public sealed record ChargeMade(string Counter, string Window, string Amount, string Limit);

// By metadata: the generated writer makes an empty text of an absent byte[].
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(NodeEvent.GenesisInstalled))]
[JsonSerializable(typeof(NodeEvent.ActAccepted))]
[JsonSerializable(typeof(NodeEvent.Frozen))]
[JsonSerializable(typeof(NodeEvent.WalletKeyed))]
[JsonSerializable(typeof(NodeEvent.SigningAllowed))]
[JsonSerializable(typeof(NodeEvent.SigningDenied))]
[JsonSerializable(typeof(NodeEvent.ReplacementAllowed))]
[JsonSerializable(typeof(NodeEvent.SessionOpened))]
[JsonSerializable(typeof(NodeEvent.SessionEnded))]
[JsonSerializable(typeof(NodeEvent.SigningReleased))]
[JsonSerializable(typeof(NodeEvent.CeremonyAllowed))]
[JsonSerializable(typeof(NodeEvent.CeremonyAttempted))]
[JsonSerializable(typeof(NodeEvent.CeremonyAttested))]
[JsonSerializable(typeof(NodeEvent.CeremonyVowed))]
[JsonSerializable(typeof(NodeEvent.CeremonyFailed))]
[JsonSerializable(typeof(NodeEvent.ConductNoted))]
[JsonSerializable(typeof(NodeEvent.CeremonyCertified))]
[JsonSerializable(typeof(NodeEvent.CeremonyEnded))]
[JsonSerializable(typeof(NodeEvent.WalletLeft))]
[JsonSerializable(typeof(NodeEvent.HeadCosigned))]
[JsonSerializable(typeof(NodeEvent.SigningNoted))]
[JsonSerializable(typeof(NodeEvent.VaultAnchored))]
sealed partial class NodeEventJson : JsonSerializerContext;
