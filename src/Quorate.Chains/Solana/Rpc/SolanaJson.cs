using System.Text.Json;
using static Quorate.Chains.NodeJson;

namespace Quorate.Chains.Solana.Rpc;

/// <summary>What a Solana node writes in JSON of its own, read with suspicion.</summary>
static class SolanaJson
{
    const ulong MaxCount = 1UL << 56;

    /// <summary>A slot or a height: nothing that comes near 2⁶⁴, so that sums of them do not either.</summary>
    internal static ulong Count(JsonElement element) => Number(element) is var value and <= MaxCount ? value : throw Malformed("a number within reason");

    internal static SolanaAddress Address(JsonElement element) =>
        SolanaAddress.TryParse(Text(element), out var address) ? address : throw Malformed("an address");

    internal static Blockhash Hash(JsonElement element)
    {
        try
        {
            return Blockhash.Parse(Text(element));
        }
        catch (FormatException e)
        {
            throw new ChainException(ChainError.BadNode, "The node's answer has something else where a hash should be.", e);
        }
    }

    /// <summary>A transaction's id, as it is written.</summary>
    internal static string Signature(JsonElement element) =>
        Text(element) is var text && SignatureText.IsOne(text) ? text : throw Malformed("a signature");

    /// <summary>The value of an answer that says for which slot it holds.</summary>
    internal static InContext<JsonElement> Context(JsonElement result) => new(Count(Field(Field(result, "context"), "slot")), Field(result, "value"));

    /// <summary>An account; null for one that does not exist.</summary>
    internal static SolanaAccountState? Account(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Null)
            return null;
        var bytes = Base64(Field(element, "data"));
        return new(
            Number(Field(element, "lamports")), Address(Field(element, "owner")), bytes,
            Optional(element, "space") is { } space ? Count(space) : (ulong)bytes.Length);
    }

    /// <summary>A transaction in its bytes.</summary>
    internal static SolanaTransaction Transaction(JsonElement element)
    {
        try
        {
            return SolanaTransaction.Decode(Base64(element));
        }
        catch (FormatException e)
        {
            throw new ChainException(ChainError.BadNode, $"The node's transaction does not decode: {e.Message}", e);
        }
    }

    /// <summary>Bytes as a pair of their text and the word base64.</summary>
    static byte[] Base64(JsonElement element)
    {
        var parts = Items(element).ToArray();
        return parts.Length == 2 && Text(parts[1]) == "base64" && parts[0].ValueKind == JsonValueKind.String && parts[0].TryGetBytesFromBase64(out var bytes)
            ? bytes
            : throw Malformed("bytes in base64");
    }
}

/// <summary>What a node says, and the slot that it looked at.</summary>
readonly record struct InContext<T>(ulong Slot, T Value);

/// <summary>An account on chain.</summary>
/// <param name="Lamports">What it holds.</param>
/// <param name="Owner">The program that rules it.</param>
/// <param name="Data">Its first bytes, as many as were asked for.</param>
/// <param name="Space">How many it has.</param>
sealed record SolanaAccountState(ulong Lamports, SolanaAddress Owner, ReadOnlyMemory<byte> Data, ulong Space)
{
    /// <summary>Whether it is a plain wallet, from which lamports can be sent.</summary>
    internal bool IsWallet => Owner == Programs.ProgramIds.System && Space == 0;
}
