using System.Globalization;
using Quorate.Cryptography.Derivation;

namespace Quorate.Chains.Bitcoin;

/// <summary>
/// Addresses and the scripts they stand for. Forms without an address of their own get a descriptor's text: <c>pk(KEY)</c>
/// for a bare public key (BIP 381) and <c>multi(M,KEY,…)</c> for a bare multisignature (BIP 383), keys in hexadecimal.
/// Script and text determine each other.
/// </summary>
static class BitcoinAddresses
{
    const int MaxLength = 512;

    /// <summary>The address that a script pays; null for data and for what has no standard form.</summary>
    internal static Address? FromScript(BitcoinNetwork network, ReadOnlySpan<byte> script)
    {
        var kind = OutputScript.Classify(script, out var program);
        var text = kind switch
        {
            ScriptKind.KeyHash => Base58(network.KeyHashVersion, program),
            ScriptKind.ScriptHash => Base58(network.ScriptHashVersion, program),
            ScriptKind.WitnessKeyHash or ScriptKind.WitnessScriptHash => Bech32.Encode(network.Bech32Prefix, 0, program),
            ScriptKind.Taproot or ScriptKind.Anchor or ScriptKind.FutureWitness =>
                Bech32.Encode(network.Bech32Prefix, script[0] - OutputScript.Op1 + 1, program),
            ScriptKind.PublicKey => $"pk({Convert.ToHexStringLower(program)})",
            ScriptKind.Multisig => Multisig(script),
            _ => null,
        };
        return text is null ? null : new Address(network.Chain, text);
    }

    /// <summary>The script that pays an address of this network.</summary>
    /// <exception cref="FormatException">The address is another chain's.</exception>
    internal static byte[] ToScript(BitcoinNetwork network, Address address) => address.Chain == network.Chain
        ? ToScript(network, address.Text)
        : throw new FormatException($"The address is of {address.Chain}, not of {network.Chain}.");

    /// <summary>Reads any form of address and returns the script it stands for.</summary>
    /// <exception cref="FormatException">It is no address of this network; the message says why.</exception>
    internal static byte[] ToScript(BitcoinNetwork network, string text)
    {
        if (text.Length is 0 or > MaxLength)
            throw new FormatException("The address is empty, or too long.");
        if (text.StartsWith("pk(", StringComparison.Ordinal) && text[^1] == ')')
            return OutputScript.PublicKey(Key(text[3..^1]));
        if (text.StartsWith("multi(", StringComparison.Ordinal) && text[^1] == ')')
            return Multisig(text[6..^1]);
        // Base58 addresses have no prefix and a 1 only by chance; a bech32 address always begins with its prefix and a 1.
        Span<byte> payload = stackalloc byte[21];
        if (text.Length <= 35 && Base58Check.TryDecode(text, payload, out var written) && written == payload.Length)
        {
            return payload[0] == network.KeyHashVersion ? OutputScript.KeyHash(payload[1..])
                : payload[0] == network.ScriptHashVersion ? OutputScript.ScriptHash(payload[1..])
                : throw new FormatException($"The address is of another network: version {payload[0]}.");
        }
        if (text.Length is >= 25 and <= 35 && !text.StartsWith(network.Bech32Prefix + "1", StringComparison.OrdinalIgnoreCase))
            throw new FormatException("The address has a wrong checksum, or is none.");
        Span<byte> program = stackalloc byte[40];
        var length = Bech32.Decode(text, network.Bech32Prefix, program, out var version);
        return OutputScript.Witness(version, program[..length]);
    }

    static string Base58(byte version, ReadOnlySpan<byte> hash)
    {
        Span<byte> payload = stackalloc byte[21];
        payload[0] = version;
        hash.CopyTo(payload[1..]);
        return Base58Check.Encode(payload);
    }

    static string Multisig(ReadOnlySpan<byte> script)
    {
        var (threshold, keys) = OutputScript.ReadMultisig(script);
        return string.Create(CultureInfo.InvariantCulture, $"multi({threshold},{string.Join(',', keys.Select(Convert.ToHexStringLower))})");
    }

    static byte[] Multisig(string arguments)
    {
        var parts = arguments.Split(',');
        if (parts.Length is < 2 or > 4 || parts[0] is not [>= '1' and <= '3'] || parts[0][0] - '0' > parts.Length - 1)
            throw new FormatException("A bare multisignature is multi(M,KEY,…) with 1 to 3 keys and M of them.");
        return OutputScript.Multisig(parts[0][0] - '0', [.. parts[1..].Select(Key)]);
    }

    static byte[] Key(string text) => LowerHex.TryParse(text, out var key) && OutputScript.IsKey(key)
        ? key
        : throw new FormatException("A key is 33 or 65 bytes in small hexadecimal digits.");
}
