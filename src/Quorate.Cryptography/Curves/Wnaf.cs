namespace Quorate.Cryptography.Curves;

/// <summary>Recoding of public scalars in the non-adjacent form of a given width.</summary>
static class Wnaf
{
    /// <summary>Room for the digits of any scalar below 2²⁵⁵.</summary>
    internal const int MaxDigits = 256;

    /// <summary>Room for the digits of any scalar below 2¹²⁸.</summary>
    internal const int HalfDigits = 129;

    /// <summary>
    /// Writes digits dᵢ with k = Σ dᵢ·2ⁱ, each zero or odd and below 2^(width−1) in magnitude, any two non-zero ones at
    /// least <paramref name="width"/> apart. Returns how many there are up to the highest non-zero one: 0 for k = 0.
    /// Variable time.
    /// </summary>
    /// <param name="digits">One more than k has bits; all are written.</param>
    /// <param name="k">Below 2²⁵⁵.</param>
    /// <param name="width">From 2 to 8.</param>
    internal static int RecodeVarTime(Span<sbyte> digits, in UInt256 k, int width)
    {
        digits.Clear();
        ReadOnlySpan<ulong> limbs = [k.L0, k.L1, k.L2, k.L3, 0];
        var count = 0;
        var carry = 0UL;
        for (var i = 0; i < digits.Length;)
        {
            var shift = i & 63;
            var window = limbs[i >> 6] >> shift;
            if (shift > 64 - width)
                window |= limbs[(i >> 6) + 1] << (64 - shift);
            window = (window & ((1UL << width) - 1)) + carry;
            if ((window & 1) == 0)
            {
                i++;
                continue;
            }
            // An odd window from above the middle is written as itself minus 2^width, and the carry makes up for it.
            carry = window >> (width - 1);
            digits[i] = (sbyte)((long)window - (long)(carry << width));
            count = i + 1;
            i += width;
        }
        return count;
    }
}
