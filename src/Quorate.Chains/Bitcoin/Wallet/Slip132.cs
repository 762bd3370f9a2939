using System.Buffers.Binary;
using Quorate.Cryptography.Derivation;

namespace Quorate.Chains.Bitcoin;

/// <summary>
/// SLIP 132's extended public keys, whose version says the script: ypub and upub for P2SH-P2WPKH, zpub and vpub for P2WPKH,
/// xpub and tpub for P2PKH. Some wallets export them; a descriptor says the same and more.
/// </summary>
public static class Slip132
{
    const int PayloadSize = 78;

    /// <summary>The key, and the descriptors of its receiving (0) and change (1) addresses as BIP 44, 49 and 84 lay them out.</summary>
    /// <exception cref="FormatException">It is no such key.</exception>
    public static (OutputDescriptor Receive, OutputDescriptor Change) ToDescriptors(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Span<byte> payload = stackalloc byte[PayloadSize];
        if (!Base58Check.TryDecode(text, payload, out var written) || written != PayloadSize)
            throw new FormatException("Not an extended key: alphabet, checksum or length are wrong.");
        var (form, suffix, version) = BinaryPrimitives.ReadUInt32BigEndian(payload) switch
        {
            0x0488b21e => ("pkh(", ")", 0x0488b21eu),
            0x043587cf => ("pkh(", ")", 0x043587cfu),
            0x049d7cb2 => ("sh(wpkh(", "))", 0x0488b21eu),
            0x044a5262 => ("sh(wpkh(", "))", 0x043587cfu),
            0x04b24746 => ("wpkh(", ")", 0x0488b21eu),
            0x045f1cf6 => ("wpkh(", ")", 0x043587cfu),
            _ => throw new FormatException("The extended key's version is none of xpub, ypub, zpub, tpub, upub and vpub."),
        };
        BinaryPrimitives.WriteUInt32BigEndian(payload, version);
        var key = Base58Check.Encode(payload);
        return (OutputDescriptor.Parse($"{form}{key}/0/*{suffix}"), OutputDescriptor.Parse($"{form}{key}/1/*{suffix}"));
    }
}
