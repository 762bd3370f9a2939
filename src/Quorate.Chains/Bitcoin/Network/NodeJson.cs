using System.Globalization;
using System.Text.Json;

namespace Quorate.Chains.Bitcoin;

/// <summary>Reads a node's JSON without believing in its shape: what is not as agreed is a <see cref="ChainError.BadNode"/>.</summary>
static class NodeJson
{
    /// <summary>No answer nests deeper.</summary>
    static readonly JsonDocumentOptions options = new() { MaxDepth = 32 };

    internal static JsonElement Parse(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, options);
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new ChainException(ChainError.BadNode, "The node does not answer with JSON.", e);
        }
    }

    internal static JsonElement Field(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : throw Malformed(name);

    internal static JsonElement? Optional(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    internal static string Text(JsonElement element) =>
        element.ValueKind == JsonValueKind.String ? element.GetString()! : throw Malformed("a text");

    internal static ulong Number(JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetUInt64(out var value) ? value : throw Malformed("a number");

    internal static bool Flag(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Malformed("a flag"),
    };

    internal static IEnumerable<JsonElement> Items(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : throw Malformed("a list");

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

    internal static ChainException Malformed(string what) => new(ChainError.BadNode, $"The node's answer lacks {what}, or has it in another form.");
}
