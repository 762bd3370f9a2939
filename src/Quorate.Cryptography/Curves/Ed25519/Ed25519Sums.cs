using System.Buffers;
using System.Runtime.CompilerServices;

namespace Quorate.Cryptography.Curves;

/// <summary>Sums of products for public inputs: variable time throughout.</summary>
static class Ed25519Sums
{
    /// <summary>Non-adjacent form of width 5 for given points: the odd multiples P … 15P.</summary>
    const int Width = 5, OddMultiples = 8;

    /// <summary>Terms that share their doublings; their tables and digits stay on the stack, 24 kB.</summary>
    const int TermsAtOnce = 16;

    /// <summary>From this many terms on, buckets are faster than tables: measured.</summary>
    const int PippengerFrom = 150;

    /// <summary>Σ kᵢ·pᵢ.</summary>
    internal static void SumOfProductsVarTime(
        out EdwardsPoint sum, ReadOnlySpan<Scalar<Ed25519>> k, ReadOnlySpan<Point<Ed25519>> p)
    {
        if (k.Length >= PippengerFrom)
        {
            PippengerVarTime(out sum, k, p);
            return;
        }
        StrausVarTime(out sum, default, k[..Math.Min(TermsAtOnce, k.Length)], p);
        for (var done = TermsAtOnce; done < k.Length; done += TermsAtOnce)
        {
            StrausVarTime(out var part, default, k.Slice(done, Math.Min(TermsAtOnce, k.Length - done)), p[done..]);
            EdwardsPoint.Add(ref sum, new CachedPoint(part));
        }
    }

    /// <summary>a·G + Σ kᵢ·pᵢ for up to <see cref="TermsAtOnce"/> terms: interleaved digits over shared doublings (Straus).</summary>
    [SkipLocalsInit]
    internal static void StrausVarTime(
        out EdwardsPoint sum, in Scalar<Ed25519> a, ReadOnlySpan<Scalar<Ed25519>> k, ReadOnlySpan<Point<Ed25519>> p)
    {
        Span<sbyte> digits = stackalloc sbyte[(k.Length + 1) * Wnaf.MaxDigits];
        Span<CachedPoint> multiples = stackalloc CachedPoint[k.Length * OddMultiples];
        var baseDigits = digits[^Wnaf.MaxDigits..];
        var count = Wnaf.RecodeVarTime(baseDigits, a.Value, 8);
        for (var i = 0; i < k.Length; i++)
        {
            count = Math.Max(count, Wnaf.RecodeVarTime(digits.Slice(i * Wnaf.MaxDigits, Wnaf.MaxDigits), k[i].Value, Width));
            FillOddMultiples(multiples.Slice(i * OddMultiples, OddMultiples), p[i]);
        }

        sum = EdwardsPoint.Identity;
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
                    EdwardsPoint.Add(ref sum, multiple);
                else
                    EdwardsPoint.Subtract(ref sum, multiple);
            }
            int baseDigit = baseDigits[bit];
            if (baseDigit != 0)
            {
                DoubleIfAny(ref sum, ref doublings);
                ref readonly var multiple = ref Ed25519BaseTable.OddMultiple(Math.Abs(baseDigit) >> 1);
                if (baseDigit > 0)
                    EdwardsPoint.Add(ref sum, multiple);
                else
                    EdwardsPoint.Subtract(ref sum, multiple);
            }
            if (bit > 0)
                doublings++;
        }
        DoubleIfAny(ref sum, ref doublings);
    }

    static void DoubleIfAny(ref EdwardsPoint sum, ref int doublings)
    {
        if (doublings > 0)
            EdwardsPoint.Double(ref sum, doublings);
        doublings = 0;
    }

    [SkipLocalsInit]
    static void FillOddMultiples(Span<CachedPoint> multiples, in Point<Ed25519> p)
    {
        EdwardsPoint.Load(out var multiple, p);
        var twice = multiple;
        EdwardsPoint.Double(ref twice);
        var step = new CachedPoint(twice);
        multiples[0] = new(multiple);
        for (var i = 1; i < multiples.Length; i++)
        {
            EdwardsPoint.Add(ref multiple, step);
            multiples[i] = new(multiple);
        }
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
    static void PippengerVarTime(
        out EdwardsPoint sum, ReadOnlySpan<Scalar<Ed25519>> k, ReadOnlySpan<Point<Ed25519>> p)
    {
        var width = k.Length switch { < 500 => 6, < 1000 => 7, < 3000 => 8, < 8000 => 9, _ => 10 };
        var top = 253 / width;
        var half = 1 << (width - 1);
        UInt256 offset = default;
        for (var window = 0; window < top; window++)
            offset = UInt256.Add(offset, UInt256.PowerOfTwo((window * width) + width - 1), out _);

        var points = ArrayPool<CachedPoint>.Shared.Rent(k.Length);
        var digits = ArrayPool<UInt256>.Shared.Rent(k.Length);
        for (var i = 0; i < k.Length; i++)
        {
            EdwardsPoint.Load(out var point, p[i]);
            points[i] = new(point);
            digits[i] = UInt256.Add(k[i].Value, offset, out _);
        }

        Span<EdwardsPoint> buckets = stackalloc EdwardsPoint[half];
        Span<bool> isUsed = stackalloc bool[half];
        sum = EdwardsPoint.Identity;
        for (var window = top; window >= 0; window--)
        {
            if (window < top)
                EdwardsPoint.Double(ref sum, width);
            isUsed.Clear();
            for (var i = 0; i < k.Length; i++)
            {
                var digit = (int)digits[i].Bits(window * width, width) - (window < top ? half : 0);
                if (digit != 0)
                    Put(buckets, isUsed, points[i], digit);
            }
            AddBuckets(ref sum, buckets, isUsed);
        }
        ArrayPool<CachedPoint>.Shared.Return(points);
        ArrayPool<UInt256>.Shared.Return(digits);
    }

    static void Put(Span<EdwardsPoint> buckets, Span<bool> isUsed, in CachedPoint point, int digit)
    {
        var index = Math.Abs(digit) - 1;
        ref var bucket = ref buckets[index];
        if (!isUsed[index])
            bucket = EdwardsPoint.Identity;
        isUsed[index] = true;
        if (digit > 0)
            EdwardsPoint.Add(ref bucket, point);
        else
            EdwardsPoint.Subtract(ref bucket, point);
    }

    /// <summary>sum ← sum + Σ (index + 1)·bucket.</summary>
    [SkipLocalsInit]
    static void AddBuckets(ref EdwardsPoint sum, ReadOnlySpan<EdwardsPoint> buckets, ReadOnlySpan<bool> isUsed)
    {
        var highest = isUsed.LastIndexOf(true);
        var running = EdwardsPoint.Identity;
        for (var i = highest; i >= 0; i--)
        {
            if (isUsed[i])
                EdwardsPoint.Add(ref running, new CachedPoint(buckets[i]));
            EdwardsPoint.Add(ref sum, new CachedPoint(running));
        }
    }
}
