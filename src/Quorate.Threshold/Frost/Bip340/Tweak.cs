using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Point = Quorate.Cryptography.Curves.Point<Quorate.Cryptography.Curves.Secp256k1>;
using Scalar = Quorate.Cryptography.Curves.Scalar<Quorate.Cryptography.Curves.Secp256k1>;

namespace Quorate.Threshold.Frost.Bip340;

/// <summary>
/// One step from a key to another: P + t·G (plain, as BIP 32 derives children) or with_even_y(P) + t·G (x-only, as BIP
/// 341 forms output keys). Public.
/// </summary>
/// <remarks>
/// BIP 445 leaves open what tweaks chosen by an adversary do to unforgeability. Take them from a standard that hashes
/// the key: <see cref="TweakContext.ApplyTaproot"/>, or BIP 32.
/// </remarks>
public readonly record struct Tweak(Scalar Value, bool IsXOnly)
{
    /// <summary>Length in bytes.</summary>
    public const int Size = Scalar.Size;

    /// <summary>Reads 32 bytes, big-endian.</summary>
    /// <exception cref="ArgumentException">Another length, or a value not below the group order.</exception>
    public static Tweak Read(ReadOnlySpan<byte> bytes, bool isXOnly)
    {
        if (bytes.Length != Size)
            throw new ArgumentException($"A tweak has {Size} bytes, not {bytes.Length}.", nameof(bytes));
        return Scalar.TryDecode(bytes, out var value)
            ? new(value, isXOnly)
            : throw new ArgumentException("The tweak is not below the group order.", nameof(bytes));
    }

    /// <summary>
    /// BIP 341's tweak of an internal key: hash_TapTweak(x(P) ‖ root). An empty root commits to the key alone: nobody
    /// knows a script path.
    /// </summary>
    /// <exception cref="ArgumentException">The root is neither empty nor 32 bytes, or its hash is no scalar, which does not happen.</exception>
    public static Tweak Taproot(in Point internalKey, ReadOnlySpan<byte> merkleRoot)
    {
        if (merkleRoot.Length is not (0 or 32))
            throw new ArgumentException("A Merkle root has 32 bytes; an empty one commits to no script.", nameof(merkleRoot));
        Span<byte> x = stackalloc byte[Secp256k1Points.XOnlySize];
        internalKey.EncodeXOnly(x);
        Span<byte> hash = stackalloc byte[TaggedHash.Size];
        TaggedHash.HashData(Tags.TapTweak, hash, x, merkleRoot);
        return Read(hash, isXOnly: true);
    }
}
