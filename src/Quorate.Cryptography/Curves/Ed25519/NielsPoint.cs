using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Quorate.Cryptography.Curves;

/// <summary>An affine point of a fixed table, prepared as a summand: y + x, y − x and 2d·x·y, all tight.</summary>
struct NielsPoint
{
    internal Field25519 YPlusX, YMinusX, TwiceDXY;

    /// <summary>Fills the struct to four vectors of 256 bits.</summary>
    readonly ulong padding;

    /// <summary>p with 1/Z given.</summary>
    internal NielsPoint(in EdwardsPoint p, in Field25519 inverse)
    {
        var x = p.X * inverse;
        var y = p.Y * inverse;
        YPlusX = (y + x).Carry();
        YMinusX = (y - x).Carry();
        TwiceDXY = x * y * EdwardsPoint.TwiceD;
        padding = 0;
    }

    /// <summary>Prepares many points with one inversion in all.</summary>
    internal static NielsPoint[] FromMany(ReadOnlySpan<EdwardsPoint> points)
    {
        var inverses = new Field25519[points.Length];
        for (var i = 0; i < points.Length; i++)
            inverses[i] = points[i].Z;
        Field25519.InvertAll(inverses, new Field25519[points.Length]);
        var prepared = new NielsPoint[points.Length];
        for (var i = 0; i < points.Length; i++)
            prepared[i] = new(points[i], inverses[i]);
        return prepared;
    }

    /// <summary>
    /// digit·P for a digit from −8 to 8, from the row P, 2P … 8P that starts at <paramref name="entry"/>. Constant time:
    /// every entry is read, and the sign is applied by masks.
    /// </summary>
    [SkipLocalsInit]
    internal static void Lookup(out NielsPoint r, ref NielsPoint entry, long digit)
    {
        var sign = digit >> 63;
        var magnitude = (ulong)((digit ^ sign) - sign);
        var wanted = Vector256.Create(magnitude);
        Vector256<ulong> v0 = default, v1 = default, v2 = default, v3 = default;
        ref var vectors = ref Unsafe.As<NielsPoint, Vector256<ulong>>(ref entry);
        for (var i = 1UL; i <= 8; i++)
        {
            var mask = Vector256.Equals(wanted, Vector256.Create(i));
            v0 |= mask & vectors;
            v1 |= mask & Unsafe.Add(ref vectors, 1);
            v2 |= mask & Unsafe.Add(ref vectors, 2);
            v3 |= mask & Unsafe.Add(ref vectors, 3);
            vectors = ref Unsafe.Add(ref vectors, 4);
        }
        Unsafe.SkipInit(out r);
        ref var result = ref Unsafe.As<NielsPoint, Vector256<ulong>>(ref r);
        result = v0;
        Unsafe.Add(ref result, 1) = v1;
        Unsafe.Add(ref result, 2) = v2;
        Unsafe.Add(ref result, 3) = v3;

        // Zero matched nothing: the identity is (1, 1, 0).
        var isZero = (magnitude - 1) >> 63;
        var plus = r.YPlusX.WithLowest(isZero);
        var minus = r.YMinusX.WithLowest(isZero);
        r.YPlusX = Field25519.Select(plus, minus, (ulong)sign);
        r.YMinusX = Field25519.Select(minus, plus, (ulong)sign);
        r.TwiceDXY = Field25519.Select(r.TwiceDXY, default(Field25519) - r.TwiceDXY, (ulong)sign);
    }
}
