namespace Quorate.Cryptography.Curves;

/// <summary>
/// Multiples of the base point, computed at first use. For constant-time multiplication 32 rows of eight, 40 kB: row j
/// is 256ʲ·G times 1 … 8. For public inputs the odd multiples G, 3G … 127G, 10 kB.
/// </summary>
static class Ed25519BaseTable<TPoint, TSummand>
    where TPoint : unmanaged, IEdwardsPoint<TPoint, TSummand>
    where TSummand : unmanaged
{
    internal const int RowLength = 8;

    const int RowCount = 32, OddCount = 64;

    static readonly TSummand[] Rows = ComputeRows();
    static readonly TSummand[] Odd = ComputeOdd();

    internal static ReadOnlySpan<TSummand> Row(int j) => Rows.AsSpan(RowLength * j, RowLength);

    /// <summary>(2·index + 1)·G.</summary>
    internal static ref readonly TSummand OddMultiple(int index) => ref Odd[index];

    static TSummand[] ComputeRows()
    {
        var rows = new TSummand[RowCount * RowLength];
        TPoint.Load(out var first, Ed25519.Generator);
        for (var row = 0; row < RowCount; row++)
        {
            AddUp(rows.AsSpan(row * RowLength, RowLength), first, first);
            TPoint.Double(ref first, 8);
        }
        return rows;
    }

    static TSummand[] ComputeOdd()
    {
        var multiples = new TSummand[OddCount];
        TPoint.Load(out var first, Ed25519.Generator);
        var twice = first;
        TPoint.Double(ref twice);
        AddUp(multiples, first, twice);
        return multiples;
    }

    /// <summary>first, first + step, first + 2·step and so on.</summary>
    internal static void AddUp(Span<TSummand> multiples, in TPoint first, in TPoint step)
    {
        TPoint.Prepare(out var summand, step);
        TPoint.Prepare(out multiples[0], first);
        var sum = first;
        for (var i = 1; i < multiples.Length; i++)
        {
            TPoint.Add(ref sum, summand);
            TPoint.Prepare(out multiples[i], sum);
        }
    }
}
