namespace Quorate.Cryptography.Curves;

/// <summary>
/// Odd multiples of the base point and of 2¹²⁸ times it, for digits of width 8: the lower and the upper half of a scalar
/// are recoded apart, so that they need no more doublings than halves over the endomorphism. 24 KB, for public scalars.
/// </summary>
static class KoblitzOddMultiples<C> where C : struct, IKoblitzCurve<C>
{
    /// <summary>Width of the non-adjacent form.</summary>
    internal const int Width = 8;

    const int Count = 1 << (Width - 2);

    /// <summary>G, 3G … 127G, then the same times 2¹²⁸.</summary>
    static readonly FieldX4[] Multiples = Create();

    /// <summary>The table for the lower half of a scalar.</summary>
    internal static ReadOnlySpan<FieldX4> Low => Multiples.AsSpan(0, Count);

    /// <summary>The table for the upper half.</summary>
    internal static ReadOnlySpan<FieldX4> High => Multiples.AsSpan(Count);

    static FieldX4[] Create()
    {
        var multiples = new FieldX4[2 * Count];
        Koblitz<C>.Load(out var p, C.Generator);
        Koblitz<C>.FillOddMultiples(p, multiples.AsSpan(0, Count));
        for (var i = 0; i < 128; i++)
            KoblitzFormulas.Double<C>(ref p, p);
        Koblitz<C>.FillOddMultiples(p, multiples.AsSpan(Count));
        return multiples;
    }
}
