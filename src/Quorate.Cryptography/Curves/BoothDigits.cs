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
        digits[0] = Digit(value.Bits(0, width) << 1, width);
        for (var i = 1; i < digits.Length; i++)
            digits[i] = Digit(value.Bits(i * width - 1, width + 1), width);
    }

    /// <summary>The window's value plus the bit below it, less 2ʷ where its highest bit is set: the window above sees that bit.</summary>
    static sbyte Digit(ulong window, int width) => (sbyte)((long)((window + 1) >> 1) - (long)(window >> width << width));
}
