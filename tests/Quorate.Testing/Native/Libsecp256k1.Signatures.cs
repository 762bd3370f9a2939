namespace Quorate.Testing.Native;

/// <summary>Signatures from and to their published encodings: ECDSA with recovery, and BIP 340 of messages of any length.</summary>
public static unsafe partial class Libsecp256k1
{
    // The magic number that marks the layout of secp256k1_schnorrsig_extraparams.
    const uint ExtraParametersMagic = 0x8CB36FDA;

    static readonly delegate* unmanaged<nint, byte*, byte*, byte*, nint, nint, int> EcdsaSignRecoverable =
        (delegate* unmanaged<nint, byte*, byte*, byte*, nint, nint, int>)Export("ecdsa_sign_recoverable");
    static readonly delegate* unmanaged<nint, byte*, int*, byte*, int> RecoverableSerialize =
        (delegate* unmanaged<nint, byte*, int*, byte*, int>)Export("ecdsa_recoverable_signature_serialize_compact");
    static readonly delegate* unmanaged<nint, byte*, byte*, int, int> RecoverableParse =
        (delegate* unmanaged<nint, byte*, byte*, int, int>)Export("ecdsa_recoverable_signature_parse_compact");
    static readonly delegate* unmanaged<nint, byte*, byte*, byte*, int> EcdsaRecoverNative =
        (delegate* unmanaged<nint, byte*, byte*, byte*, int>)Export("ecdsa_recover");
    static readonly delegate* unmanaged<nint, byte*, byte*, nuint, int> EcdsaSignatureParseDer =
        (delegate* unmanaged<nint, byte*, byte*, nuint, int>)Export("ecdsa_signature_parse_der");
    static readonly delegate* unmanaged<nint, byte*, byte*, nuint, byte*, ExtraParameters*, int> SchnorrSignCustom =
        (delegate* unmanaged<nint, byte*, byte*, nuint, byte*, ExtraParameters*, int>)Export("schnorrsig_sign_custom");

    /// <summary>r ‖ s with low s, and the recovery id. The nonce takes the digest as it is, not modulo n.</summary>
    public static int EcdsaSignWithId(Span<byte> compact, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> key)
    {
        var signature = stackalloc byte[OpaqueSize + 1];
        int id;
        fixed (byte* c = Sized(compact, 64), d = Sized(digest, 32), k = Sized(key, 32))
            return EcdsaSignRecoverable(Context, signature, d, k, 0, 0) == 1
                && RecoverableSerialize(Context, c, &id, signature) == 1
                    ? id
                    : throw new ArgumentException("Not a private key.", nameof(key));
    }

    /// <summary>Verifies r ‖ s under an encoded key; high s is refused.</summary>
    public static bool EcdsaVerifyEncoded(ReadOnlySpan<byte> compact, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> encodedKey)
    {
        Span<byte> pubkey = stackalloc byte[OpaqueSize], signature = stackalloc byte[OpaqueSize];
        return PubkeyParse(pubkey, encodedKey) && EcdsaParseCompact(signature, compact) && EcdsaVerify(signature, digest, pubkey);
    }

    /// <summary>The key, in 33 bytes, that r ‖ s and an id recover; false when there is none.</summary>
    public static bool EcdsaRecover(Span<byte> encodedKey, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> compact, int id)
    {
        Span<byte> pubkey = stackalloc byte[OpaqueSize];
        var signature = stackalloc byte[OpaqueSize + 1];
        fixed (byte* p = pubkey, d = Sized(digest, 32), c = Sized(compact, 64))
            if (RecoverableParse(Context, signature, c, id) != 1 || EcdsaRecoverNative(Context, p, signature, d) != 1)
                return false;
        PubkeySerialize(Sized(encodedKey, 33), pubkey);
        return true;
    }

    /// <summary>r ‖ s of a strict DER encoding. A number not below n does not fail but makes both zero.</summary>
    public static bool EcdsaParseDer(Span<byte> compact, ReadOnlySpan<byte> der)
    {
        var signature = stackalloc byte[OpaqueSize];
        fixed (byte* c = Sized(compact, 64), d = der)
            return EcdsaSignatureParseDer(Context, signature, d, (nuint)der.Length) == 1
                && EcdsaSignatureSerializeCompact(Context, c, signature) == 1;
    }

    /// <summary>Signs a message of any length by BIP 340.</summary>
    public static void SchnorrSignAny(
        Span<byte> signature, ReadOnlySpan<byte> message, ReadOnlySpan<byte> key, ReadOnlySpan<byte> auxiliary)
    {
        var keypair = stackalloc byte[KeypairSize];
        fixed (byte* s = Sized(signature, 64), m = message, k = Sized(key, 32), a = Sized(auxiliary, 32))
        {
            var extra = new ExtraParameters { Magic = ExtraParametersMagic, Data = a };
            if (KeypairCreateNative(Context, keypair, k) != 1
                || SchnorrSignCustom(Context, s, m, (nuint)message.Length, keypair, &extra) != 1)
                throw new ArgumentException("Not a private key.", nameof(key));
        }
    }

    /// <summary>Verifies by BIP 340 under an encoded x-only key.</summary>
    public static bool SchnorrVerifyEncoded(ReadOnlySpan<byte> signature, ReadOnlySpan<byte> message, ReadOnlySpan<byte> encodedKey)
    {
        Span<byte> xonly = stackalloc byte[OpaqueSize];
        return XOnlyPubkeyParse(xonly, encodedKey) && SchnorrVerify(signature, message, xonly);
    }

    struct ExtraParameters
    {
        internal uint Magic;
        internal nint NonceFunction;
        internal byte* Data;
    }
}
