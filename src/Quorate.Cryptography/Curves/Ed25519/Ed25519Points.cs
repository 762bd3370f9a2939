namespace Quorate.Cryptography.Curves;

/// <summary>What can be told of 32 bytes besides whether they are a key.</summary>
public static class Ed25519Points
{
    /// <summary>
    /// Whether the bytes are a point of the whole curve after RFC 8032, 5.1.3, of whatever order: Solana gives programs
    /// only addresses that are none, so that nobody has a key to them. Variable time.
    /// </summary>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public static bool IsOnCurveVarTime(ReadOnlySpan<byte> encoded) => encoded.Length == Point<Ed25519>.Size
        ? Ed25519Encoding.TryDecodeVarTime(encoded, out _)
        : throw new ArgumentException($"{encoded.Length} bytes; a point has {Point<Ed25519>.Size}.", nameof(encoded));
}
