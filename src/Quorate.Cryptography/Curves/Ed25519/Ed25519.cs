using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

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
    public static Point<Ed25519> Generator => EdwardsPoint.FromAffine(
        new(0x62d608f25d51a, 0x412a4b4f6592a, 0x75b7171a4b31d, 0x1ff60527118fe, 0x216936d3cd6e5),
        new(0x6666666666658, 0x4cccccccccccc, 0x1999999999999, 0x3333333333333, 0x6666666666666)).Store();

    /// <inheritdoc/>
    [SkipLocalsInit]
    public static Point<Ed25519> Add(in Point<Ed25519> p, in Point<Ed25519> q)
    {
        EdwardsPoint.Load(out var a, p);
        EdwardsPoint.Load(out var b, q);
        EdwardsPoint.Add(ref a, new CachedPoint(b));
        return a.Store();
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public static Point<Ed25519> Double(in Point<Ed25519> p)
    {
        EdwardsPoint.Load(out var point, p);
        EdwardsPoint.Double(ref point);
        return point.Store();
    }

    /// <inheritdoc/>
    public static Point<Ed25519> Negate(in Point<Ed25519> p)
    {
        EdwardsPoint.Load(out var point, p);
        return point.Negate().Store();
    }

    /// <inheritdoc/>
    public static bool AreEqual(in Point<Ed25519> p, in Point<Ed25519> q)
    {
        EdwardsPoint.Load(out var a, p);
        EdwardsPoint.Load(out var b, q);
        return EdwardsPoint.AreEqual(a, b);
    }

    /// <inheritdoc/>
    public static Point<Ed25519> MultiplyBase(in Scalar<Ed25519> k) => Avx2.IsSupported
        ? Ed25519Multiplication<EdwardsLanes, CachedLanes>.MultiplyBase(k)
        : Ed25519Multiplication<EdwardsPoint, CachedPoint>.MultiplyBase(k);

    /// <inheritdoc/>
    public static Point<Ed25519> Multiply(in Scalar<Ed25519> k, in Point<Ed25519> p) => Avx2.IsSupported
        ? Ed25519Multiplication<EdwardsLanes, CachedLanes>.Multiply(k, p)
        : Ed25519Multiplication<EdwardsPoint, CachedPoint>.Multiply(k, p);

    /// <inheritdoc/>
    public static Point<Ed25519> MultiplyVarTime(in Scalar<Ed25519> k, in Point<Ed25519> p) =>
        MultiplyAddBaseVarTime(Scalar<Ed25519>.Zero, k, p);

    /// <inheritdoc/>
    public static Point<Ed25519> MultiplyAddBaseVarTime(
        in Scalar<Ed25519> a, in Scalar<Ed25519> b, in Point<Ed25519> p) => Avx2.IsSupported
        ? Ed25519Sums<EdwardsLanes, CachedLanes>.MultiplyAddBaseVarTime(a, b, p)
        : Ed25519Sums<EdwardsPoint, CachedPoint>.MultiplyAddBaseVarTime(a, b, p);

    /// <inheritdoc/>
    public static Point<Ed25519> SumOfProductsVarTime(
        ReadOnlySpan<Scalar<Ed25519>> k, ReadOnlySpan<Point<Ed25519>> p) => Avx2.IsSupported
        ? Ed25519Sums<EdwardsLanes, CachedLanes>.SumOfProductsVarTime(k, p)
        : Ed25519Sums<EdwardsPoint, CachedPoint>.SumOfProductsVarTime(k, p);

    /// <inheritdoc/>
    /// <remarks>RFC 8032, 5.1.3, and then membership in the group of order L. Variable time: encodings are public.</remarks>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, out Point<Ed25519> p)
    {
        if (Ed25519Encoding.TryDecodeVarTime(encoded, out var point) && Ed25519Subgroup.ContainsVarTime(point))
        {
            p = point.Store();
            return true;
        }
        p = default;
        return false;
    }

    /// <inheritdoc/>
    public static void Encode(in Point<Ed25519> p, Span<byte> destination) => Ed25519Encoding.Encode(new(in p), destination);

    /// <inheritdoc/>
    public static void EncodeMany(ReadOnlySpan<Point<Ed25519>> points, Span<byte> destination) =>
        Ed25519Encoding.Encode(points, destination);
}
