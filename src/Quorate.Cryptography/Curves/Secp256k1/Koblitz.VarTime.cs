using System.Runtime.CompilerServices;

namespace Quorate.Cryptography.Curves;

/// <summary>
/// Multiplication of public points by public scalars: each scalar is split over the endomorphism, each half is written in
/// non-adjacent form, and all halves share their doublings (Straus 1964; Guide to Elliptic Curve Cryptography, 3.51).
/// </summary>
static partial class Koblitz<C>
{
    /// <summary>Width of the non-adjacent form for points without a stored table.</summary>
    const int NafWidth = 5;

    /// <summary>P, 3P … 15P.</summary>
    const int OddMultiples = 1 << (NafWidth - 2);

    /// <summary>Points that share their doublings; their tables and digits take 52 KB of stack.</summary>
    const int StrausTerms = 16;

    internal static Point<C> MultiplyVarTime(in UInt256 k, in Point<C> p)
    {
        Straus(out var sum, default, new(in k), new(in p));
        return Store(sum);
    }

    internal static Point<C> MultiplyAddBaseVarTime(in UInt256 a, in UInt256 b, in Point<C> p)
    {
        Straus(out var sum, a, new(in b), new(in p));
        return Store(sum);
    }

    /// <summary>a·G + Σ kᵢ·pᵢ for up to <see cref="StrausTerms"/> terms.</summary>
    [SkipLocalsInit]
    static void Straus(out FieldX4 sum, in UInt256 a, ReadOnlySpan<UInt256> k, ReadOnlySpan<Point<C>> p)
    {
        var halves = 2 * k.Length;
        Span<sbyte> digits = stackalloc sbyte[(halves + 2) * Wnaf.HalfDigits];
        Span<FieldX4> tables = stackalloc FieldX4[halves * OddMultiples];
        var count = 0;
        for (var i = 0; i < k.Length; i++)
        {
            C.Split(k[i], out var k1, out var k2);
            count = Math.Max(count, Recode(k1, DigitsOf(digits, 2 * i), NafWidth));
            count = Math.Max(count, Recode(k2, DigitsOf(digits, 2 * i + 1), NafWidth));
            FillOddMultiples(p[i], k1, k2, tables.Slice(2 * i * OddMultiples, 2 * OddMultiples));
        }
        var low = DigitsOf(digits, halves);
        var high = DigitsOf(digits, halves + 1);
        count = Math.Max(count, Recode(new(a.L0, a.L1, 0), low, KoblitzOddMultiples<C>.Width));
        count = Math.Max(count, Recode(new(a.L2, a.L3, 0), high, KoblitzOddMultiples<C>.Width));

        Load(out sum, default);
        for (var bit = count - 1; bit >= 0; bit--)
        {
            KoblitzFormulas.Double<C>(ref sum, sum);
            for (var half = 0; half < halves; half++)
                AddDigit(ref sum, tables.Slice(half * OddMultiples, OddMultiples), DigitsOf(digits, half)[bit]);
            AddDigit(ref sum, KoblitzOddMultiples<C>.Low, low[bit]);
            AddDigit(ref sum, KoblitzOddMultiples<C>.High, high[bit]);
        }
    }

    static Span<sbyte> DigitsOf(Span<sbyte> digits, int half) => digits.Slice(half * Wnaf.HalfDigits, Wnaf.HalfDigits);

    static int Recode(in SignedHalf half, Span<sbyte> digits, int width) =>
        Wnaf.RecodeVarTime(digits, new UInt256(half.Low, half.High, 0, 0), width);

    /// <summary>Odd multiples of ±p and ±λ·p, with the signs of the halves of the scalar.</summary>
    static void FillOddMultiples(in Point<C> p, in SignedHalf k1, in SignedHalf k2, Span<FieldX4> tables)
    {
        var first = tables[..OddMultiples];
        var second = tables[OddMultiples..];
        Load(out var q, p);
        KoblitzFormulas.NegateIf(ref q, k1.Negative);
        FillOddMultiples(q, first);
        for (var i = 0; i < OddMultiples; i++)
        {
            KoblitzFormulas.MultiplyLambda(ref second[i], first[i]);
            KoblitzFormulas.NegateIf(ref second[i], k1.Negative ^ k2.Negative);
        }
    }

    /// <summary>p, 3p, 5p and so on.</summary>
    [SkipLocalsInit]
    internal static void FillOddMultiples(in FieldX4 p, Span<FieldX4> multiples)
    {
        Unsafe.SkipInit(out FieldX4 twice);
        KoblitzFormulas.Double<C>(ref twice, p);
        multiples[0] = p;
        for (var i = 1; i < multiples.Length; i++)
            KoblitzFormulas.Add<C>(ref multiples[i], multiples[i - 1], twice);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void AddDigit(ref FieldX4 sum, ReadOnlySpan<FieldX4> table, sbyte digit)
    {
        if (digit > 0)
            KoblitzFormulas.Add<C>(ref sum, sum, table[digit >> 1]);
        else if (digit < 0)
            Subtract(ref sum, table[-digit >> 1]);
    }

    [SkipLocalsInit]
    static void Subtract(ref FieldX4 sum, in FieldX4 p)
    {
        var negative = p;
        KoblitzFormulas.NegateIf(ref negative, ulong.MaxValue);
        KoblitzFormulas.Add<C>(ref sum, sum, negative);
    }
}
