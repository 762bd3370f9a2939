using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Quorate.Chains;
using Quorate.Policies;
using Quorate.Server.Recording;

namespace Quorate.Server.Transfers;

/// <summary>Why a transfer has a transaction.</summary>
[JsonConverter(typeof(SnakeCase<TransactionPurpose>))]
enum TransactionPurpose
{
    /// <summary>To do what was asked.</summary>
    Original = 1,

    /// <summary>The same anew, because the one before it can not confirm or was never signed.</summary>
    Refresh = 2,

    /// <summary>The same at another fee; it conflicts with the one that it replaces, so that only one can confirm.</summary>
    Replacement = 3,

    /// <summary>Nothing, at a fee; it conflicts with the one that it replaces.</summary>
    Cancellation = 4,
}

/// <summary>A transaction or message as it is to be signed.</summary>
/// <param name="Purpose">Why it is there.</param>
/// <param name="Replaces">
/// The transaction of the same transfer whose place it takes, null where there is none. Of a refresh and a replacement the
/// intent names the approved one below it, so that those approvals are good; a cancellation takes approvals of its own.
/// </param>
/// <param name="Form">How the bytes are to be read.</param>
/// <param name="Unsigned">The bytes: what nodes judge.</param>
/// <param name="Hash">SHA-256 of the bytes.</param>
/// <param name="Intent">The intent, docs/spec/intents.md.</param>
/// <param name="IntentHash">What approvers sign.</param>
/// <param name="MaxFee">The most that it costs; null for messages.</param>
/// <param name="Uses">Ids of the reservations that it rests on.</param>
/// <param name="Effects">What it does, for people and read models; nodes decode for themselves.</param>
sealed record PreparedTransaction(
    TransactionPurpose Purpose, int? Replaces, PayloadForm Form, Blob Unsigned, Digest Hash, JsonElement Intent, Digest IntentHash,
    Amount? MaxFee, ImmutableArray<string> Uses, ImmutableArray<EffectNote> Effects)
{
    /// <summary>When its intent is worth nothing any more, as the intent says; null where it does not.</summary>
    internal DateTimeOffset? ExpiresAt => Intent.TryGetProperty("expiresAt", out var at) ? at.GetDateTimeOffset() : null;

    /// <summary>Whether it is the same transaction for the same intent and reason.</summary>
    public bool Equals(PreparedTransaction? other) =>
        other is not null && Purpose == other.Purpose && Replaces == other.Replaces && Hash == other.Hash && IntentHash == other.IntentHash
        && Uses.SequenceEqual(other.Uses);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Hash, IntentHash);
}

/// <summary>A signature of one input, as it was handed over.</summary>
/// <param name="Index">The input.</param>
/// <param name="PublicKey">The key that it verifies under.</param>
/// <param name="Value">64 bytes.</param>
/// <param name="RecoveryId">For ECDSA.</param>
sealed record RecordedSignature(int Index, Blob PublicKey, Blob Value, byte? RecoveryId);
