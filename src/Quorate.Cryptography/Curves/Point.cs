using System.Runtime.CompilerServices;

namespace Quorate.Cryptography.Curves;

/// <summary>
/// An element of the prime-order group of <typeparamref name="C"/>. It is on the curve and in the subgroup, or it does
/// not exist: <see cref="TryDecode"/> is the only way in. <c>default</c> is the identity.
/// </summary>
/// <remarks>192 bytes of coordinates whose layout belongs to the curve. Constant time unless a name ends in VarTime.</remarks>
public readonly struct Point<C> : IEquatable<Point<C>> where C : struct, ICurve<C>
{
    internal readonly PointLimbs Limbs;

    internal Point(in PointLimbs limbs) => Limbs = limbs;

    /// <summary>Length in bytes of an encoded point.</summary>
    public static int Size => C.PointSize;

    /// <summary>The base point.</summary>
    public static Point<C> G => C.Generator;

    /// <summary>The neutral element, which has no encoding.</summary>
    public static Point<C> Identity => default;

    /// <summary>Whether this is the neutral element.</summary>
    public bool IsIdentity => C.AreEqual(this, default);

    /// <summary>p + q.</summary>
    public static Point<C> operator +(in Point<C> p, in Point<C> q) => C.Add(p, q);

    /// <summary>p − q.</summary>
    public static Point<C> operator -(in Point<C> p, in Point<C> q) => C.Add(p, C.Negate(q));

    /// <summary>−p.</summary>
    public static Point<C> operator -(in Point<C> p) => C.Negate(p);

    /// <summary>k·p, constant time.</summary>
    public static Point<C> operator *(in Scalar<C> k, in Point<C> p) => C.Multiply(k, p);

    /// <summary>k·G, constant time, from the fixed-base table.</summary>
    public static Point<C> MultiplyBase(in Scalar<C> k) => C.MultiplyBase(k);

    /// <summary>k·p for public inputs.</summary>
    public static Point<C> MultiplyVarTime(in Scalar<C> k, in Point<C> p) => C.MultiplyVarTime(k, p);

    /// <summary>a·G + b·p for public inputs: the shape of a signature's verification.</summary>
    public static Point<C> MultiplyAddBaseVarTime(in Scalar<C> a, in Scalar<C> b, in Point<C> p) =>
        C.MultiplyAddBaseVarTime(a, b, p);

    /// <summary>Σ kᵢ·pᵢ for public inputs.</summary>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public static Point<C> SumOfProductsVarTime(ReadOnlySpan<Scalar<C>> k, ReadOnlySpan<Point<C>> p) =>
        k.Length == p.Length
            ? C.SumOfProductsVarTime(k, p)
            : throw new ArgumentException($"{k.Length} scalars for {p.Length} points.", nameof(k));

    /// <summary>Σ pᵢ.</summary>
    public static Point<C> Sum(ReadOnlySpan<Point<C>> points)
    {
        var sum = Identity;
        foreach (ref readonly var p in points)
            sum = C.Add(sum, p);
        return sum;
    }

    /// <summary>
    /// Decodes exactly <see cref="Size"/> bytes. False for a wrong length, a non-canonical or off-curve encoding, the
    /// identity, and anything outside the prime-order group.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, out Point<C> p)
    {
        if (encoded.Length == C.PointSize)
            return C.TryDecode(encoded, out p);
        p = default;
        return false;
    }

    /// <summary>Decodes as <see cref="TryDecode"/> does.</summary>
    /// <exception cref="FormatException">The bytes are no valid encoding of a point other than the identity.</exception>
    public static Point<C> Decode(ReadOnlySpan<byte> encoded) =>
        TryDecode(encoded, out var p) ? p : throw new FormatException($"Not a {C.Name} point.");

    /// <summary>Writes <see cref="Size"/> bytes.</summary>
    /// <exception cref="InvalidOperationException">This is the identity, which has no encoding.</exception>
    public void Encode(Span<byte> destination)
    {
        if (IsIdentity)
            throw new InvalidOperationException("The identity has no encoding.");
        C.Encode(this, destination[..C.PointSize]);
    }

    /// <summary>The encoding as a new array of <see cref="Size"/> bytes.</summary>
    /// <exception cref="InvalidOperationException">This is the identity, which has no encoding.</exception>
    public byte[] Encode()
    {
        var encoded = new byte[C.PointSize];
        Encode(encoded);
        return encoded;
    }

    /// <summary>Encodes many points back to back, <see cref="Size"/> bytes each, with one inversion in all.</summary>
    /// <exception cref="InvalidOperationException">One of them is the identity, which has no encoding; nothing is written.</exception>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static void EncodeMany(ReadOnlySpan<Point<C>> points, Span<byte> destination)
    {
        if (destination.Length < points.Length * C.PointSize)
            throw new ArgumentException($"{destination.Length} bytes for {points.Length} points.", nameof(destination));
        foreach (ref readonly var p in points)
            if (p.IsIdentity)
                throw new InvalidOperationException("The identity has no encoding.");
        C.EncodeMany(points, destination);
    }

    /// <summary>Group equality, constant time.</summary>
    public static bool operator ==(in Point<C> p, in Point<C> q) => C.AreEqual(p, q);

    /// <summary>Group inequality, constant time.</summary>
    public static bool operator !=(in Point<C> p, in Point<C> q) => !C.AreEqual(p, q);

    /// <inheritdoc/>
    public bool Equals(Point<C> other) => C.AreEqual(this, other);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Point<C> other && Equals(other);

    /// <summary>Hash of the encoding, so that equal points hash alike whatever their coordinates.</summary>
    public override int GetHashCode()
    {
        if (IsIdentity)
            return 0;
        Span<byte> encoded = stackalloc byte[C.PointSize];
        C.Encode(this, encoded);
        var hash = new HashCode();
        hash.AddBytes(encoded);
        return hash.ToHashCode();
    }

    /// <summary>The encoding in hexadecimal.</summary>
    public override string ToString() => IsIdentity ? "identity" : Convert.ToHexStringLower(Encode());
}

/// <summary>
/// Room for four coordinates of six limbs. All zero is the identity: a curve stores the coordinates that are one in
/// its identity with their lowest bit flipped.
/// </summary>
[InlineArray(24)]
struct PointLimbs
{
    ulong first;
}
