using System.Security.Cryptography;
using Quorate.Testing;
using Quorate.Threshold.Transfer;

namespace Quorate.Threshold.Tests.Transfer;

public sealed class EightBlocksTests
{
    delegate void Hash(ReadOnlySpan<byte> key, ReadOnlySpan<byte> inputs, int position, byte counter, Span<byte> digests);

    public static TheoryData<string> Ways => ["lanes", "one by one", "as the processor has it"];

    [Theory, MemberData(nameof(Ways))]
    public void Every_lane_is_SHA_256_of_key_input_position_and_counter(string way)
    {
        Hash hash = way switch { "lanes" => EightBlocks.HashLanes, "one by one" => EightBlocks.HashOneByOne, _ => EightBlocks.Hash };
        using var random = new SeededRandom(12);
        var (key, inputs, digests) = (new byte[32], new byte[128], new byte[256]);
        foreach (var (position, counter) in new[] { (0, 0), (1, 0), (0, 1), (440, 2), (120, 255), (255, 7), (65_528, 1) })
            for (var run = 0; run < 20; run++)
            {
                random.Fill(key);
                random.Fill(inputs);
                if (run < 2)
                {
                    Array.Fill(key, (byte)(0 - run));
                    Array.Fill(inputs, (byte)(0 - run));
                }
                hash(key, inputs, position, (byte)counter, digests);
                for (var i = 0; i < 8; i++)
                    Assert.Equal(
                        SHA256.HashData([.. key, .. inputs[(16 * i)..(16 * i + 16)], (byte)(position + i >> 8), (byte)(position + i), (byte)counter]),
                        digests[(32 * i)..(32 * i + 32)]);
            }
    }

    [Fact]
    public void Wrong_lengths_are_refused()
    {
        Assert.Throws<ArgumentException>(() => EightBlocks.Hash(new byte[31], new byte[128], 0, 0, new byte[256]));
        Assert.Throws<ArgumentException>(() => EightBlocks.Hash(new byte[32], new byte[127], 0, 0, new byte[256]));
        Assert.Throws<ArgumentException>(() => EightBlocks.Hash(new byte[32], new byte[128], 0, 0, new byte[255]));
    }
}
