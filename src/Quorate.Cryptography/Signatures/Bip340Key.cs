using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Secrets;

namespace Quorate.Cryptography.Signatures;

/// <summary>
/// A whole BIP 340 key in one place: for tests, and for keys that are not money. Wallet keys are never whole; they sign
/// by a threshold protocol. Do not use one secret here and as an <see cref="EcdsaKey"/>.
/// </summary>
public sealed class Bip340Key : IDisposable
{
    const int AuxiliarySize = 32;

    // d, negated where that makes the public point's y even.
    readonly Secret<Scalar<Secp256k1>> secret;

    /// <summary>Makes a key of its own from <paramref name="secret"/>, which stays the caller's.</summary>
    /// <exception cref="ArgumentException">The secret is zero.</exception>
    public Bip340Key(Secret<Scalar<Secp256k1>> secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        if (secret.Expose().IsZero)
            throw new ArgumentException("The key is zero.", nameof(secret));
        PublicKey = Bip340PublicKey.FromPoint(secret.MultiplyBase(), out var isOdd);
        ref readonly var d = ref secret.Expose();
        this.secret = new(Scalar<Secp256k1>.Select(d, -d, isOdd));
    }

    /// <summary>The x-only public key.</summary>
    public Bip340PublicKey PublicKey { get; }

    /// <summary>A uniform key.</summary>
    public static Bip340Key Generate(IRandom random)
    {
        using var secret = Secret<Scalar<Secp256k1>>.Random(random);
        return new(secret);
    }

    /// <summary>Takes a key from its 32 bytes, big-endian. False for a wrong length, zero, or a number not below n.</summary>
    public static bool TryImport(ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out Bip340Key? key)
    {
        key = null;
        if (!Scalar<Secp256k1>.TryDecode(encoded, out var value) || value.IsZero)
            return false;
        using var secret = new Secret<Scalar<Secp256k1>>(value);
        key = new(secret);
        return true;
    }

    /// <summary>
    /// Signs a message of any length (BIP 340, "Default Signing") with 32 fresh bytes of auxiliary randomness. What means
    /// something outside one application should be hashed under a tag of its own first.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The key has been wiped.</exception>
    public Bip340Signature Sign(ReadOnlySpan<byte> message, IRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Span<byte> auxiliary = stackalloc byte[AuxiliarySize];
        random.Fill(auxiliary);
        var signature = Sign(message, auxiliary);
        CryptographicOperations.ZeroMemory(auxiliary);
        return signature;
    }

    /// <summary>
    /// Signs with given auxiliary randomness, for the vectors, which fix it, and for protocols that derive it; the nonce
    /// stays unpredictable whatever it is. With <paramref name="tags"/>, in a domain other than the BIP's.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The key has been wiped.</exception>
    public Bip340Signature Sign(ReadOnlySpan<byte> message, ReadOnlySpan<byte> auxiliary, Bip340Tags? tags = null)
    {
        tags ??= Bip340Tags.Standard;
        using var nonce = Nonce(message, auxiliary, tags);
        var R = Bip340PublicKey.FromPoint(nonce.MultiplyBase(), out var isOdd);
        ref readonly var k = ref nonce.Expose();
        Span<byte> x = stackalloc byte[Secp256k1Points.XOnlySize];
        R.Encode(x);
        var e = Bip340.Challenge(x, PublicKey, message, tags);
        var signature = new Bip340Signature(
            R.Point, Scalar<Secp256k1>.Select(k, -k, isOdd) + e * secret.Expose());

        // The BIP's last step: a fault while signing must not leave this function.
        return signature.Verify(PublicKey, message, tags)
            ? signature
            : throw new UnreachableException("A new signature does not verify.");
    }

    /// <summary>k′ = int(hash_nonce(t ‖ bytes(P) ‖ m)) mod n with t = bytes(d) ⊕ hash_aux(a).</summary>
    Secret<Scalar<Secp256k1>> Nonce(ReadOnlySpan<byte> message, ReadOnlySpan<byte> auxiliary, Bip340Tags tags)
    {
        Span<byte> t = stackalloc byte[TaggedHash.Size];
        Span<byte> d = stackalloc byte[Scalar<Secp256k1>.Size];
        Span<byte> key = stackalloc byte[Bip340PublicKey.Size];
        try
        {
            TaggedHash.HashData(tags.Auxiliary, t, auxiliary);
            secret.Expose().Encode(d);
            for (var i = 0; i < t.Length; i++)
                t[i] ^= d[i];
            PublicKey.Encode(key);
            TaggedHash.HashData(tags.Nonce, t, t, key, message);
            // The bias of 256 bits modulo this n is below 2⁻¹²⁷.
            var k = Scalar<Secp256k1>.Reduce(t);
            return k.IsZero ? throw new UnreachableException("SHA-256 gave a multiple of n.") : new(k);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(t);
            CryptographicOperations.ZeroMemory(d);
        }
    }

    /// <summary>Wipes the key. Harmless when repeated.</summary>
    public void Dispose() => secret.Dispose();

    /// <summary>The public key.</summary>
    public override string ToString() => $"Bip340Key({PublicKey})";
}
