using System.Buffers;
using System.Runtime.CompilerServices;

namespace Quorate.Cryptography.Curves;

/// <summary>Sums of many products of public points and scalars.</summary>
static partial class Koblitz<C>
{
    /// <summary>From this many terms on, buckets are faster than tables: measured.</summary>
    const int PippengerTerms = 90;

    internal static Point<C> SumOfProductsVarTime(ReadOnlySpan<Scalar<C>> k, ReadOnlySpan<Point<C>> p)
    {
        if (k.Length >= PippengerTerms)
            return Pippenger(k, p);
        Load(out var sum, default);
        Span<UInt256> scalars = stackalloc UInt256[StrausTerms];
        for (var done = 0; done < k.Length; done += StrausTerms)
        {
            var count = Math.Min(StrausTerms, k.Length - done);
            for (var i = 0; i < count; i++)
                scalars[i] = k[done + i].Value;
            Straus(out var part, default, scalars[..count], p.Slice(done, count));
            KoblitzFormulas.Add<C>(ref sum, sum, part);
        }
        return Store(sum);
    }

    /// <summary>
    /// Σ kᵢ·pᵢ by buckets (Pippenger): in each window of w bits every point falls into the bucket of its digit's magnitude,
    /// and Σ j·bucketⱼ is a sum of running sums. Scalars are split, so there are twice the points and half the windows.
    /// </summary>
    /// <remarks>
    /// Digits are signed: every half gets 2^(w−1) added in all windows but the highest, and then a window's digit is its bits
    /// less 2^(w−1), without a carry.
    /// </remarks>
    [SkipLocalsInit]
    static Point<C> Pippenger(ReadOnlySpan<Scalar<C>> k, ReadOnlySpan<Point<C>> p)
    {
        var width = k.Length switch { < 150 => 6, < 500 => 7, < 900 => 8, < 1500 => 9, _ => 10 };
        var top = 128 / width;
        var middle = 1 << (width - 1);
        UInt256 offset = default;
        for (var window = 0; window < top; window++)
            offset = UInt256.Add(offset, UInt256.PowerOfTwo(window * width + width - 1), out _);

        var points = ArrayPool<FieldX4>.Shared.Rent(2 * k.Length);
        var digits = ArrayPool<UInt256>.Shared.Rent(2 * k.Length);
        for (var i = 0; i < k.Length; i++)
        {
            C.Split(k[i].Value, out var k1, out var k2);
            Load(out points[2 * i], p[i]);
            KoblitzFormulas.MultiplyLambda(ref points[2 * i + 1], points[2 * i]);
            KoblitzFormulas.NegateIf(ref points[2 * i], k1.Negative);
            KoblitzFormulas.NegateIf(ref points[2 * i + 1], k2.Negative);
            digits[2 * i] = UInt256.Add(new(k1.Low, k1.High, 0, 0), offset, out _);
            digits[2 * i + 1] = UInt256.Add(new(k2.Low, k2.High, 0, 0), offset, out _);
        }

        Span<FieldX4> buckets = stackalloc FieldX4[middle];
        Load(out var sum, default);
        for (var window = top; window >= 0; window--)
        {
            for (var i = 0; window < top && i < width; i++)
                KoblitzFormulas.Double<C>(ref sum, sum);
            var highest = Fill(buckets, points, digits, 2 * k.Length, window * width, width, window < top ? middle : 0);
            AddBuckets(ref sum, buckets[..highest]);
        }
        ArrayPool<FieldX4>.Shared.Return(points);
        ArrayPool<UInt256>.Shared.Return(digits);
        return Store(sum);
    }

    /// <summary>Sorts the points by the digits at one window into sums; returns how many buckets there are up to the highest used.</summary>
    static int Fill(
        Span<FieldX4> buckets, ReadOnlySpan<FieldX4> points, ReadOnlySpan<UInt256> digits, int count, int bit, int width,
        int middle)
    {
        Load(out var identity, default);
        buckets.Fill(identity);
        var highest = 0;
        for (var i = 0; i < count; i++)
        {
            var digit = (int)digits[i].Bits(bit, width) - middle;
            highest = Math.Max(highest, Math.Abs(digit));
            if (digit > 0)
                KoblitzFormulas.Add<C>(ref buckets[digit - 1], buckets[digit - 1], points[i]);
            else if (digit < 0)
                Subtract(ref buckets[-digit - 1], points[i]);
        }
        return highest;
    }

    /// <summary>sum ← sum + Σ (i + 1)·bucketᵢ.</summary>
    [SkipLocalsInit]
    static void AddBuckets(ref FieldX4 sum, ReadOnlySpan<FieldX4> buckets)
    {
        Load(out var running, default);
        for (var i = buckets.Length - 1; i >= 0; i--)
        {
            KoblitzFormulas.Add<C>(ref running, running, buckets[i]);
            KoblitzFormulas.Add<C>(ref sum, sum, running);
        }
    }
}
