using System.Globalization;
using System.Text.Json;

namespace Quorate.Chains.Ethereum.Rpc;

/// <summary>Numbers and bytes as Ethereum's JSON-RPC writes them, read with suspicion.</summary>
static class RpcJson
{
    const ulong MaxCount = 1UL << 56;

    internal static string Quantity(ulong value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");

    internal static string Quantity(Amount value)
    {
        Span<byte> bytes = stackalloc byte[Amount.Size];
        value.WriteBigEndian(bytes);
        var digits = Convert.ToHexStringLower(bytes).AsSpan().TrimStart('0');
        return digits.IsEmpty ? "0x0" : $"0x{digits}";
    }

    internal static string Data(ReadOnlySpan<byte> bytes) => "0x" + Convert.ToHexStringLower(bytes);

    /// <summary>A height, a count, an amount of gas: nothing that comes near 2⁶⁴, so that sums of them do not either.</summary>
    internal static ulong UInt64(JsonElement element) =>
        Number(element).TryToUInt64(out var value) && value <= MaxCount ? value : throw Bad("a number beyond all reason");

    internal static Amount Number(JsonElement element)
    {
        var text = Text(element).AsSpan(2);
        if (text.Length is 0 or > 64)
            throw Bad("no number");
        Span<byte> bytes = stackalloc byte[32];
        var padded = text.Length % 2 == 0 ? text : "0" + text.ToString();
        return Convert.FromHexString(padded, bytes, out _, out var written) == System.Buffers.OperationStatus.Done
            ? Amount.FromBigEndian(bytes[..written])
            : throw Bad("no number");
    }

    internal static byte[] Bytes(JsonElement element)
    {
        try
        {
            return Convert.FromHexString(Text(element).AsSpan(2));
        }
        catch (FormatException e)
        {
            throw Bad("no bytes", e);
        }
    }

    /// <summary>A hash of 32 bytes, in lower case.</summary>
    internal static string Hash(JsonElement element) =>
        Bytes(element) is { Length: 32 } bytes ? Data(bytes) : throw Bad("no hash");

    internal static EthereumAddress Address(JsonElement element) =>
        Bytes(element) is { Length: EthereumAddress.Size } bytes ? new(bytes) : throw Bad("no address");

    internal static JsonElement Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : throw Bad($"an object without \"{name}\"");

    internal static JsonElement.ArrayEnumerator Items(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : throw Bad("no list");

    internal static bool IsNull(JsonElement element) => element.ValueKind == JsonValueKind.Null;

    internal static ChainException Bad(string what, Exception? inner = null) => new(ChainError.BadNode, $"The node answers {what}.", inner);

    static string Text(JsonElement element) =>
        element.ValueKind == JsonValueKind.String && element.GetString() is { } text && text.StartsWith("0x", StringComparison.Ordinal)
            ? text
            : throw Bad("no hexadecimal text");
}
