namespace Quorate.Cryptography.Curves;

/// <summary>
/// The prime-order group of edwards25519 (RFC 8032, section 5.1): order L = 2²⁵² + 27742317777372353535851937790883648493,
/// points encoded in 32 bytes as y and the parity of x.
/// </summary>
public readonly struct Ed25519 : ICurve<Ed25519>
{
    /// <inheritdoc/>
    public static string Name => "edwards25519";

    /// <inheritdoc/>
    public static UInt256 Order => new(0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0, 0x1000000000000000);

    /// <inheritdoc/>
    public static bool IsLittleEndian => true;

    /// <inheritdoc/>
    public static int PointSize => 32;

    /// <inheritdoc/>
    public static Point<Ed25519> Generator => new EdwardsPoint(
        new(0x62d608f25d51a, 0x412a4b4f6592a, 0x75b7171a4b31d, 0x1ff60527118fe, 0x216936d3cd6e5),
        new(0x6666666666658, 0x4cccccccccccc, 0x1999999999999, 0x3333333333333, 0x6666666666666),
        Field25519.One,
        new(0x68ab3a5b7dda3, 0x00eea2a5eadbb, 0x2af8df483c27e, 0x332b375274732, 0x67875f0fd78b7)).Store();

    /// <inheritdoc/>
    public static Point<Ed25519> Add(in Point<Ed25519> p, in Point<Ed25519> q) =>
        EdwardsPoint.Load(p).Add(new CachedPoint(EdwardsPoint.Load(q))).Store();

    /// <inheritdoc/>
    public static Point<Ed25519> Double(in Point<Ed25519> p) => EdwardsPoint.Load(p).Double().Store();

    /// <inheritdoc/>
    public static Point<Ed25519> Negate(in Point<Ed25519> p) => EdwardsPoint.Load(p).Negate().Store();

    /// <inheritdoc/>
    public static bool AreEqual(in Point<Ed25519> p, in Point<Ed25519> q)
    {
        EdwardsPoint a = EdwardsPoint.Load(p), b = EdwardsPoint.Load(q);
        return Field25519.AreEqual(a.X * b.Z, b.X * a.Z) & Field25519.AreEqual(a.Y * b.Z, b.Y * a.Z);
    }

    /// <inheritdoc/>
    public static Point<Ed25519> MultiplyBase(in Scalar<Ed25519> k) => Multiply(k, Generator);

    /// <inheritdoc/>
    public static Point<Ed25519> Multiply(in Scalar<Ed25519> k, in Point<Ed25519> p)
    {
        var point = EdwardsPoint.Load(p);
        var cached = new CachedPoint(point);
        var sum = EdwardsPoint.Identity;
        for (var i = 252; i >= 0; i--)
        {
            sum = sum.Double();
            var added = sum.Add(cached);
            var limb = (i >> 6) switch { 0 => k.Value.L0, 1 => k.Value.L1, 2 => k.Value.L2, _ => k.Value.L3 };
            var mask = 0UL - ((limb >> (i & 63)) & 1);
            sum = new(
                Field25519.Select(sum.X, added.X, mask), Field25519.Select(sum.Y, added.Y, mask),
                Field25519.Select(sum.Z, added.Z, mask), Field25519.Select(sum.T, added.T, mask));
        }
        return sum.Store();
    }

    /// <inheritdoc/>
    public static Point<Ed25519> MultiplyVarTime(in Scalar<Ed25519> k, in Point<Ed25519> p) => Multiply(k, p);

    /// <inheritdoc/>
    public static Point<Ed25519> MultiplyAddBaseVarTime(
        in Scalar<Ed25519> a, in Scalar<Ed25519> b, in Point<Ed25519> p) => Add(MultiplyBase(a), Multiply(b, p));

    /// <inheritdoc/>
    public static Point<Ed25519> SumOfProductsVarTime(ReadOnlySpan<Scalar<Ed25519>> k, ReadOnlySpan<Point<Ed25519>> p)
    {
        Point<Ed25519> sum = default;
        for (var i = 0; i < k.Length; i++)
            sum = Add(sum, Multiply(k[i], p[i]));
        return sum;
    }

    /// <inheritdoc/>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, out Point<Ed25519> p)
    {
        p = default;
        var bits = UInt256.ReadLittleEndian(encoded);
        var isOdd = bits.L3 >> 63 != 0;
        var y = Field25519.Read(bits);
        if (y.ToCanonical() != new UInt256(bits.L0, bits.L1, bits.L2, bits.L3 & (ulong.MaxValue >> 1)))
            return false;

        // x² = (y² − 1) / (d·y² + 1).
        var y2 = Field25519.Square(y);
        if (!Field25519.TrySqrtRatio(y2 - Field25519.One, (y2 * EdwardsPoint.D) + Field25519.One, out var x))
            return false;
        if (isOdd)
            x = -x;
        if (x.IsOdd() != isOdd)
            return false;

        var candidate = new EdwardsPoint(x, y, Field25519.One, x * y).Store();
        if (AreEqual(candidate, default))
            return false;
        // In the group of order L exactly where (L − 1)·P = −P.
        if (!AreEqual(Multiply(-Scalar<Ed25519>.One, candidate), Negate(candidate)))
            return false;
        p = candidate;
        return true;
    }

    /// <inheritdoc/>
    public static void Encode(in Point<Ed25519> p, Span<byte> destination)
    {
        var point = EdwardsPoint.Load(p);
        var inverse = Field25519.Invert(point.Z);
        var y = (point.Y * inverse).ToCanonical();
        var sign = (point.X * inverse).ToCanonical().L0 << 63;
        new UInt256(y.L0, y.L1, y.L2, y.L3 | sign).WriteLittleEndian(destination);
    }

    /// <inheritdoc/>
    public static void EncodeMany(ReadOnlySpan<Point<Ed25519>> points, Span<byte> destination)
    {
        for (var i = 0; i < points.Length; i++)
            Encode(points[i], destination.Slice(i * 32, 32));
    }
}
