using System.Security.Cryptography;
using System.Text;
using Quorate.Cryptography.Hashing;
using Quorate.Testing;
using Quorate.Testing.Native;
using Xunit.Abstractions;

namespace Quorate.Cryptography.Tests.Hashing;

public class Ripemd160Tests(ITestOutputHelper output)
{
    // The table of the authors' page, https://homes.esat.kuleuven.be/~bosselae/ripemd160.html.
    [Theory]
    [InlineData("", "9c1185a5c5e9fc54612808977ee8f548b2258d31")]
    [InlineData("a", "0bdc9d2d256b3ee9daae347be6f4dc835a467ffe")]
    [InlineData("abc", "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc")]
    [InlineData("message digest", "5d0689ef49d2fae572b881b123a85ffa21595f36")]
    [InlineData("abcdefghijklmnopqrstuvwxyz", "f71c27109c692c1b56bbdceb5b9d2865b3708dbc")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "12a053384a9c0c88e405a06c27dcf49ada62eb2b")]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "b0e20b6e3116640286ed3a87a5713079b21f5189")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345678901234567890", "9b752e45573d4b39f4dbd3323cab82bf63326bfb")]
    public void Known_digests_come_out(string text, string digest) => Assert.Equal(digest, Hash(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void A_million_letters_a_come_out()
    {
        var source = new byte[1_000_000];
        source.AsSpan().Fill((byte)'a');
        Assert.Equal("52783243c1697bdbe16d37f97f68f08325dc1528", Hash(source));
    }

    [Fact]
    public void OpenSSL_agrees_at_every_length_around_the_block_size()
    {
        var expected = new byte[20];
        if (!Libcrypto.TryRipemd160("abc"u8, expected))
        {
            output.WriteLine("NOT TESTED: no libcrypto.so.3 with RIPEMD-160 here.");
            return;
        }
        var source = new byte[200];
        new SeededRandom(1, "ripemd").Fill(source);
        for (var length = 0; length <= source.Length; length++)
        {
            Assert.True(Libcrypto.TryRipemd160(source.AsSpan(0, length), expected));
            Assert.Equal(Convert.ToHexStringLower(expected), Hash(source.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Hash160_is_Ripemd160_of_Sha256()
    {
        var digest = new byte[20];
        Ripemd160.HashSha256("abc"u8, digest);
        Assert.Equal(Hash(SHA256.HashData("abc"u8)), Convert.ToHexStringLower(digest));
    }

    [Fact]
    public void A_short_destination_is_refused() =>
        Assert.Throws<ArgumentException>(() => Ripemd160.HashData("abc"u8, new byte[19]));

    static string Hash(ReadOnlySpan<byte> source)
    {
        Span<byte> digest = stackalloc byte[20];
        Ripemd160.HashData(source, digest);
        return Convert.ToHexStringLower(digest);
    }
}
