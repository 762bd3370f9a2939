using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Quorate.Cryptography.Curves;

/// <summary>A point prepared as a summand: Y + X and Y − X below 2⁵³, Z and 2d·T tight.</summary>
struct CachedPoint
{
    internal Field25519 YPlusX, YMinusX, Z, TwiceDT;

    [SkipLocalsInit]
    internal CachedPoint(in EdwardsPoint p)
    {
        YPlusX = p.Y + p.X;
        YMinusX = p.Y - p.X;
        Z = p.Z;
        Field25519.Multiply(out TwiceDT, p.T, EdwardsPoint.TwiceD);
    }

    /// <summary>As <see cref="IEdwardsPoint{TPoint,TSummand}.Lookup"/> says.</summary>
    [SkipLocalsInit]
    internal static void Lookup(out CachedPoint r, ReadOnlySpan<CachedPoint> table, long digit)
    {
        var sign = digit >> 63;
        var magnitude = (ulong)((digit ^ sign) - sign);
        var wanted = Vector256.Create(magnitude);
        Vector256<ulong> v0 = default, v1 = default, v2 = default, v3 = default, v4 = default;
        ref var entry = ref Unsafe.As<CachedPoint, Vector256<ulong>>(ref MemoryMarshal.GetReference(table));
        for (var i = 1UL; i <= (ulong)table.Length; i++)
        {
            var mask = Vector256.Equals(wanted, Vector256.Create(i));
            v0 |= mask & entry;
            v1 |= mask & Unsafe.Add(ref entry, 1);
            v2 |= mask & Unsafe.Add(ref entry, 2);
            v3 |= mask & Unsafe.Add(ref entry, 3);
            v4 |= mask & Unsafe.Add(ref entry, 4);
            entry = ref Unsafe.Add(ref entry, 5);
        }
        Unsafe.SkipInit(out r);
        ref var result = ref Unsafe.As<CachedPoint, Vector256<ulong>>(ref r);
        result = v0;
        Unsafe.Add(ref result, 1) = v1;
        Unsafe.Add(ref result, 2) = v2;
        Unsafe.Add(ref result, 3) = v3;
        Unsafe.Add(ref result, 4) = v4;

        // Zero matched nothing: the identity is (1, 1, 1, 0).
        var isZero = (magnitude - 1) >> 63;
        r.Z = r.Z.WithLowest(isZero);
        var plus = r.YPlusX.WithLowest(isZero);
        var minus = r.YMinusX.WithLowest(isZero);
        r.YPlusX = Field25519.Select(plus, minus, (ulong)sign);
        r.YMinusX = Field25519.Select(minus, plus, (ulong)sign);
        r.TwiceDT = Field25519.Select(r.TwiceDT, default(Field25519) - r.TwiceDT, (ulong)sign);
    }
}
