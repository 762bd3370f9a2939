using System.Text.Json;
using static Quorate.Chains.NodeJson;

namespace Quorate.Chains.Solana.Rpc;

/// <summary>How sure a block is.</summary>
enum Commitment
{
    /// <summary>On the node's own fork, with few votes or none.</summary>
    Processed,

    /// <summary>Two thirds of the stake have voted for it.</summary>
    Confirmed,

    /// <summary>31 confirmed blocks are on top: it can not go back.</summary>
    Finalized,
}

/// <summary>Where a known signature stands.</summary>
/// <param name="Slot">The slot of its block.</param>
/// <param name="Confirmations">Blocks on top of it; null where they are no longer counted.</param>
/// <param name="Error">Why it failed there; null where it did not.</param>
/// <param name="Commitment">How sure the block is.</param>
sealed record SignatureStatus(ulong Slot, ulong? Confirmations, TransactionError? Error, Commitment Commitment)
{
    internal static SignatureStatus Read(JsonElement element)
    {
        ulong? confirmations = Optional(element, "confirmations") is { } count ? SolanaJson.Count(count) : null;
        // Nodes that do not write the commitment count to the end and then no more.
        var commitment = Optional(element, "confirmationStatus") is not { } status
            ? confirmations is null ? Commitment.Finalized : Commitment.Processed
            : Text(status) switch
            {
                "processed" => Commitment.Processed,
                "confirmed" => Commitment.Confirmed,
                "finalized" => Commitment.Finalized,
                _ => throw Malformed("a commitment"),
            };
        return new(
            SolanaJson.Count(Field(element, "slot")), confirmations, Optional(element, "err") is { } wrong ? TransactionError.Read(wrong) : null, commitment);
    }
}
