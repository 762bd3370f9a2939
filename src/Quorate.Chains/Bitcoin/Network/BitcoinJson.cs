using System.Globalization;
using System.Text.Json;
using static Quorate.Chains.NodeJson;

namespace Quorate.Chains.Bitcoin;

/// <summary>What a Bitcoin node writes in JSON of its own, read with the same suspicion.</summary>
static class BitcoinJson
{
    internal static TxId Id(JsonElement element) => TxId.TryParse(Text(element), out var id) ? id : throw Malformed("a transaction id");

    internal static string BlockHash(JsonElement element) => BlockHash(Text(element));

    internal static string BlockHash(string text) => TxId.TryParse(text, out _) ? text : throw Malformed("a block hash");

    internal static uint OutputIndex(JsonElement element) => Number(element) is var index and <= uint.MaxValue ? (uint)index : throw Malformed("an output's number");

    /// <summary>An amount in whole satoshi.</summary>
    internal static ulong Satoshi(JsonElement element) => Number(element) is var value and <= BitcoinTransaction.MaxMoney ? value : throw Malformed("an amount");

    /// <summary>Bitcoin with up to eight decimals, as Bitcoin Core writes amounts and rates, in satoshi.</summary>
    internal static ulong Bitcoin(JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDecimal(out var value) && value >= 0 && value <= 21_000_000
            ? (ulong)decimal.Round(value * 100_000_000)
            : throw Malformed("an amount");

    /// <summary>Satoshi for a virtual byte with decimals, as Esplora writes rates.</summary>
    internal static FeeRate SatoshiPerByte(JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDecimal(out var value) && value >= 0 && value <= 100_000
            ? new((ulong)decimal.Ceiling(value * 1000))
            : throw Malformed("a fee rate");

    internal static BitcoinTransaction Transaction(ReadOnlySpan<byte> bytes, TxId id)
    {
        BitcoinTransaction transaction;
        try
        {
            transaction = BitcoinTransaction.Decode(bytes);
        }
        catch (FormatException e)
        {
            throw new ChainException(ChainError.BadNode, $"The node's transaction does not decode: {e.Message}", e);
        }
        return transaction.Id == id ? transaction : throw new ChainException(ChainError.BadNode, "The node answers with another transaction.");
    }

    internal static string Decimal(ulong value) => value.ToString(CultureInfo.InvariantCulture);
}
