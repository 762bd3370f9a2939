using Quorate.Cryptography.Curves;

namespace Quorate.Testing;

/// <summary>
/// A group of 199 elements on y² = x³ + 4 over the field of secp256k1. It goes through the same formulas, tables and
/// multiplications as secp256k1, so every input of that code can be tried. libsecp256k1 tests itself the same way.
/// </summary>
public readonly struct TinyCurve : ICurve<TinyCurve>, IKoblitzCurve<TinyCurve>
{
    /// <summary>The order, and the cube root of one modulo it that belongs to the field's β.</summary>
    public const int Size = 199, Lambda = 92;

    public static string Name => "tiny199";

    public static UInt256 Order => new(Size, 0, 0, 0);

    public static bool IsLittleEndian => false;

    public static int PointSize => 33;

    public static Point<TinyCurve> Generator { get; } = Koblitz<TinyCurve>.FromAffine(
        Secp256k1Field.From(X), Secp256k1Field.From(Y));

    static UInt256 X => UInt256.ReadBigEndian(Convert.FromHexString("fa7cc9a70737f2dba749dd392b4fb0693b017a7da808c2f1fb12940c9ea66c18"));

    static UInt256 Y => UInt256.ReadBigEndian(Convert.FromHexString("78ac123a5ed8aef38732bc911f3a286848df246c808dae72cfe525727f0501ed"));

    static int IKoblitzCurve<TinyCurve>.B => 4;

    /// <summary>k₂ = 7k mod 199, so that both halves take every value, and each half is negative for some.</summary>
    static void IKoblitzCurve<TinyCurve>.Split(in UInt256 k, out SignedHalf k1, out SignedHalf k2)
    {
        var value = (int)k.L0;
        var second = 7 * value % Size;
        var first = ((value - second * Lambda) % Size + Size) % Size;
        k1 = Half(first);
        k2 = Half(second);

        static SignedHalf Half(int v) => v > Size / 2 ? new((ulong)(Size - v), 0, ulong.MaxValue) : new((ulong)v, 0, 0);
    }

    public static Point<TinyCurve> Add(in Point<TinyCurve> p, in Point<TinyCurve> q) => Koblitz<TinyCurve>.Add(p, q);

    public static Point<TinyCurve> Double(in Point<TinyCurve> p) => Koblitz<TinyCurve>.Double(p);

    public static Point<TinyCurve> Negate(in Point<TinyCurve> p) => Koblitz<TinyCurve>.Negate(p);

    public static bool AreEqual(in Point<TinyCurve> p, in Point<TinyCurve> q) => Koblitz<TinyCurve>.AreEqual(p, q);

    public static Point<TinyCurve> MultiplyBase(in Scalar<TinyCurve> k) => Koblitz<TinyCurve>.MultiplyBase(k.Value);

    public static Point<TinyCurve> Multiply(in Scalar<TinyCurve> k, in Point<TinyCurve> p) => Koblitz<TinyCurve>.Multiply(k.Value, p);

    public static Point<TinyCurve> MultiplyVarTime(in Scalar<TinyCurve> k, in Point<TinyCurve> p) =>
        Koblitz<TinyCurve>.MultiplyVarTime(k.Value, p);

    public static Point<TinyCurve> MultiplyAddBaseVarTime(in Scalar<TinyCurve> a, in Scalar<TinyCurve> b, in Point<TinyCurve> p) =>
        Koblitz<TinyCurve>.MultiplyAddBaseVarTime(a.Value, b.Value, p);

    public static Point<TinyCurve> SumOfProductsVarTime(ReadOnlySpan<Scalar<TinyCurve>> k, ReadOnlySpan<Point<TinyCurve>> p) =>
        Koblitz<TinyCurve>.SumOfProductsVarTime(k, p);

    /// <summary>Unlike secp256k1 the curve has a cofactor, so the order is checked too.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, out Point<TinyCurve> p)
    {
        if (!Koblitz<TinyCurve>.TryDecode(encoded, out p))
            return false;
        var sum = p;
        for (var i = 1; i < Size; i++)
            sum += p;
        if (!sum.IsIdentity)
            p = default;
        return sum.IsIdentity;
    }

    public static void Encode(in Point<TinyCurve> p, Span<byte> destination) => Koblitz<TinyCurve>.Encode(p, destination);

    public static void EncodeMany(ReadOnlySpan<Point<TinyCurve>> points, Span<byte> destination) =>
        Koblitz<TinyCurve>.EncodeMany(points, destination);
}
