using System.Runtime.InteropServices;
using Quorate.Testing;
using Quorate.Threshold.Transfer;

namespace Quorate.Threshold.Tests.Transfer;

public sealed class BitMatrixTests
{
    [Theory, InlineData(64, 64, 1), InlineData(128, 448, 11), InlineData(192, 128, 2)]
    public void Every_bit_changes_row_and_column(int rows, int columns, int stride)
    {
        using var random = new SeededRandom(5);
        var source = new ulong[rows * stride];
        random.Fill(MemoryMarshal.AsBytes(source.AsSpan()));
        var transposed = new ulong[columns * rows / 64];
        BitMatrix.Transpose(source, rows, columns, stride, transposed);
        for (var r = 0; r < rows; r++)
            for (var c = 0; c < columns; c++)
                Assert.Equal(
                    source[r * stride + c / 64] >> c % 64 & 1,
                    transposed[c * rows / 64 + r / 64] >> r % 64 & 1);
    }
}
