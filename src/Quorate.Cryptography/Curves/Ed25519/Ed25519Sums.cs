using System.Buffers;
using System.Runtime.CompilerServices;

namespace Quorate.Cryptography.Curves;

/// <summary>Sums of products for public inputs: variable time throughout.</summary>
static class Ed25519Sums<TPoint, TSummand>
    where TPoint : unmanaged, IEdwardsPoint<TPoint, TSummand>
    where TSummand : unmanaged
{
    /// <summary>Non-adjacent form of width 5 for given points: the odd multiples P … 15P.</summary>
    const int Width = 5, OddMultiples = 8;

    /// <summary>Terms that share their doublings; their tables and digits stay on the stack, 24 kB.</summary>
    const int TermsAtOnce = 16;

    /// <summary>From this many terms on, buckets are faster than tables: measured.</summary>
    const int PippengerFrom = 150;

    /// <summary>Σ kᵢ·pᵢ.</summary>
    internal static Point<Ed25519> SumOfProductsVarTime(ReadOnlySpan<Scalar<Ed25519>> k, ReadOnlySpan<Point<Ed25519>> p)
    {
        if (k.Length >= PippengerFrom)
            return PippengerVarTime(k, p);
        StrausVarTime(out var sum, default, k[..Math.Min(TermsAtOnce, k.Length)], p);
        for (var done = TermsAtOnce; done < k.Length; done += TermsAtOnce)
        {
            StrausVarTime(out var part, default, k.Slice(done, Math.Min(TermsAtOnce, k.Length - done)), p[done..]);
            Add(ref sum, part);
        }
        return sum.Store();
    }

    /// <summary>a·G + b·p.</summary>
    internal static Point<Ed25519> MultiplyAddBaseVarTime(in Scalar<Ed25519> a, in Scalar<Ed25519> b, in Point<Ed25519> p)
    {
        StrausVarTime(out var sum, a, new(in b), new(in p));
        return sum.Store();
    }

    /// <summary>a·G + Σ kᵢ·pᵢ for up to <see cref="TermsAtOnce"/> terms: interleaved digits over shared doublings (Straus).</summary>
    [SkipLocalsInit]
    static void StrausVarTime(
        out TPoint sum, in Scalar<Ed25519> a, ReadOnlySpan<Scalar<Ed25519>> k, ReadOnlySpan<Point<Ed25519>> p)
    {
        Span<sbyte> digits = stackalloc sbyte[(k.Length + 1) * Wnaf.MaxDigits];
        Span<TSummand> multiples = stackalloc TSummand[k.Length * OddMultiples];
        var baseDigits = digits[^Wnaf.MaxDigits..];
        var count = Wnaf.RecodeVarTime(baseDigits, a.Value, 8);
        for (var i = 0; i < k.Length; i++)
        {
            count = Math.Max(count, Wnaf.RecodeVarTime(digits.Slice(i * Wnaf.MaxDigits, Wnaf.MaxDigits), k[i].Value, Width));
            FillOddMultiples(multiples.Slice(i * OddMultiples, OddMultiples), p[i]);
        }

        sum = TPoint.Identity;
        var doublings = 0;
        for (var bit = count - 1; bit >= 0; bit--)
        {
            for (var i = 0; i < k.Length; i++)
            {
                int digit = digits[(i * Wnaf.MaxDigits) + bit];
                if (digit == 0)
                    continue;
                DoubleIfAny(ref sum, ref doublings);
                ref readonly var multiple = ref multiples[(i * OddMultiples) + (Math.Abs(digit) >> 1)];
                if (digit > 0)
                    TPoint.Add(ref sum, multiple);
                else
                    TPoint.Subtract(ref sum, multiple);
            }
            int baseDigit = baseDigits[bit];
            if (baseDigit != 0)
            {
                DoubleIfAny(ref sum, ref doublings);
                ref readonly var multiple = ref Ed25519BaseTable<TPoint, TSummand>.OddMultiple(Math.Abs(baseDigit) >> 1);
                if (baseDigit > 0)
                    TPoint.Add(ref sum, multiple);
                else
                    TPoint.Subtract(ref sum, multiple);
            }
            if (bit > 0)
                doublings++;
        }
        DoubleIfAny(ref sum, ref doublings);
    }

    static void DoubleIfAny(ref TPoint sum, ref int doublings)
    {
        if (doublings > 0)
            TPoint.Double(ref sum, doublings);
        doublings = 0;
    }

    [SkipLocalsInit]
    static void FillOddMultiples(Span<TSummand> multiples, in Point<Ed25519> p)
    {
        TPoint.Load(out var first, p);
        var twice = first;
        TPoint.Double(ref twice);
        Ed25519BaseTable<TPoint, TSummand>.AddUp(multiples, first, twice);
    }

    /// <summary>p ← p + q.</summary>
    static void Add(ref TPoint p, in TPoint q)
    {
        TPoint.Prepare(out var summand, q);
        TPoint.Add(ref p, summand);
    }

    /// <summary>
    /// Σ kᵢ·pᵢ by buckets (Pippenger): in each window of c bits every point falls into the bucket of its digit's magnitude,
    /// and Σ j·bucketⱼ is a sum of running sums.
    /// </summary>
    /// <remarks>
    /// Digits are signed. To every scalar 2^(c−1) is added in all windows but the top one, so that the digit of a window is
    /// its bits minus 2^(c−1) with no carry to follow.
    /// </remarks>
    [SkipLocalsInit]
    static Point<Ed25519> PippengerVarTime(ReadOnlySpan<Scalar<Ed25519>> k, ReadOnlySpan<Point<Ed25519>> p)
    {
        var width = k.Length switch { < 500 => 6, < 1000 => 7, < 3000 => 8, _ => 9 };
        var top = 253 / width;
        var half = 1 << (width - 1);
        UInt256 offset = default;
        for (var window = 0; window < top; window++)
            offset = UInt256.Add(offset, UInt256.PowerOfTwo((window * width) + width - 1), out _);

        var points = ArrayPool<TSummand>.Shared.Rent(k.Length);
        var digits = ArrayPool<UInt256>.Shared.Rent(k.Length);
        for (var i = 0; i < k.Length; i++)
        {
            TPoint.Load(out var point, p[i]);
            TPoint.Prepare(out points[i], point);
            digits[i] = UInt256.Add(k[i].Value, offset, out _);
        }

        Span<TPoint> buckets = stackalloc TPoint[half];
        Span<bool> isUsed = stackalloc bool[half];
        var sum = TPoint.Identity;
        for (var window = top; window >= 0; window--)
        {
            if (window < top)
                TPoint.Double(ref sum, width);
            isUsed.Clear();
            for (var i = 0; i < k.Length; i++)
            {
                var digit = (int)digits[i].Bits(window * width, width) - (window < top ? half : 0);
                if (digit != 0)
                    Put(buckets, isUsed, points[i], digit);
            }
            AddBuckets(ref sum, buckets, isUsed);
        }
        ArrayPool<TSummand>.Shared.Return(points);
        ArrayPool<UInt256>.Shared.Return(digits);
        return sum.Store();
    }

    static void Put(Span<TPoint> buckets, Span<bool> isUsed, in TSummand point, int digit)
    {
        var index = Math.Abs(digit) - 1;
        ref var bucket = ref buckets[index];
        if (!isUsed[index])
            bucket = TPoint.Identity;
        isUsed[index] = true;
        if (digit > 0)
            TPoint.Add(ref bucket, point);
        else
            TPoint.Subtract(ref bucket, point);
    }

    /// <summary>sum ← sum + Σ (index + 1)·bucket.</summary>
    [SkipLocalsInit]
    static void AddBuckets(ref TPoint sum, ReadOnlySpan<TPoint> buckets, ReadOnlySpan<bool> isUsed)
    {
        var highest = isUsed.LastIndexOf(true);
        var running = TPoint.Identity;
        for (var i = highest; i >= 0; i--)
        {
            if (isUsed[i])
                Add(ref running, buckets[i]);
            Add(ref sum, running);
        }
    }
}
