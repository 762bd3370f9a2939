using System.Buffers.Binary;
using System.Runtime.Intrinsics.X86;
using Quorate.Testing;
using Quorate.Threshold.Transfer;

namespace Quorate.Threshold.Tests.Transfer;

public sealed class BinaryField128Tests
{
    static readonly BinaryField128[] Edges =
        [new(0, 0), new(1, 0), new(2, 0), new(0, 1), new(1UL << 63, 0), new(0, 1UL << 63), new(ulong.MaxValue, ulong.MaxValue), new(0, ulong.MaxValue)];

    [Fact]
    public void The_portable_product_is_the_slow_one_bit_by_bit() =>
        Assert.All(Pairs(), p => Assert.Equal(Slow(p.A, p.B), BinaryField128.MultiplyPortable(p.A, p.B)));

    [Fact]
    public void The_processors_product_is_the_portable_one()
    {
        if (Pclmulqdq.IsSupported)
            Assert.All(Pairs(), p => Assert.Equal(BinaryField128.MultiplyPortable(p.A, p.B), BinaryField128.MultiplyHardware(p.A, p.B)));
    }

    [Fact]
    public void The_product_distributes_over_the_sum() =>
        Assert.All(Pairs(), p => Assert.Equal((p.A * p.B) ^ (p.A * Edges[6]), p.A * (p.B ^ Edges[6])));

    static BinaryField128 Slow(BinaryField128 a, BinaryField128 b)
    {
        BinaryField128 sum = default;
        for (var i = 127; i >= 0; i--)
        {
            // sum·x, with x¹²⁸ = x⁷ + x² + x + 1.
            sum = new(sum.Low << 1 ^ (sum.High >> 63) * 0x87, sum.High << 1 | sum.Low >> 63);
            if (((i < 64 ? b.Low >> i : b.High >> i - 64) & 1) != 0)
                sum ^= a;
        }
        return sum;
    }

    static IEnumerable<(BinaryField128 A, BinaryField128 B)> Pairs()
    {
        foreach (var a in Edges)
            foreach (var b in Edges)
                yield return (a, b);
        using var random = new SeededRandom(4);
        var bytes = new byte[32];
        for (var i = 0; i < 200; i++)
        {
            random.Fill(bytes);
            yield return (
                new(BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(8))),
                new(BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(16)), BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(24))));
        }
    }
}
