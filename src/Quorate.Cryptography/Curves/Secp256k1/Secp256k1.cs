namespace Quorate.Cryptography.Curves;

/// <summary>
/// secp256k1 (SEC 2, section 2.4.1): y² = x³ + 7 over p = 2²⁵⁶ − 2³² − 977, of prime order. Scalars are big-endian,
/// points SEC 1 compressed.
/// </summary>
public readonly struct Secp256k1 : ICurve<Secp256k1>, IKoblitzCurve<Secp256k1>
{
    /// <inheritdoc/>
    public static string Name => "secp256k1";

    /// <inheritdoc/>
    public static UInt256 Order =>
        new(0xBFD25E8CD0364141, 0xBAAEDCE6AF48A03B, 0xFFFFFFFFFFFFFFFE, 0xFFFFFFFFFFFFFFFF);

    /// <inheritdoc/>
    public static bool IsLittleEndian => false;

    /// <inheritdoc/>
    public static int PointSize => 33;

    /// <inheritdoc/>
    public static Point<Secp256k1> Generator { get; } = Koblitz<Secp256k1>.FromAffine(
        Secp256k1Field.From(new(0x59F2815B16F81798, 0x029BFCDB2DCE28D9, 0x55A06295CE870B07, 0x79BE667EF9DCBBAC)),
        Secp256k1Field.From(new(0x9C47D08FFB10D4B8, 0xFD17B448A6855419, 0x5DA4FBFC0E1108A8, 0x483ADA7726A3C465)));

    static int IKoblitzCurve<Secp256k1>.B => 7;

    static void IKoblitzCurve<Secp256k1>.Split(in UInt256 k, out SignedHalf k1, out SignedHalf k2) =>
        Secp256k1Endomorphism.Split(k, out k1, out k2);

    /// <inheritdoc/>
    public static Point<Secp256k1> Add(in Point<Secp256k1> p, in Point<Secp256k1> q) => Koblitz<Secp256k1>.Add(p, q);

    /// <inheritdoc/>
    public static Point<Secp256k1> Double(in Point<Secp256k1> p) => Koblitz<Secp256k1>.Double(p);

    /// <inheritdoc/>
    public static Point<Secp256k1> Negate(in Point<Secp256k1> p) => Koblitz<Secp256k1>.Negate(p);

    /// <inheritdoc/>
    public static bool AreEqual(in Point<Secp256k1> p, in Point<Secp256k1> q) => Koblitz<Secp256k1>.AreEqual(p, q);

    /// <inheritdoc/>
    public static Point<Secp256k1> MultiplyBase(in Scalar<Secp256k1> k) => Koblitz<Secp256k1>.MultiplyBase(k.Value);

    /// <inheritdoc/>
    public static Point<Secp256k1> Multiply(in Scalar<Secp256k1> k, in Point<Secp256k1> p) =>
        Koblitz<Secp256k1>.Multiply(k.Value, p);

    /// <inheritdoc/>
    public static Point<Secp256k1> MultiplyVarTime(in Scalar<Secp256k1> k, in Point<Secp256k1> p) =>
        Koblitz<Secp256k1>.MultiplyVarTime(k.Value, p);

    /// <inheritdoc/>
    public static Point<Secp256k1> MultiplyAddBaseVarTime(
        in Scalar<Secp256k1> a, in Scalar<Secp256k1> b, in Point<Secp256k1> p) =>
        Koblitz<Secp256k1>.MultiplyAddBaseVarTime(a.Value, b.Value, p);

    /// <inheritdoc/>
    public static Point<Secp256k1> SumOfProductsVarTime(
        ReadOnlySpan<Scalar<Secp256k1>> k, ReadOnlySpan<Point<Secp256k1>> p) =>
        Koblitz<Secp256k1>.SumOfProductsVarTime(k, p);

    /// <inheritdoc/>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, out Point<Secp256k1> p) =>
        Koblitz<Secp256k1>.TryDecode(encoded, out p);

    /// <inheritdoc/>
    public static void Encode(in Point<Secp256k1> p, Span<byte> destination) =>
        Koblitz<Secp256k1>.Encode(p, destination);

    /// <inheritdoc/>
    public static void EncodeMany(ReadOnlySpan<Point<Secp256k1>> points, Span<byte> destination) =>
        Koblitz<Secp256k1>.EncodeMany(points, destination);
}
