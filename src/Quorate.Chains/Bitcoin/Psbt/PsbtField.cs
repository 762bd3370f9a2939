using System.Security.Cryptography;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Signatures;

namespace Quorate.Chains.Bitcoin;

/// <summary>The key types of BIP 174 and BIP 371, and what their keys and values have to look like.</summary>
static class PsbtField
{
    internal const byte UnsignedTransaction = 0x00, ExtendedKey = 0x01, Version = 0xfb;

    internal const byte NonWitnessUtxo = 0x00, WitnessUtxo = 0x01, PartialSignature = 0x02, SighashType = 0x03, RedeemScript = 0x04,
        WitnessScript = 0x05, Derivation = 0x06, FinalScriptSig = 0x07, FinalWitness = 0x08, ProofOfReserves = 0x09, Ripemd = 0x0a,
        Sha = 0x0b, Hash160 = 0x0c, DoubleSha = 0x0d, TaprootKeySignature = 0x13, TaprootScriptSignature = 0x14, TaprootLeaf = 0x15,
        TaprootDerivation = 0x16, TaprootInternalKey = 0x17, TaprootMerkleRoot = 0x18;

    internal const byte OutputRedeemScript = 0x00, OutputWitnessScript = 0x01, OutputDerivation = 0x02, OutputInternalKey = 0x05,
        OutputTree = 0x06, OutputTaprootDerivation = 0x07;

    // Its fields have bare types for keys; with data behind the type they are unknown ones of version 0.
    const string Version2 = "This is a PSBT of version 2 (BIP 370), or has fields of one; only version 0 (BIP 174) is read";

    internal static void CheckGlobal(in PsbtEntry entry)
    {
        var (key, value) = (entry.KeyData.Length, entry.Value.Length);
        var isValid = entry.Type switch
        {
            UnsignedTransaction => key == 0,
            ExtendedKey => key == 78 && value == 4 + 4 * entry.KeyData.Span[4],
            >= 0x02 and <= 0x06 when key == 0 => throw new FormatException(Version2),
            Version => key == 0 && value == 4 && (!entry.Value.Span.ContainsAnyExcept((byte)0) ? true : throw new FormatException(Version2)),
            _ => true,
        };
        if (!isValid)
            throw Invalid("global", entry);
    }

    internal static void CheckInput(in PsbtEntry entry)
    {
        var keyData = entry.KeyData.Span;
        var value = entry.Value.Span;
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        bool isValid;
        switch (entry.Type)
        {
            case NonWitnessUtxo or WitnessUtxo or RedeemScript or WitnessScript or FinalScriptSig or FinalWitness or ProofOfReserves:
                isValid = keyData.IsEmpty;
                break;
            case PartialSignature:
                isValid = OutputScript.IsKey(keyData) && !value.IsEmpty && EcdsaSignature.TryDecodeDer(value[..^1], out _);
                break;
            case SighashType:
                isValid = keyData.IsEmpty && value.Length == 4;
                break;
            case Derivation:
                isValid = OutputScript.IsKey(keyData) && IsOrigin(value);
                break;
            case Ripemd:
                Ripemd160.HashData(value, digest);
                isValid = keyData.SequenceEqual(digest[..20]);
                break;
            case Sha:
                SHA256.HashData(value, digest);
                isValid = keyData.SequenceEqual(digest);
                break;
            case Hash160:
                Ripemd160.HashSha256(value, digest);
                isValid = keyData.SequenceEqual(digest[..20]);
                break;
            case DoubleSha:
                Hash256.HashData(value, digest);
                isValid = keyData.SequenceEqual(digest);
                break;
            case >= 0x0e and <= 0x12 when keyData.IsEmpty:
                throw new FormatException(Version2);
            case TaprootKeySignature:
                isValid = keyData.IsEmpty && value.Length is 64 or 65;
                break;
            case TaprootScriptSignature:
                isValid = keyData.Length == 64 && value.Length is 64 or 65;
                break;
            case TaprootLeaf:
                isValid = keyData.Length >= 33 && keyData.Length <= 33 + 32 * 128 && keyData.Length % 32 == 1 && !value.IsEmpty;
                break;
            case TaprootDerivation:
                isValid = IsTaprootDerivation(entry);
                break;
            case TaprootInternalKey or TaprootMerkleRoot:
                isValid = keyData.IsEmpty && value.Length == 32;
                break;
            default:
                isValid = true;
                break;
        }
        if (!isValid)
            throw Invalid("input", entry);
    }

    internal static void CheckOutput(in PsbtEntry entry)
    {
        var keyData = entry.KeyData.Span;
        var value = entry.Value.Span;
        var isValid = entry.Type switch
        {
            OutputRedeemScript or OutputWitnessScript => keyData.IsEmpty,
            OutputDerivation => OutputScript.IsKey(keyData) && IsOrigin(value),
            0x03 or 0x04 when keyData.IsEmpty => throw new FormatException(Version2),
            OutputInternalKey => keyData.IsEmpty && value.Length == 32,
            OutputTree => keyData.IsEmpty && IsTree(entry.Value),
            OutputTaprootDerivation => IsTaprootDerivation(entry),
            _ => true,
        };
        if (!isValid)
            throw Invalid("output", entry);
    }

    /// <summary>A fingerprint and a path of at most 255 steps.</summary>
    static bool IsOrigin(ReadOnlySpan<byte> value) => value.Length >= 4 && value.Length % 4 == 0 && value.Length <= 4 + 4 * 255;

    static bool IsTaprootDerivation(in PsbtEntry entry)
    {
        var reader = new ByteReader(entry.Value);
        reader.Span(32 * reader.ReadCount(32));
        return entry.KeyData.Length == 32 && IsOrigin(entry.Value.Span[reader.Position..]);
    }

    /// <summary>Leaves of a script tree, depth first: depth, version and script; their depths fill the tree exactly.</summary>
    static bool IsTree(ReadOnlyMemory<byte> value)
    {
        var reader = new ByteReader(value);
        // What a leaf of depth d covers, in units of the deepest: the sum is the whole, kept as a binary counter.
        Span<bool> open = stackalloc bool[129];
        open.Clear();
        var complete = false;
        while (reader.Remaining > 0)
        {
            int depth = reader.ReadByte();
            var version = reader.ReadByte();
            reader.ReadBytes();
            if (complete || depth > 128 || (version & 1) != 0)
                return false;
            while (depth > 0 && open[depth])
                open[depth--] = false;
            // A leaf above a branch that still waits for its other side.
            if (open[(depth + 1)..].Contains(true))
                return false;
            complete = depth == 0;
            open[depth] = true;
        }
        return complete;
    }

    static FormatException Invalid(string map, in PsbtEntry entry) =>
        new($"The PSBT has an {map} record of type {entry.Type:x2} whose key or value has a wrong form.");
}
