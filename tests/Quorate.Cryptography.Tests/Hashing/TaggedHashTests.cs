using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Quorate.Cryptography.Hashing;
using Quorate.Testing;

namespace Quorate.Cryptography.Tests.Hashing;

public class TaggedHashTests
{
    static byte[] Definition(string tag, params byte[][] parts)
    {
        var tagHash = SHA256.HashData(Encoding.UTF8.GetBytes(tag));
        return SHA256.HashData([.. tagHash, .. tagHash, .. parts.SelectMany(part => part)]);
    }

    [Fact]
    public void It_is_what_Bip340_defines_at_every_length_and_however_the_input_is_split() =>
        Prop.ForAll(
            EdgeValues.Bytes(0, 300).ToArbitrary(), EdgeValues.Bytes(0, 40).ToArbitrary(), EdgeValues.Bytes(0, 400).ToArbitrary(),
            (x, y, z) =>
            {
                var digest = new byte[32];
                TaggedHash.HashData(Tags.Bip340Challenge, digest, x, y, z);
                return digest.AsSpan().SequenceEqual(Definition("BIP0340/challenge", x, y, z));
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_limit_of_the_stack_buffer_changes_nothing()
    {
        for (var length = 440; length < 456; length++)
        {
            var digest = new byte[32];
            TaggedHash.HashData(Tags.TapTweak, digest, new byte[length]);
            Assert.Equal(Definition("TapTweak", new byte[length]), digest);
        }
    }

    [Fact]
    public void The_destination_may_be_an_input()
    {
        var x = new byte[32];
        var expected = Definition("BIP0340/aux", x);
        TaggedHash.HashData(Tags.Bip340Aux, x, x);
        Assert.Equal(expected, x);
    }

    [Fact]
    public void A_short_destination_is_refused() =>
        Assert.Throws<ArgumentException>(() => TaggedHash.HashData(Tags.TapTweak, new byte[31], []));
}
