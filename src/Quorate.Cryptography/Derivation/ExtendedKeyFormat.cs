using System.Buffers.Binary;

namespace Quorate.Cryptography.Derivation;

/// <summary>Which network an extended key is written for.</summary>
public enum Bip32Network
{
    /// <summary>xpub and xprv.</summary>
    Mainnet,

    /// <summary>tpub and tprv: testnet, signet and regtest.</summary>
    Testnet,
}

/// <summary>
/// BIP 32's serialization: version (4) ‖ depth (1) ‖ parent's fingerprint (4) ‖ child number (4) ‖ chain code (32) ‖ key (33),
/// in Base58Check.
/// </summary>
static class ExtendedKeyFormat
{
    internal const int Size = 78;
    internal const int ChainCodeOffset = 13;
    internal const int KeyOffset = 45;

    /// <summary>Length of the text: the versions were chosen so that it always begins alike and has 111 characters.</summary>
    internal const int TextLength = 111;

    internal static void WriteHeader(
        Span<byte> payload, Bip32Network network, bool isPrivate, byte depth, uint parentFingerprint, uint childNumber)
    {
        BinaryPrimitives.WriteUInt32BigEndian(payload, Version(network, isPrivate));
        payload[4] = depth;
        BinaryPrimitives.WriteUInt32BigEndian(payload[5..], parentFingerprint);
        BinaryPrimitives.WriteUInt32BigEndian(payload[9..], childNumber);
    }

    /// <summary>
    /// Decodes and checks everything but the key: text, checksum, length, version, and that a root claims no parent and no
    /// index.
    /// </summary>
    internal static bool TryRead(ReadOnlySpan<char> text, Span<byte> payload, bool isPrivate, out Bip32Network network)
    {
        network = default;
        if (text.Length != TextLength || !Base58Check.TryDecode(text, payload, out var written) || written != Size)
            return false;
        var version = BinaryPrimitives.ReadUInt32BigEndian(payload);
        if (version == Version(Bip32Network.Testnet, isPrivate))
            network = Bip32Network.Testnet;
        else if (version != Version(Bip32Network.Mainnet, isPrivate))
            return false;
        return payload[4] != 0 || !payload[5..ChainCodeOffset].ContainsAnyExcept((byte)0);
    }

    static uint Version(Bip32Network network, bool isPrivate) => (network, isPrivate) switch
    {
        (Bip32Network.Mainnet, false) => 0x0488B21E,
        (Bip32Network.Mainnet, true) => 0x0488ADE4,
        (Bip32Network.Testnet, false) => 0x043587CF,
        (Bip32Network.Testnet, true) => 0x04358394,
        _ => throw new ArgumentOutOfRangeException(nameof(network)),
    };
}
