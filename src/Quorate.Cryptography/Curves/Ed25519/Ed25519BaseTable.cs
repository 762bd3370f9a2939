using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Quorate.Cryptography.Curves;

/// <summary>
/// Multiples of the base point, computed at first use. For constant-time multiplication 32 rows of eight, 32 kB: row j
/// is 256ʲ·G times 1 … 8. For public inputs the odd multiples G, 3G … 127G, 8 kB.
/// </summary>
static class Ed25519BaseTable
{
    internal const int OddMultiples = 64;

    static readonly NielsPoint[] Rows = ComputeRows();
    static readonly NielsPoint[] Odd = ComputeOdd();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ref NielsPoint Row(int j) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(Rows), 8 * j);

    /// <summary>(2·index + 1)·G.</summary>
    internal static ref readonly NielsPoint OddMultiple(int index) => ref Odd[index];

    static NielsPoint[] ComputeRows()
    {
        var points = new EdwardsPoint[32 * 8];
        EdwardsPoint.Load(out var first, Ed25519.Generator);
        for (var row = 0; row < 32; row++)
        {
            AddUp(points.AsSpan(row * 8, 8), first, new(first));
            EdwardsPoint.Double(ref first, 8);
        }
        return NielsPoint.FromMany(points);
    }

    static NielsPoint[] ComputeOdd()
    {
        var points = new EdwardsPoint[OddMultiples];
        EdwardsPoint.Load(out var first, Ed25519.Generator);
        var twice = first;
        EdwardsPoint.Double(ref twice);
        AddUp(points, first, new(twice));
        return NielsPoint.FromMany(points);
    }

    static void AddUp(Span<EdwardsPoint> points, in EdwardsPoint first, in CachedPoint step)
    {
        var sum = first;
        foreach (ref var point in points)
        {
            point = sum;
            EdwardsPoint.Add(ref sum, step);
        }
    }
}
