using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Quorate.Policies;
using Quorate.Server.Recording;

namespace Quorate.Server.Transfers;

/// <summary>Where one transaction of a transfer stands.</summary>
[JsonConverter(typeof(SnakeCase<TransactionStage>))]
enum TransactionStage
{
    /// <summary>Built, with an intent.</summary>
    Prepared = 1,

    /// <summary>Nodes are signing it.</summary>
    Signing = 2,

    /// <summary>It has all its signatures.</summary>
    Signed = 3,

    /// <summary>Given to the network, perhaps: written down before it is.</summary>
    Broadcasting = 4,

    /// <summary>The network refused it for good, and never had it.</summary>
    Refused = 5,

    /// <summary>The network has it.</summary>
    Broadcast = 6,

    /// <summary>The network had it and does not show it now.</summary>
    Missing = 7,

    /// <summary>In a block.</summary>
    Confirming = 8,

    /// <summary>In a block without effect.</summary>
    Reverted = 9,

    /// <summary>In a block, deep enough.</summary>
    Confirmed = 10,

    /// <summary>In a block for good.</summary>
    Finalized = 11,

    /// <summary>It can never confirm.</summary>
    Dead = 12,

    /// <summary>Another transaction of the same transfer took its place.</summary>
    Superseded = 13,

    /// <summary>Given up before there was a signature.</summary>
    Withdrawn = 14,
}

/// <summary>An approval that came for a transaction, and how it came.</summary>
/// <param name="Transaction">Which transaction: approvals are of its intent.</param>
/// <param name="Member">Who.</param>
/// <param name="Device">With what.</param>
/// <param name="Document">The approval itself, docs/spec/intents.md: nodes get it as it came.</param>
sealed record GivenApproval(int Transaction, string Member, string Device, System.Text.Json.JsonElement Document);

/// <summary>A transaction of a transfer.</summary>
/// <param name="Prepared">What is signed.</param>
/// <param name="Stage">Where it stands.</param>
sealed record TransferTransaction(PreparedTransaction Prepared, TransactionStage Stage)
{
    /// <summary>The transaction whose approvals are good for this one: itself, or the one that its intent names.</summary>
    internal int ApprovedAs { get; init; }

    /// <summary>Whether the policy has said yes to it, or to the one whose approvals it has.</summary>
    internal bool IsAllowed { get; init; }

    /// <summary>Tries to sign it so far. From the first on a signature may exist.</summary>
    internal int Attempts { get; init; }

    /// <summary>The signatures, once they are there; never changed after.</summary>
    internal ImmutableArray<RecordedSignature> Signatures { get; init; } = [];

    /// <summary>The bytes for the network; null for messages, and before.</summary>
    internal Blob? Signed { get; init; }

    /// <summary>SHA-256 of <see cref="Signed"/>: the one thing that is ever broadcast for this transaction.</summary>
    internal Digest? SignedHash { get; init; }

    /// <summary>Whether it was given to the network, or may have been.</summary>
    internal bool WasBroadcast { get; init; }

    /// <summary>The chain's id for it, once the network has it.</summary>
    internal string? TransactionId { get; init; }

    /// <summary>The block it is in.</summary>
    internal string? BlockHash { get; init; }

    /// <summary>That block's height or slot.</summary>
    internal ulong? BlockHeight { get; init; }

    /// <summary>Why the last thing went wrong, in words.</summary>
    internal string? Fault { get; init; }

    /// <summary>Whether shares were lent for it, so that a signature may exist.</summary>
    internal bool IsExposed => Attempts > 0;

    /// <summary>Whether it may still confirm, or come to that.</summary>
    internal bool IsLive => Stage is not (TransactionStage.Dead or TransactionStage.Superseded or TransactionStage.Withdrawn);

    /// <summary>Whether the network has it, or may.</summary>
    internal bool IsOnNetwork => WasBroadcast && IsLive && Stage is not TransactionStage.Refused;

    /// <summary>Whether it is in a block.</summary>
    internal bool IsInBlock =>
        Stage is TransactionStage.Confirming or TransactionStage.Reverted or TransactionStage.Confirmed or TransactionStage.Finalized;
}
