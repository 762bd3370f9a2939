using System.Text.Json;
using System.Text.Json.Nodes;
using Quorate.Chains.Ethereum;

namespace Quorate.Chains.Tests.Ethereum;

/// <summary>0x and hexadecimal digits, as Ethereum's tools write bytes and numbers.</summary>
static class Hex
{
    internal static string Of(ReadOnlySpan<byte> bytes) => "0x" + Convert.ToHexStringLower(bytes);

    internal static string Of(Amount value)
    {
        var bytes = new byte[Amount.Size];
        value.WriteBigEndian(bytes);
        var digits = Convert.ToHexStringLower(bytes).TrimStart('0');
        return "0x" + (digits.Length == 0 ? "0" : digits);
    }

    internal static byte[] Bytes(string? hex) => Convert.FromHexString(hex!.StartsWith("0x", StringComparison.Ordinal) ? hex[2..] : hex);

    internal static byte[] Bytes(JsonNode? node) => Bytes(node!.GetValue<string>());

    internal static byte[] Bytes(JsonElement element) => Bytes(element.GetString());

    internal static Amount Number(string hex) => Amount.FromBigEndian(Convert.FromHexString(hex.Length % 2 == 0 ? hex[2..] : "0" + hex[2..]));

    internal static Amount Number(JsonNode? node) => Number(node!.GetValue<string>());

    internal static EthereumAddress Address(byte last) => new([.. new byte[19], last]);
}
