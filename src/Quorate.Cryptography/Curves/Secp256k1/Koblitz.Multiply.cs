using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Quorate.Cryptography.Curves;

/// <summary>Constant-time multiplication: the same instructions and the same addresses for every scalar and point.</summary>
static partial class Koblitz<C>
{
    /// <summary>Bits to a signed digit; the table holds 1·P to 2ʷ⁻¹·P.</summary>
    const int Window = 5;

    const int Entries = 1 << (Window - 1);

    /// <summary>Halves are below 2¹²⁸, and the recoding needs a bit more.</summary>
    const int HalfDigits = (129 + Window - 1) / Window;

    /// <summary>
    /// k·p, with k split in two halves over the endomorphism (Gallant, Lambert, Vanstone 2001), so that p and λ·p share
    /// half the doublings. Any k below 2²⁵⁶.
    /// </summary>
    [SkipLocalsInit]
    internal static Point<C> Multiply(in UInt256 k, in Point<C> p)
    {
        Span<sbyte> digits1 = stackalloc sbyte[HalfDigits];
        Span<sbyte> digits2 = stackalloc sbyte[HalfDigits];
        C.Split(k, out var k1, out var k2);
        Recode(k1, digits1);
        Recode(k2, digits2);

        Span<FieldX4> table1 = stackalloc FieldX4[Entries];
        Span<FieldX4> table2 = stackalloc FieldX4[Entries];
        Load(out var q, p);
        FillTables(q, table1, table2);

        LookUp(out var sum, table1, digits1[^1]);
        LookUp(out q, table2, digits2[^1]);
        KoblitzFormulas.Add<C>(ref sum, sum, q);
        for (var i = HalfDigits - 2; i >= 0; i--)
        {
            for (var j = 0; j < Window; j++)
                KoblitzFormulas.Double<C>(ref sum, sum);
            LookUp(out q, table1, digits1[i]);
            KoblitzFormulas.Add<C>(ref sum, sum, q);
            LookUp(out q, table2, digits2[i]);
            KoblitzFormulas.Add<C>(ref sum, sum, q);
        }
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(digits1));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(digits2));
        return Store(sum);
    }

    /// <summary>k·G: one table entry for each digit of k.</summary>
    [SkipLocalsInit]
    internal static Point<C> MultiplyBase(in UInt256 k)
    {
        Span<sbyte> digits = stackalloc sbyte[KoblitzBaseTable<C>.Rows];
        BoothDigits.Recode(k, KoblitzBaseTable<C>.Window, digits);
        KoblitzBaseTable<C>.LookUp(out var sum, 0, digits[0]);
        for (var i = 1; i < digits.Length; i++)
        {
            KoblitzBaseTable<C>.LookUp(out var q, i, digits[i]);
            KoblitzFormulas.Add<C>(ref sum, sum, q);
        }
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(digits));
        return Store(sum);
    }

    static void Recode(in SignedHalf half, Span<sbyte> digits)
    {
        BoothDigits.Recode(new UInt256(half.Low, half.High, 0, 0), Window, digits);
        var sign = (sbyte)half.Negative;
        for (var i = 0; i < digits.Length; i++)
            digits[i] = (sbyte)((digits[i] ^ sign) - sign);
    }

    /// <summary>1·p to 16·p in stored form, and the same times λ.</summary>
    static void FillTables(in FieldX4 p, Span<FieldX4> table1, Span<FieldX4> table2)
    {
        table1[0] = p;
        for (var i = 1; i < table1.Length; i += 2)
        {
            KoblitzFormulas.Double<C>(ref table1[i], table1[i / 2]);
            if (i + 1 < table1.Length)
                KoblitzFormulas.Add<C>(ref table1[i + 1], table1[i], p);
        }
        for (var i = 0; i < table1.Length; i++)
        {
            KoblitzFormulas.MultiplyLambda(ref table2[i], table1[i]);
            table1[i][0] -= YIsOne;
            table2[i][0] -= YIsOne;
        }
    }

    /// <summary>digit·P from a table of 1·P, 2·P and so on in stored form; every entry is read, and digit zero matches none.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    static void LookUp(out FieldX4 found, ReadOnlySpan<FieldX4> table, sbyte digit)
    {
        var sign = digit >> 7;
        var index = Vector256.Create((long)((digit ^ sign) - sign));
        var (v0, v1, v2) = (Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero);
        var (v3, v4, v5) = (v0, v1, v2);
        for (var i = 0; i < table.Length; i++)
        {
            var mask = Vector256.Equals(index, Vector256.Create(i + 1L)).AsDouble();
            ref readonly var entry = ref table[i];
            v0 |= entry[0] & mask;
            v1 |= entry[1] & mask;
            v2 |= entry[2] & mask;
            v3 |= entry[3] & mask;
            v4 |= entry[4] & mask;
            v5 |= entry[5] & mask;
        }
        Unsafe.SkipInit(out found);
        found[0] = v0 + YIsOne;
        found[1] = v1;
        found[2] = v2;
        found[3] = v3;
        found[4] = v4;
        found[5] = v5;
        KoblitzFormulas.NegateIf(ref found, (ulong)sign);
    }
}
