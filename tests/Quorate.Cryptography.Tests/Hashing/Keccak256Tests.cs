using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Quorate.Cryptography.Hashing;
using Quorate.Testing;

namespace Quorate.Cryptography.Tests.Hashing;

public class Keccak256Tests
{
    [Theory]
    [InlineData("", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    [InlineData("abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")]
    [InlineData("The quick brown fox jumps over the lazy dog", "4d741b6f1eb29cb2a9b9911c82f56fa8d73b04959d3d9d222895df6c0b28aa15")]
    [InlineData("Transfer(address,address,uint256)", "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef")]
    public void Known_digests_come_out(string text, string digest) =>
        Assert.Equal(digest, Convert.ToHexStringLower(Keccak256.HashData(Encoding.ASCII.GetBytes(text))));

    [Fact]
    public void Another_padding_makes_it_the_frameworks_Sha3_at_every_length_around_the_block_size()
    {
        if (!SHA3_256.IsSupported)
            return;
        var digest = new byte[32];
        var source = new byte[3 * Keccak256.Rate + 2];
        new SeededRandom(1, "keccak").Fill(source);
        for (var length = 0; length <= source.Length; length++)
        {
            Keccak256.Sponge(source.AsSpan(0, length), Keccak256.Sha3Padding, digest);
            Assert.Equal(SHA3_256.HashData(source.AsSpan(0, length)), digest);
        }
    }

    [Fact]
    public void Another_padding_makes_it_the_frameworks_Sha3_on_long_messages()
    {
        if (!SHA3_256.IsSupported)
            return;
        Prop.ForAll(EdgeValues.Bytes(1000, 20_000).ToArbitrary(), source =>
        {
            var digest = new byte[32];
            Keccak256.Sponge(source, Keccak256.Sha3Padding, digest);
            return digest.AsSpan().SequenceEqual(SHA3_256.HashData(source));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_padding_is_not_that_of_Sha3()
    {
        var sha3 = new byte[32];
        Keccak256.Sponge("abc"u8, Keccak256.Sha3Padding, sha3);
        Assert.NotEqual(sha3, Keccak256.HashData("abc"u8));
    }

    [Fact]
    public void The_digest_may_overwrite_its_source()
    {
        var buffer = new byte[100];
        new SeededRandom(2, "keccak").Fill(buffer);
        var expected = Keccak256.HashData(buffer);
        Keccak256.HashData(buffer, buffer);
        Assert.Equal(expected, buffer[..32]);
    }

    [Fact]
    public void A_short_destination_is_refused_and_a_long_one_keeps_its_end()
    {
        Assert.Throws<ArgumentException>(() => Keccak256.HashData("abc"u8, new byte[31]));

        var destination = new byte[33];
        destination[32] = 7;
        Keccak256.HashData("abc"u8, destination);
        Assert.Equal(7, destination[32]);
        Assert.Equal(Keccak256.HashData("abc"u8), destination[..32]);
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var source = new byte[1000];
        var digest = new byte[32];
        Allocations.AssertNone(() => Keccak256.HashData(source, digest));
    }
}
