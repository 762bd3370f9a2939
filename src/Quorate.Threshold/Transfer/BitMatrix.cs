namespace Quorate.Threshold.Transfer;

/// <summary>Transposition of bit matrices, bit i of a row being bit i mod 64 of word i / 64. Constant time.</summary>
static class BitMatrix
{
    /// <summary>
    /// Transposes <paramref name="rows"/> rows of <paramref name="stride"/> words, of which the first
    /// <paramref name="columns"/> bits count, into <paramref name="columns"/> rows of rows / 64 words.
    /// Rows and columns are multiples of 64.
    /// </summary>
    internal static void Transpose(ReadOnlySpan<ulong> source, int rows, int columns, int stride, Span<ulong> destination)
    {
        Span<ulong> block = stackalloc ulong[64];
        var words = rows / 64;
        for (var r = 0; r < words; r++)
            for (var c = 0; c < columns / 64; c++)
            {
                for (var i = 0; i < 64; i++)
                    block[i] = source[(64 * r + i) * stride + c];
                Transpose(block);
                for (var i = 0; i < 64; i++)
                    destination[(64 * c + i) * words + r] = block[i];
            }
        block.Clear();
    }

    /// <summary>64 × 64 bits in place: swaps halves of blocks of halving size (Hacker's Delight, section 7-3).</summary>
    static void Transpose(Span<ulong> block)
    {
        var mask = 0x00000000FFFFFFFFUL;
        for (var width = 32; width != 0; width >>= 1, mask ^= mask << width)
            for (var k = 0; k < 64; k = (k + width + 1) & ~width)
            {
                var swap = (block[k] >> width ^ block[k + width]) & mask;
                block[k] ^= swap << width;
                block[k + width] ^= swap;
            }
    }
}
