using System.Runtime.InteropServices;

namespace Quorate.Testing.Native;

/// <summary>Debian's libsodium, the independent implementation that Ed25519 is compared with.</summary>
public static partial class Libsodium
{
    const string Library = "libsodium.so.23";

    static readonly bool Ready = Initialise();

    /// <summary>Initialises the library once; every member below calls it.</summary>
    /// <exception cref="InvalidOperationException">The library is missing or refuses to start.</exception>
    static bool Initialise()
    {
        try
        {
            return sodium_init() >= 0 ? true : throw new InvalidOperationException("libsodium refused to start.");
        }
        catch (DllNotFoundException missing)
        {
            throw new InvalidOperationException($"{Library} is missing: install Debian's package libsodium23.", missing);
        }
    }

    /// <summary>Whether libsodium takes the 32 bytes for a canonical point of the prime-order group other than the identity.</summary>
    public static bool IsValidPoint(ReadOnlySpan<byte> point) => Ready && crypto_core_ed25519_is_valid_point(point) == 1;

    /// <summary>k·P with no clamping. False where libsodium refuses: P not in the group, or the result the identity.</summary>
    public static bool Multiply(Span<byte> result, ReadOnlySpan<byte> scalar, ReadOnlySpan<byte> point) =>
        Ready && crypto_scalarmult_ed25519_noclamp(result, scalar, point) == 0;

    /// <summary>k·B with no clamping. False where the result is the identity.</summary>
    public static bool MultiplyBase(Span<byte> result, ReadOnlySpan<byte> scalar) =>
        Ready && crypto_scalarmult_ed25519_base_noclamp(result, scalar) == 0;

    /// <summary>P + Q for points on the curve.</summary>
    public static bool Add(Span<byte> result, ReadOnlySpan<byte> p, ReadOnlySpan<byte> q) =>
        Ready && crypto_core_ed25519_add(result, p, q) == 0;

    /// <summary>X25519(k, u). False where libsodium refuses: the result is zero.</summary>
    public static bool MultiplyMontgomery(Span<byte> result, ReadOnlySpan<byte> scalar, ReadOnlySpan<byte> u) =>
        Ready && crypto_scalarmult_curve25519(result, scalar, u) == 0;

    /// <summary>The 64-byte signature of RFC 8032 under the 64-byte secret key (seed ‖ public key).</summary>
    public static void Sign(Span<byte> signature, ReadOnlySpan<byte> message, ReadOnlySpan<byte> secretKey)
    {
        if (!Ready || crypto_sign_ed25519_detached(signature, 0, message, (ulong)message.Length, secretKey) != 0)
            throw new InvalidOperationException("libsodium did not sign.");
    }

    /// <summary>libsodium's verdict on a signature.</summary>
    public static bool Verify(ReadOnlySpan<byte> signature, ReadOnlySpan<byte> message, ReadOnlySpan<byte> publicKey) =>
        Ready && crypto_sign_ed25519_verify_detached(signature, message, (ulong)message.Length, publicKey) == 0;

    /// <summary>The key pair of a 32-byte seed: 32 bytes public, 64 bytes secret.</summary>
    public static void KeyPair(Span<byte> publicKey, Span<byte> secretKey, ReadOnlySpan<byte> seed)
    {
        if (!Ready || crypto_sign_ed25519_seed_keypair(publicKey, secretKey, seed) != 0)
            throw new InvalidOperationException("libsodium made no key pair.");
    }

    [LibraryImport(Library)]
    private static partial int sodium_init();

    [LibraryImport(Library)]
    private static partial int crypto_core_ed25519_is_valid_point(ReadOnlySpan<byte> p);

    [LibraryImport(Library)]
    private static partial int crypto_core_ed25519_add(Span<byte> r, ReadOnlySpan<byte> p, ReadOnlySpan<byte> q);

    [LibraryImport(Library)]
    private static partial int crypto_scalarmult_ed25519_noclamp(Span<byte> q, ReadOnlySpan<byte> n, ReadOnlySpan<byte> p);

    [LibraryImport(Library)]
    private static partial int crypto_scalarmult_ed25519_base_noclamp(Span<byte> q, ReadOnlySpan<byte> n);

    [LibraryImport(Library)]
    private static partial int crypto_scalarmult_curve25519(Span<byte> q, ReadOnlySpan<byte> n, ReadOnlySpan<byte> p);

    [LibraryImport(Library)]
    private static partial int crypto_sign_ed25519_seed_keypair(Span<byte> pk, Span<byte> sk, ReadOnlySpan<byte> seed);

    [LibraryImport(Library)]
    private static partial int crypto_sign_ed25519_detached(
        Span<byte> sig, nint siglen, ReadOnlySpan<byte> m, ulong mlen, ReadOnlySpan<byte> sk);

    [LibraryImport(Library)]
    private static partial int crypto_sign_ed25519_verify_detached(
        ReadOnlySpan<byte> sig, ReadOnlySpan<byte> m, ulong mlen, ReadOnlySpan<byte> pk);
}
