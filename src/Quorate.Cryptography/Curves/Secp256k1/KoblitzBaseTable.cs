using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Quorate.Cryptography.Curves;

/// <summary>
/// j·2⁶ⁱ·G for j = 1 to 32 and every window i of a 256-bit scalar, affine: multiplying the base point takes one addition
/// a window and no doubling. 43 rows of 32 entries of 96 bytes, computed once in a few milliseconds.
/// </summary>
/// <remarks>An entry is x and y of limb 0, of limb 1 and so on, less one in the first y, so that no entry is the identity's.</remarks>
static class KoblitzBaseTable<C> where C : struct, IKoblitzCurve<C>
{
    /// <summary>Bits to a signed digit.</summary>
    internal const int Window = 6;

    /// <summary>Digits of a scalar: 256 bits and the recoding's one more.</summary>
    internal const int Rows = (257 + Window - 1) / Window;

    const int Columns = 1 << (Window - 1);

    static readonly Entry[] Entries = Create();

    /// <summary>digit·2⁶ⁱ·G; every entry of the row is read. Digit zero matches none and gives the identity.</summary>
    [SkipLocalsInit]
    internal static void LookUp(out FieldX4 found, int row, sbyte digit)
    {
        var sign = digit >> 7;
        var magnitude = (long)((digit ^ sign) - sign);
        var index = Vector256.Create(magnitude);
        var (v01, v23, v45) = (Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero);
        ref var entry = ref Entries[row * Columns];
        for (var i = 1L; i <= Columns; i++)
        {
            var mask = Vector256.Equals(index, Vector256.Create(i)).AsDouble();
            v01 |= entry.Limbs01 & mask;
            v23 |= entry.Limbs23 & mask;
            v45 |= entry.Limbs45 & mask;
            entry = ref Unsafe.Add(ref entry, 1);
        }
        // Z is one unless the digit is zero.
        var z = Vector256.Create(0, 0, -magnitude >> 63, 0).AsDouble() & Vector256.Create(0, 0, 1.0, 0);
        found = default;
        found[0] = Low(v01) + (z + Vector256.Create(0.0, 1, 0, 0));
        found[1] = High(v01);
        found[2] = Low(v23);
        found[3] = High(v23);
        found[4] = Low(v45);
        found[5] = High(v45);
        KoblitzFormulas.NegateIf(ref found, (ulong)sign);
    }

    static Vector256<double> Low(Vector256<double> v) => v & Vector256.Create(-1L, -1, 0, 0).AsDouble();

    static Vector256<double> High(Vector256<double> v) =>
        Vector256.Shuffle(v, Vector256.Create(2L, 3, 0, 1)) & Vector256.Create(-1L, -1, 0, 0).AsDouble();

    static Entry[] Create()
    {
        var points = new Point<C>[Rows * Columns];
        var p = C.Generator;
        for (var row = 0; row < Rows; row++)
        {
            var multiples = points.AsSpan(row * Columns, Columns);
            multiples[0] = p;
            for (var i = 1; i < Columns; i++)
                multiples[i] = (i & 1) != 0 ? Koblitz<C>.Double(multiples[i / 2]) : Koblitz<C>.Add(multiples[i - 1], p);
            p = Koblitz<C>.Double(multiples[^1]);
        }
        Koblitz<C>.MakeAffine(points);

        var entries = new Entry[points.Length];
        for (var i = 0; i < entries.Length; i++)
            entries[i] = new(points[i]);
        return entries;
    }

    /// <summary>x and y as the lower lanes of a stored point, two limbs to a vector.</summary>
    [StructLayout(LayoutKind.Sequential)]
    readonly struct Entry
    {
        internal readonly Vector256<double> Limbs01, Limbs23, Limbs45;

        internal Entry(in Point<C> affine)
        {
            ref readonly var lanes = ref Unsafe.As<PointLimbs, FieldX4>(ref Unsafe.AsRef(in affine.Limbs));
            Limbs01 = Vector256.Create(lanes[0].GetLower(), lanes[1].GetLower());
            Limbs23 = Vector256.Create(lanes[2].GetLower(), lanes[3].GetLower());
            Limbs45 = Vector256.Create(lanes[4].GetLower(), lanes[5].GetLower());
        }
    }
}
