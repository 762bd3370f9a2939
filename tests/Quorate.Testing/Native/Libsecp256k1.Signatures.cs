using System.Runtime.InteropServices;

namespace Quorate.Testing.Native;

/// <summary>Signatures by libsecp256k1: ECDSA with RFC 6979 nonces and recovery, and BIP 340.</summary>
public static unsafe partial class Libsecp256k1
{
    // SECP256K1_CONTEXT_NONE; the flags for serializing points compressed and not.
    const uint ContextFlags = 1;

    static readonly nint signing = secp256k1_context_create(ContextFlags);

    /// <summary>Compact signature with low s, and the recovery id. The nonce takes the digest as it is, not modulo n.</summary>
    public static int SignEcdsa(ReadOnlySpan<byte> key, ReadOnlySpan<byte> digest, Span<byte> compact)
    {
        var signature = stackalloc byte[65];
        fixed (byte* k = key, z = digest, c = compact)
        {
            int id;
            Require(secp256k1_ecdsa_sign_recoverable(signing, signature, z, k, null, null));
            Require(secp256k1_ecdsa_recoverable_signature_serialize_compact(signing, c, &id, signature));
            return id;
        }
    }

    /// <summary>Whether a compact signature with low s is valid; high s never is here.</summary>
    public static bool VerifyEcdsa(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> compact)
    {
        byte* key = stackalloc byte[64], signature = stackalloc byte[64];
        fixed (byte* p = publicKey, z = digest, c = compact)
            return secp256k1_ec_pubkey_parse(signing, key, p, (nuint)publicKey.Length) == 1
                && secp256k1_ecdsa_signature_parse_compact(signing, signature, c) == 1
                && secp256k1_ecdsa_verify(signing, signature, z, key) == 1;
    }

    /// <summary>The compressed key that a compact signature and an id recover, if there is one.</summary>
    public static bool RecoverEcdsa(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> compact, int id, Span<byte> publicKey)
    {
        const uint compressed = 258;
        byte* key = stackalloc byte[64], signature = stackalloc byte[65];
        var length = (nuint)publicKey.Length;
        fixed (byte* p = publicKey, z = digest, c = compact)
            return secp256k1_ecdsa_recoverable_signature_parse_compact(signing, signature, c, id) == 1
                && secp256k1_ecdsa_recover(signing, key, signature, z) == 1
                && secp256k1_ec_pubkey_serialize(signing, p, &length, key, compressed) == 1;
    }

    /// <summary>Whether libsecp256k1 takes the bytes for a DER signature, lax about r and s of n and above, which become 0.</summary>
    public static bool ParseDer(ReadOnlySpan<byte> der, Span<byte> compact)
    {
        var signature = stackalloc byte[64];
        fixed (byte* d = der, c = compact)
            return secp256k1_ecdsa_signature_parse_der(signing, signature, d, (nuint)der.Length) == 1
                && secp256k1_ecdsa_signature_serialize_compact(signing, c, signature) == 1;
    }

    /// <summary>A BIP 340 signature of a message of any length with the given auxiliary randomness.</summary>
    public static void SignBip340(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> auxiliary, Span<byte> signature)
    {
        var pair = stackalloc byte[96];
        fixed (byte* k = key, m = message, a = auxiliary, s = signature)
        {
            // secp256k1_schnorrsig_extraparams and the magic number that marks its version.
            var extra = new ExtraParameters { Magic = 0x8CB36FDA, Data = a };
            Require(secp256k1_keypair_create(signing, pair, k));
            Require(secp256k1_schnorrsig_sign_custom(signing, s, m, (nuint)message.Length, pair, &extra));
        }
    }

    /// <summary>libsecp256k1's verdict on a BIP 340 signature; false for bytes that are no x-only key, too.</summary>
    public static bool VerifyBip340(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        var key = stackalloc byte[64];
        fixed (byte* p = publicKey, m = message, s = signature)
            return secp256k1_xonly_pubkey_parse(signing, key, p) == 1
                && secp256k1_schnorrsig_verify(signing, s, m, (nuint)message.Length, key) == 1;
    }

    /// <summary>A key parsed once (64 opaque bytes), so that verification can be measured without the parsing.</summary>
    public static byte[] ParsedKey(ReadOnlySpan<byte> publicKey)
    {
        var parsed = new byte[64];
        fixed (byte* p = publicKey, key = parsed)
            Require(publicKey.Length == 32
                ? secp256k1_xonly_pubkey_parse(signing, key, p)
                : secp256k1_ec_pubkey_parse(signing, key, p, (nuint)publicKey.Length));
        return parsed;
    }

    /// <summary>A compact signature parsed once (64 opaque bytes).</summary>
    public static byte[] ParsedSignature(ReadOnlySpan<byte> compact)
    {
        var parsed = new byte[64];
        fixed (byte* c = compact, signature = parsed)
            Require(secp256k1_ecdsa_signature_parse_compact(signing, signature, c));
        return parsed;
    }

    /// <summary>ECDSA verification of parsed values.</summary>
    public static bool VerifyParsedEcdsa(byte[] key, ReadOnlySpan<byte> digest, byte[] signature)
    {
        fixed (byte* p = key, z = digest, s = signature)
            return secp256k1_ecdsa_verify(signing, s, z, p) == 1;
    }

    /// <summary>BIP 340 verification under a parsed key.</summary>
    public static bool VerifyParsedBip340(byte[] key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        fixed (byte* p = key, m = message, s = signature)
            return secp256k1_schnorrsig_verify(signing, s, m, (nuint)message.Length, p) == 1;
    }

    static void Require(int result)
    {
        if (result != 1)
            throw new ArgumentException("libsecp256k1 refused its input.");
    }

    struct ExtraParameters
    {
        internal uint Magic;
        internal nint NonceFunction;
        internal byte* Data;
    }

    const string SignatureLibrary = "libsecp256k1.so.1";

    [LibraryImport(SignatureLibrary)]
    private static partial nint secp256k1_context_create(uint flags);

    [LibraryImport(SignatureLibrary)]
    private static partial int secp256k1_ec_pubkey_parse(nint context, byte* key, byte* input, nuint length);

    [LibraryImport(SignatureLibrary)]
    private static partial int secp256k1_ec_pubkey_serialize(nint context, byte* output, nuint* length, byte* key, uint flags);

    [LibraryImport(SignatureLibrary)]
    private static partial int secp256k1_ecdsa_signature_parse_compact(nint context, byte* signature, byte* input);

    [LibraryImport(SignatureLibrary)]
    private static partial int secp256k1_ecdsa_signature_parse_der(nint context, byte* signature, byte* input, nuint length);

    [LibraryImport(SignatureLibrary)]
    private static partial int secp256k1_ecdsa_signature_serialize_compact(nint context, byte* output, byte* signature);

    [LibraryImport(SignatureLibrary)]
    private static partial int secp256k1_ecdsa_verify(nint context, byte* signature, byte* digest, byte* key);

    [LibraryImport(SignatureLibrary)]
    private static partial int secp256k1_ecdsa_sign_recoverable(
        nint context, byte* signature, byte* digest, byte* key, void* nonceFunction, void* data);

    [LibraryImport(SignatureLibrary)]
    private static partial int secp256k1_ecdsa_recoverable_signature_serialize_compact(
        nint context, byte* output, int* id, byte* signature);

    [LibraryImport(SignatureLibrary)]
    private static partial int secp256k1_ecdsa_recoverable_signature_parse_compact(
        nint context, byte* signature, byte* input, int id);

    [LibraryImport(SignatureLibrary)]
    private static partial int secp256k1_ecdsa_recover(nint context, byte* key, byte* signature, byte* digest);

    [LibraryImport(SignatureLibrary)]
    private static partial int secp256k1_keypair_create(nint context, byte* pair, byte* key);

    [LibraryImport(SignatureLibrary)]
    private static partial int secp256k1_xonly_pubkey_parse(nint context, byte* key, byte* input);

    [LibraryImport(SignatureLibrary)]
    private static partial int secp256k1_schnorrsig_sign_custom(
        nint context, byte* signature, byte* message, nuint length, byte* pair, ExtraParameters* extra);

    [LibraryImport(SignatureLibrary)]
    private static partial int secp256k1_schnorrsig_verify(
        nint context, byte* signature, byte* message, nuint length, byte* key);
}
