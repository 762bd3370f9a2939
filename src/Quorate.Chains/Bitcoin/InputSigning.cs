using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Signatures;

namespace Quorate.Chains.Bitcoin;

/// <summary>How one input of a PSBT is signed: digest, and what becomes of the signature.</summary>
/// <param name="Index">The input's number.</param>
/// <param name="Output">What it spends, proven.</param>
/// <param name="Form">The form of what it spends.</param>
/// <param name="KeyHash">The hash of the key that signs; Taproot's output key.</param>
/// <param name="Type">What the signature covers.</param>
/// <param name="RedeemScript">P2SH-P2WPKH's.</param>
readonly record struct InputSigning(
    int Index, TxOutput Output, KeyScript Form, ReadOnlyMemory<byte> KeyHash, SighashType Type, ReadOnlyMemory<byte>? RedeemScript)
{
    /// <exception cref="FormatException">The input can not be signed here; the message says why.</exception>
    internal static InputSigning Of(Psbt psbt, SpentOutput[] spent, int index)
    {
        var input = psbt.Inputs[index];
        if (spent[index] is not { Output: { } output, IsProven: true })
            throw new FormatException($"Input {index}: what it spends is not proven.");
        if (spent[index].Form is not { } form)
            throw new FormatException($"Input {index} spends what one key and signature do not spend.");
        if (input.IsFinal)
            throw new FormatException($"Input {index} is signed already.");
        var type = input.SighashType ?? (form == KeyScript.Taproot ? 0u : 1u);
        if (!IsDefined(type, form))
            throw new FormatException($"Input {index} is to be signed with hash type {type:x}, which its form does not have.");
        if (form == KeyScript.Taproot)
            CheckTaprootKeys(input, index, spent[index].KeyHash.Span);
        return new(index, output, form, spent[index].KeyHash, (SighashType)type, input.RedeemScript);
    }

    /// <summary>Whether a hash type is one under which nothing of the transaction can change.</summary>
    internal static bool CoversEverything(uint type, KeyScript? form) => type == 1 || (type == 0 && form == KeyScript.Taproot);

    internal static TxOutput[] Outputs(SpentOutput[] spent) => [.. spent.Select(s => s.Output ?? default)];

    /// <summary>What is signed: 32 bytes.</summary>
    internal byte[] Digest(SignatureHash hash)
    {
        var digest = new byte[Hash256.Size];
        switch (Form)
        {
            case KeyScript.Taproot:
                hash.TaprootKey(Index, Type, digest);
                break;
            case KeyScript.KeyHash:
                hash.Legacy(Index, Output.Script.Span, digest);
                break;
            default:
                hash.WitnessKeyHash(Index, KeyHash.Span, Type, digest);
                break;
        }
        return digest;
    }

    /// <summary>The input with its signature in place, once the signature has been verified.</summary>
    /// <exception cref="ArgumentException">Wrong key, malformed, high s, or not a signature of this input.</exception>
    internal TxInput Finish(in TxInput input, SignatureHash hash, InputSignature signature)
    {
        var digest = Digest(hash);
        var key = signature.PublicKey;
        if (Form == KeyScript.Taproot)
        {
            if (!key.Span.SequenceEqual(KeyHash.Span) || !Bip340PublicKey.TryDecode(key.Span, out var outputKey))
                throw new ArgumentException($"Input {Index}: the key is not the output key it spends from.", nameof(signature));
            if (!Bip340Signature.TryDecode(signature.Signature.Span, out var schnorr) || !schnorr.Verify(outputKey, digest))
                throw new ArgumentException($"Input {Index}: the signature does not verify.", nameof(signature));
            return With(input, default, Type == SighashType.Default ? signature.Signature.ToArray() : [.. signature.Signature.Span, (byte)Type]);
        }

        Span<byte> hashed = stackalloc byte[Ripemd160.Size];
        Ripemd160.HashSha256(key.Span, hashed);
        if (key.Length != 33 || !hashed.SequenceEqual(KeyHash.Span) || !Point<Secp256k1>.TryDecode(key.Span, out var point))
            throw new ArgumentException($"Input {Index}: the key is not the one it spends from.", nameof(signature));
        if (!EcdsaSignature.TryDecodeCompact(signature.Signature.Span, out var ecdsa) || !ecdsa.IsLowS || !ecdsa.Verify(point, digest))
            throw new ArgumentException($"Input {Index}: the signature does not verify, or has a high s.", nameof(signature));
        byte[] encoded = [.. ecdsa.EncodeDer(), (byte)Type];
        return Form switch
        {
            KeyScript.KeyHash => With(input, (byte[])[(byte)encoded.Length, .. encoded, 33, .. key.Span]),
            KeyScript.NestedWitnessKeyHash => With(input, (byte[])[22, .. RedeemScript!.Value.Span], encoded, key.ToArray()),
            _ => With(input, default, encoded, key.ToArray()),
        };
    }

    static TxInput With(in TxInput input, ReadOnlyMemory<byte> scriptSig, params byte[][] witness) =>
        new(input.Previous, input.Sequence, scriptSig, [.. witness.Select(item => (ReadOnlyMemory<byte>)item)]);

    // The original digest has its own rules for the other types, and nobody needs them.
    static bool IsDefined(uint type, KeyScript form) => form switch
    {
        KeyScript.Taproot => type is <= 3 or (>= 0x81 and <= 0x83),
        KeyScript.KeyHash => type == 1,
        _ => type is (>= 1 and <= 3) or (>= 0x81 and <= 0x83),
    };

    /// <summary>The internal key and root, where the PSBT names them, have to give the output key: the signer tweaks by them.</summary>
    static void CheckTaprootKeys(PsbtInput input, int index, ReadOnlySpan<byte> outputKey)
    {
        if (input.TaprootInternalKey is not { } internalKey)
        {
            if (input.TaprootMerkleRoot is not null)
                throw new FormatException($"Input {index} names a script tree without the internal key that it tweaks.");
            return;
        }
        if (!Bip340PublicKey.TryDecode(internalKey.Span, out var key)
            || !Bip341.TweakPublicKey(key, input.TaprootMerkleRoot is { } root ? root.Span : default).Key.Encode().AsSpan().SequenceEqual(outputKey))
            throw new FormatException($"Input {index}: internal key and script tree do not give the output key it spends from.");
    }
}
