using Scalar = Quorate.Cryptography.Curves.Scalar<Quorate.Cryptography.Curves.Secp256k1>;

namespace Quorate.Threshold.Frost.Bip340;

/// <summary>
/// One step from a key to another: P + t·G (plain, as BIP 32 derives children) or with_even_y(P) + t·G (x-only, as BIP
/// 341 forms output keys). Public.
/// </summary>
/// <remarks>
/// BIP 445 leaves open what tweaks chosen by an adversary do to unforgeability. Take them from a standard that hashes
/// the key: <see cref="TweakContext.Derive"/> and <see cref="TweakContext.ApplyTaproot"/>.
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
}
