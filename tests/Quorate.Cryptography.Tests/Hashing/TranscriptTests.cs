using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Quorate.Testing;

namespace Quorate.Cryptography.Tests.Hashing;

public class TranscriptTests
{
    /// <summary>One thing to append, printable so that two of them can be compared.</summary>
    sealed record Item(string Kind, string Value)
    {
        internal void AppendTo(Transcript transcript) => _ = Kind switch
        {
            "bytes" => transcript.Append(Convert.FromHexString(Value)),
            "integer" => transcript.Append(ulong.Parse(Value)),
            "text" => transcript.Append(Value),
            "scalar" => transcript.Append(Scalar<Secp256k1>.FromUInt64(ulong.Parse(Value))),
            "point" => transcript.Append(Point<Secp256k1>.MultiplyBase(Scalar<Secp256k1>.FromUInt64(ulong.Parse(Value)))),
            _ => transcript.List(int.Parse(Value)),
        };
    }

    // Few and short values, so that equal concatenations of different sequences are likely.
    static readonly Gen<Item[]> sequences = Gen.OneOf(
        EdgeValues.Bytes(0, 3).Select(bytes => new Item("bytes", Convert.ToHexString(bytes))),
        Gen.Elements("", "\0", "a", "ab", "00").Select(text => new Item("text", text)),
        Gen.Choose(0, 2).Select(value => new Item("integer", $"{value}")),
        Gen.Choose(0, 2).Select(value => new Item("scalar", $"{value}")),
        Gen.Choose(0, 2).Select(value => new Item("point", $"{value}")),
        Gen.Choose(0, 2).Select(value => new Item("list", $"{value}"))).ArrayOf().Where(items => items.Length < 5);

    static byte[] Digest(Tag tag, params Item[] items)
    {
        using var transcript = new Transcript(tag);
        foreach (var item in items)
            item.AppendTo(transcript);
        return transcript.Digest();
    }

    [Fact]
    public void Equal_sequences_and_only_they_have_equal_digests() =>
        Prop.ForAll(sequences.ToArbitrary(), sequences.ToArbitrary(), (left, right) =>
            left.SequenceEqual(right)
            == Digest(Tags.SessionSubject, left).AsSpan().SequenceEqual(Digest(Tags.SessionSubject, right)))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Moving_a_byte_across_a_border_changes_the_digest() =>
        Prop.ForAll(EdgeValues.Bytes(1, 8).ToArbitrary(), Gen.Choose(0, 7).Two().ToArbitrary(), (bytes, borders) =>
        {
            var (i, j) = (borders.Item1 % bytes.Length, borders.Item2 % bytes.Length);
            return i == j == Split(i).AsSpan().SequenceEqual(Split(j));

            byte[] Split(int border)
            {
                using var transcript = new Transcript(Tags.SessionSubject);
                return transcript.Append(bytes.AsSpan(0, border)).Append(bytes.AsSpan(border)).Digest();
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_encoding_is_the_documented_one()
    {
        var tagHash = SHA512.HashData("quorate/v1/session/subject"u8);
        var long300 = Enumerable.Repeat((byte)9, 300).ToArray();
        byte[] curve = [.. "secp256k1\0"u8];
        byte[] input =
        [
            .. tagHash, .. tagHash,
            .. Framed(1, 0xAB), .. Framed(1, long300), .. Framed(2, 0, 0, 0, 0, 0, 0, 1, 0), .. Framed(3, [.. "né"u8]),
            .. Framed(6, 0, 0, 0, 0, 0, 0, 0, 2),
            .. Framed(4, [.. curve, .. Point<Secp256k1>.G.Encode()]), .. Framed(4, curve),
            .. Framed(5, [.. curve, .. Scalar<Secp256k1>.One.Encode()]),
            .. Framed(255, [.. "digest"u8]),
        ];

        using var transcript = new Transcript(Tags.SessionSubject);
        transcript.Append([0xAB]).Append(long300).Append(256).Append("né").List(2)
            .Append(Point<Secp256k1>.G).Append(Point<Secp256k1>.Identity).Append(Scalar<Secp256k1>.One);
        Assert.Equal(SHA512.HashData(input)[..32], transcript.Digest());

        static byte[] Framed(byte type, params byte[] bytes)
        {
            var header = new byte[9];
            header[0] = type;
            BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(1), bytes.Length);
            return [.. header, .. bytes];
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(100)]
    public void A_list_of_points_is_its_count_and_each_point_the_identity_too(int count)
    {
        var points = new Point<Secp256k1>[count];
        for (var i = 0; i < count; i++)
            points[i] = i == 40 ? default : i == 0 ? Point<Secp256k1>.G : points[i - 1] + Point<Secp256k1>.G;

        using var together = new Transcript(Tags.SessionSubject);
        using var single = new Transcript(Tags.SessionSubject);
        single.List(count);
        foreach (var point in points)
            single.Append(point);
        Assert.Equal(single.Digest(), together.Append<Secp256k1>(points).Digest());
    }

    [Fact]
    public void Tags_and_kinds_of_output_are_different_domains()
    {
        Assert.NotEqual(Digest(Tags.SessionSubject), Digest(Tags.SessionBroadcast));

        using var digest = new Transcript(Tags.SessionSubject);
        using var challenge = new Transcript(Tags.SessionSubject);
        Assert.NotEqual(
            Scalar<Secp256k1>.Reduce(digest.Digest()).Encode(), challenge.Challenge<Secp256k1>().Encode());
    }

    [Fact]
    public void Text_without_an_encoding_is_refused_instead_of_replaced()
    {
        using var transcript = new Transcript(Tags.SessionSubject);
        Assert.ThrowsAny<ArgumentException>(() => transcript.Append("\uD800"));
        Assert.ThrowsAny<ArgumentException>(() => transcript.Append((string)null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => transcript.List(-1));
    }

    [Fact]
    public void A_finished_transcript_can_not_go_on()
    {
        var transcript = new Transcript(Tags.SessionSubject);
        transcript.Digest();
        Assert.Throws<ObjectDisposedException>(() => transcript.Append(1));
        Assert.Throws<ObjectDisposedException>(transcript.Digest);
    }

    [Fact]
    public void Text_and_its_bytes_are_different_items()
    {
        using var text = new Transcript(Tags.SessionSubject);
        using var bytes = new Transcript(Tags.SessionSubject);
        Assert.NotEqual(text.Append("né").Digest(), bytes.Append(Encoding.UTF8.GetBytes("né")).Digest());
    }
}
