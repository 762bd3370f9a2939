namespace Quorate.Cryptography.Curves;

/// <summary>Signed digits for windowed multiplication, in constant time.</summary>
static class BoothDigits
{
    /// <summary>
    /// Writes dᵢ in [−2ʷ⁻¹, 2ʷ⁻¹] with Σ dᵢ·2ʷⁱ = value, least significant first (Booth's recoding): dᵢ looks at the window's
    /// bits and the one below. Enough digits are ⌈(bits + 1)/w⌉. A window is at most seven bits wide.
    /// </summary>
    internal static void Recode(in UInt256 value, int width, Span<sbyte> digits)
    {
        // One zero below, so that window i starts at bit w·i.
        ReadOnlySpan<ulong> limbs =
        [
            value.L0 << 1, value.L1 << 1 | value.L0 >> 63, value.L2 << 1 | value.L1 >> 63,
            value.L3 << 1 | value.L2 >> 63, value.L3 >> 63, 0,
        ];
        var mask = (2UL << width) - 1;
        for (var i = 0; i < digits.Length; i++)
        {
            var bit = i * width;
            var (limb, shift) = (bit >> 6, bit & 63);
            var window = (limbs[limb] >> shift | limbs[limb + 1] << 1 << (63 - shift)) & mask;
            digits[i] = (sbyte)((long)((window + 1) >> 1) - (long)(window >> width << width));
        }
    }
}
