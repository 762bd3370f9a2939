using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Quorate.Testing.Native;

/// <summary>
/// Bitcoin Core's libsecp256k1, the reference to compare with: correctness in tests, speed in benchmarks. Names are the
/// library's; keys and signatures are its opaque 64-byte structures. Each call returns whether it succeeded.
/// </summary>
public static unsafe partial class Libsecp256k1
{
    /// <summary>Bytes of secp256k1_pubkey, secp256k1_xonly_pubkey and secp256k1_ecdsa_signature.</summary>
    public const int OpaqueSize = 64;

    /// <summary>Bytes of secp256k1_keypair.</summary>
    public const int KeypairSize = 96;

    const uint ContextSignAndVerify = 0x301;
    const uint Compressed = 0x102, Uncompressed = 0x2;

    static readonly nint Library = Load();
    static readonly nint Context = ((delegate* unmanaged<uint, nint>)Export("context_create"))(ContextSignAndVerify);

    static readonly delegate* unmanaged<nint, byte*, byte*, int> EcPubkeyCreate =
        (delegate* unmanaged<nint, byte*, byte*, int>)Export("ec_pubkey_create");
    static readonly delegate* unmanaged<nint, byte*, byte*, nuint, int> EcPubkeyParse =
        (delegate* unmanaged<nint, byte*, byte*, nuint, int>)Export("ec_pubkey_parse");
    static readonly delegate* unmanaged<nint, byte*, nuint*, byte*, uint, int> EcPubkeySerialize =
        (delegate* unmanaged<nint, byte*, nuint*, byte*, uint, int>)Export("ec_pubkey_serialize");
    static readonly delegate* unmanaged<nint, byte*, byte*, int> EcPubkeyTweakMul =
        (delegate* unmanaged<nint, byte*, byte*, int>)Export("ec_pubkey_tweak_mul");
    static readonly delegate* unmanaged<nint, byte*, byte**, nuint, int> EcPubkeyCombine =
        (delegate* unmanaged<nint, byte*, byte**, nuint, int>)Export("ec_pubkey_combine");
    static readonly delegate* unmanaged<nint, byte*, byte*, byte*, delegate* unmanaged<byte*, byte*, byte*, void*, int>, void*, int> Ecdh =
        (delegate* unmanaged<nint, byte*, byte*, byte*, delegate* unmanaged<byte*, byte*, byte*, void*, int>, void*, int>)Export("ecdh");
    static readonly delegate* unmanaged<nint, byte*, byte*, int> EcdsaSignatureParseCompact =
        (delegate* unmanaged<nint, byte*, byte*, int>)Export("ecdsa_signature_parse_compact");
    static readonly delegate* unmanaged<nint, byte*, byte*, int> EcdsaSignatureSerializeCompact =
        (delegate* unmanaged<nint, byte*, byte*, int>)Export("ecdsa_signature_serialize_compact");
    static readonly delegate* unmanaged<nint, byte*, byte*, byte*, nint, nint, int> EcdsaSignNative =
        (delegate* unmanaged<nint, byte*, byte*, byte*, nint, nint, int>)Export("ecdsa_sign");
    static readonly delegate* unmanaged<nint, byte*, byte*, byte*, int> EcdsaVerifyNative =
        (delegate* unmanaged<nint, byte*, byte*, byte*, int>)Export("ecdsa_verify");
    static readonly delegate* unmanaged<nint, byte*, byte*, int> KeypairCreateNative =
        (delegate* unmanaged<nint, byte*, byte*, int>)Export("keypair_create");
    static readonly delegate* unmanaged<nint, byte*, byte*, int> XOnlyPubkeyParseNative =
        (delegate* unmanaged<nint, byte*, byte*, int>)Export("xonly_pubkey_parse");
    static readonly delegate* unmanaged<nint, byte*, byte*, byte*, byte*, int> SchnorrSign32 =
        (delegate* unmanaged<nint, byte*, byte*, byte*, byte*, int>)Export("schnorrsig_sign32");
    static readonly delegate* unmanaged<nint, byte*, byte*, nuint, byte*, int> SchnorrVerifyNative =
        (delegate* unmanaged<nint, byte*, byte*, nuint, byte*, int>)Export("schnorrsig_verify");

    /// <summary>k·G, constant time. k is 32 bytes, not zero, below the order.</summary>
    public static bool PubkeyCreate(Span<byte> pubkey, ReadOnlySpan<byte> k)
    {
        fixed (byte* p = Sized(pubkey, OpaqueSize), s = Sized(k, 32))
            return EcPubkeyCreate(Context, p, s) == 1;
    }

    /// <summary>Parses 33 or 65 bytes of SEC 1. The library takes the hybrid form too.</summary>
    public static bool PubkeyParse(Span<byte> pubkey, ReadOnlySpan<byte> encoded)
    {
        fixed (byte* p = Sized(pubkey, OpaqueSize), e = encoded)
            return EcPubkeyParse(Context, p, e, (nuint)encoded.Length) == 1;
    }

    /// <summary>The 33-byte or, for a destination of 65 bytes, the uncompressed encoding.</summary>
    public static void PubkeySerialize(Span<byte> encoded, ReadOnlySpan<byte> pubkey)
    {
        var length = (nuint)encoded.Length;
        fixed (byte* e = encoded, p = Sized(pubkey, OpaqueSize))
            EcPubkeySerialize(Context, e, &length, p, encoded.Length == 33 ? Compressed : Uncompressed);
    }

    /// <summary>Multiplies in place by k, in VARIABLE time.</summary>
    public static bool PubkeyTweakMultiply(Span<byte> pubkey, ReadOnlySpan<byte> k)
    {
        fixed (byte* p = Sized(pubkey, OpaqueSize), s = Sized(k, 32))
            return EcPubkeyTweakMul(Context, p, s) == 1;
    }

    /// <summary>p + q; false for the identity.</summary>
    public static bool PubkeyAdd(Span<byte> sum, ReadOnlySpan<byte> p, ReadOnlySpan<byte> q)
    {
        fixed (byte* s = Sized(sum, OpaqueSize), pp = Sized(p, OpaqueSize), pq = Sized(q, OpaqueSize))
        {
            var both = stackalloc byte*[] { pp, pq };
            return EcPubkeyCombine(Context, s, both, 2) == 1;
        }
    }

    /// <summary>k·p in constant time: x ‖ y as 64 bytes, not hashed.</summary>
    public static bool Multiply(Span<byte> xy, ReadOnlySpan<byte> pubkey, ReadOnlySpan<byte> k)
    {
        fixed (byte* o = Sized(xy, 64), p = Sized(pubkey, OpaqueSize), s = Sized(k, 32))
            return Ecdh(Context, o, p, s, &CopyCoordinates, null) == 1;
    }

    /// <summary>Parses r ‖ s; only values not below the order fail.</summary>
    public static bool EcdsaParseCompact(Span<byte> signature, ReadOnlySpan<byte> compact)
    {
        fixed (byte* s = Sized(signature, OpaqueSize), c = Sized(compact, 64))
            return EcdsaSignatureParseCompact(Context, s, c) == 1;
    }

    /// <summary>Signs a digest by RFC 6979; r ‖ s with low s.</summary>
    public static void EcdsaSign(Span<byte> compact, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> key)
    {
        var signature = stackalloc byte[OpaqueSize];
        fixed (byte* c = Sized(compact, 64), d = Sized(digest, 32), k = Sized(key, 32))
        {
            if (EcdsaSignNative(Context, signature, d, k, 0, 0) != 1)
                throw new ArgumentException("Not a private key.", nameof(key));
            EcdsaSignatureSerializeCompact(Context, c, signature);
        }
    }

    /// <summary>Verifies a parsed signature; high s is refused.</summary>
    public static bool EcdsaVerify(ReadOnlySpan<byte> signature, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> pubkey)
    {
        fixed (byte* s = Sized(signature, OpaqueSize), d = Sized(digest, 32), p = Sized(pubkey, OpaqueSize))
            return EcdsaVerifyNative(Context, s, d, p) == 1;
    }

    /// <summary>Parses 32 bytes by lift_x.</summary>
    public static bool XOnlyPubkeyParse(Span<byte> pubkey, ReadOnlySpan<byte> x)
    {
        fixed (byte* p = Sized(pubkey, OpaqueSize), e = Sized(x, 32))
            return XOnlyPubkeyParseNative(Context, p, e) == 1;
    }

    /// <summary>Signs 32 bytes by BIP 340.</summary>
    public static void SchnorrSign(
        Span<byte> signature, ReadOnlySpan<byte> message, ReadOnlySpan<byte> key, ReadOnlySpan<byte> auxiliary)
    {
        var keypair = stackalloc byte[KeypairSize];
        fixed (byte* s = Sized(signature, 64), m = Sized(message, 32), k = Sized(key, 32), a = Sized(auxiliary, 32))
            if (KeypairCreateNative(Context, keypair, k) != 1 || SchnorrSign32(Context, s, m, keypair, a) != 1)
                throw new ArgumentException("Not a private key.", nameof(key));
    }

    /// <summary>Verifies by BIP 340.</summary>
    public static bool SchnorrVerify(ReadOnlySpan<byte> signature, ReadOnlySpan<byte> message, ReadOnlySpan<byte> xonly)
    {
        fixed (byte* s = Sized(signature, 64), m = message, p = Sized(xonly, OpaqueSize))
            return SchnorrVerifyNative(Context, s, m, (nuint)message.Length, p) == 1;
    }

    [UnmanagedCallersOnly]
    static int CopyCoordinates(byte* output, byte* x, byte* y, void* data)
    {
        Unsafe.CopyBlockUnaligned(output, x, 32);
        Unsafe.CopyBlockUnaligned(output + 32, y, 32);
        return 1;
    }

    static Span<byte> Sized(Span<byte> bytes, int size) =>
        bytes.Length == size ? bytes : throw new ArgumentException($"{bytes.Length} bytes, not {size}.", nameof(bytes));

    static ReadOnlySpan<byte> Sized(ReadOnlySpan<byte> bytes, int size) =>
        bytes.Length == size ? bytes : throw new ArgumentException($"{bytes.Length} bytes, not {size}.", nameof(bytes));

    static nint Export(string name) => NativeLibrary.GetExport(Library, "secp256k1_" + name);

    static nint Load()
    {
        foreach (var name in (string[])["libsecp256k1.so.2", "libsecp256k1.so.1", "libsecp256k1.so.0", "libsecp256k1"])
            if (NativeLibrary.TryLoad(name, out var handle))
                return handle;
        throw new DllNotFoundException(
            "libsecp256k1 is missing. Debian and Ubuntu: apt-get install libsecp256k1-1 (or libsecp256k1-0, libsecp256k1-2).");
    }
}
