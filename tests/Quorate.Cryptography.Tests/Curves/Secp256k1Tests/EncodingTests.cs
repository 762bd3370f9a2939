using System.Numerics;
using Quorate.Cryptography.Curves;
using static Quorate.Cryptography.Tests.Curves.Ed25519Tests.Generators;
using static Quorate.Cryptography.Tests.Curves.Secp256k1Tests.Secp256k1Model;

namespace Quorate.Cryptography.Tests.Curves.Secp256k1Tests;

public class EncodingTests
{
    static bool IsCompressed(byte[] encoded) => Point<Secp256k1>.TryDecode(encoded, out _) || Point<Secp256k1>.TryDecodeSec1(encoded, out _);

    static bool IsUncompressed(byte[] encoded) =>
        Point<Secp256k1>.TryDecodeUncompressed(encoded, out _) || Point<Secp256k1>.TryDecodeSec1(encoded, out _);

    [Fact]
    public void Every_encoding_is_that_of_the_model_and_decodes_to_the_point() => Holds(Cases.Points, p =>
    {
        if (FromPoint(p) is not var (x, y))
            return p.IsIdentity;
        var isOdd = !y.IsEven;
        return p.Encode().SequenceEqual(Compressed(x, isOdd)) && p.EncodeUncompressed().SequenceEqual(Uncompressed(x, y))
            && p.EncodeXOnly().SequenceEqual(Bytes(x)) && p.HasEvenY == !isOdd
            && Point<Secp256k1>.Decode(p.Encode()) == p
            && Point<Secp256k1>.TryDecodeSec1(p.Encode(), out var compressed) && compressed == p
            && Point<Secp256k1>.TryDecodeSec1(p.EncodeUncompressed(), out var either) && either == p
            && Point<Secp256k1>.TryDecodeUncompressed(p.EncodeUncompressed(), out var uncompressed) && uncompressed == p
            && Point<Secp256k1>.TryLiftX(p.EncodeXOnly(), out var lifted) && lifted == (isOdd ? -p : p) && lifted.HasEvenY;
    }, 300);

    [Fact]
    public void Exactly_the_x_of_a_point_of_the_curve_decode()
    {
        for (var i = 0; i < 60; i++)
        {
            foreach (var x in new[] { i, P - 1 - i })
            {
                var exists = IsSquare(RightSide(x));
                Assert.Equal(exists, Point<Secp256k1>.TryLiftX(Bytes(x), out var lifted));
                Assert.Equal(exists, Point<Secp256k1>.TryDecode(Compressed(x, false), out var even));
                Assert.Equal(exists, Point<Secp256k1>.TryDecode(Compressed(x, true), out var odd));
                Assert.Equal(exists ? (x, Root(RightSide(x), false)) : default((BigInteger, BigInteger)?), FromPoint(even));
                Assert.Equal(exists ? (x, Root(RightSide(x), true)) : default((BigInteger, BigInteger)?), FromPoint(odd));
                Assert.Equal(even, lifted);
            }
        }
    }

    [Fact]
    public void An_x_of_p_or_above_is_refused_even_where_its_residue_is_a_point()
    {
        // x = 1 is on the curve.
        Assert.True(IsCompressed(Compressed(1, false)));
        for (var i = 0; i < 60; i++)
        {
            Assert.False(IsCompressed(Compressed(P + i, false)));
            Assert.False(IsCompressed(Compressed(P + i, true)));
            Assert.False(Point<Secp256k1>.TryLiftX(Bytes(P + i), out var lifted));
            Assert.True(lifted.IsIdentity);
        }
        Assert.False(IsUncompressed(Uncompressed(P + 1, Root(RightSide(1), false))));
        Assert.False(IsCompressed(Compressed((BigInteger.One << 256) - 1, false)));
        Assert.Throws<FormatException>(() => Point<Secp256k1>.Decode(Compressed(P + 1, false)));
    }

    [Fact]
    public void A_y_of_p_or_above_is_refused_even_where_its_residue_fits()
    {
        // Points with small y: as p = 7 mod 9, a cube has the root a^((p + 2)/9).
        var found = 0;
        for (BigInteger y = 1; y < 30; y++)
        {
            var x = BigInteger.ModPow(Mod((y * y) - 7), (P + 2) / 9, P);
            if (RightSide(x) != y * y)
                continue;
            found++;
            Assert.True(IsUncompressed(Uncompressed(x, y)));
            Assert.False(IsUncompressed(Uncompressed(x, P + y)));
        }
        Assert.InRange(found, 3, 29);
    }

    [Fact]
    public void A_y_that_does_not_match_is_refused()
    {
        var (x, y) = FromPoint(Point<Secp256k1>.G)!.Value;
        Assert.True(IsUncompressed(Uncompressed(x, y)));
        Assert.True(IsUncompressed(Uncompressed(x, P - y)));
        foreach (var other in new[] { y + 1, y - 1, 0, P - 1, Mod(y * Beta), Mod(-y - 1) })
            Assert.False(IsUncompressed(Uncompressed(x, other)));
        Assert.False(IsUncompressed(Uncompressed(y, x)));
        Assert.False(IsUncompressed(Uncompressed(0, 0)));
    }

    [Fact]
    public void Every_other_prefix_is_refused()
    {
        var g = Point<Secp256k1>.G;
        var (x, y) = FromPoint(g)!.Value;
        for (var prefix = 0; prefix < 256; prefix++)
        {
            // 06 and 07 are the hybrid form, 00 the identity's.
            Assert.Equal(prefix is 2 or 3, IsCompressed([(byte)prefix, .. Bytes(x)]));
            Assert.Equal(prefix == 4, IsUncompressed(Uncompressed(x, y, (byte)prefix)));
        }
    }

    [Fact]
    public void Every_other_length_is_refused()
    {
        byte[] compressed = [.. Point<Secp256k1>.G.Encode(), .. new byte[40]];
        byte[] uncompressed = [.. Point<Secp256k1>.G.EncodeUncompressed(), .. new byte[8]];
        byte[] x = [.. Point<Secp256k1>.G.EncodeXOnly(), .. new byte[8]];
        for (var length = 0; length <= 73; length++)
        {
            Assert.Equal(length == 33, Point<Secp256k1>.TryDecode(compressed.AsSpan(0, length), out _));
            Assert.Equal(length == 33, Point<Secp256k1>.TryDecodeSec1(compressed.AsSpan(0, length), out _));
            Assert.Equal(length == 65, Point<Secp256k1>.TryDecodeUncompressed(uncompressed.AsSpan(0, length), out _));
            Assert.Equal(length == 65, Point<Secp256k1>.TryDecodeSec1(uncompressed.AsSpan(0, length), out _));
            if (length <= 40)
                Assert.Equal(length == 32, Point<Secp256k1>.TryLiftX(x.AsSpan(0, length), out _));
        }
    }

    [Fact]
    public void The_identity_has_no_encoding()
    {
        var identity = Point<Secp256k1>.G - Point<Secp256k1>.G;
        Assert.Throws<InvalidOperationException>(() => identity.Encode());
        Assert.Throws<InvalidOperationException>(() => identity.EncodeUncompressed());
        Assert.Throws<InvalidOperationException>(() => identity.EncodeXOnly());
        Assert.Throws<InvalidOperationException>(() => identity.HasEvenY);
        Assert.False(IsCompressed([0]));
        Assert.False(IsCompressed(new byte[33]));
        Assert.False(IsUncompressed(new byte[65]));
        Assert.False(Point<Secp256k1>.TryLiftX(new byte[32], out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(128)]
    [InlineData(150)]
    public void Many_encodings_are_the_single_ones(int count)
    {
        var points = new Point<Secp256k1>[count];
        for (var i = 0; i < count; i++)
            points[i] = (i == 0 ? default : points[i - 1]) - Point<Secp256k1>.G;
        var encoded = new byte[(33 * count) + 1];
        encoded[^1] = 0xAA;
        Point<Secp256k1>.EncodeMany(points, encoded);
        Assert.Equal([.. points.SelectMany(p => p.Encode()), 0xAA], encoded);
    }

    [Fact]
    public void Many_encodings_are_all_or_none()
    {
        var points = Enumerable.Repeat(Point<Secp256k1>.G, 70).ToArray();
        var encoded = new byte[33 * 70];
        Assert.Throws<ArgumentException>(() => Point<Secp256k1>.EncodeMany(points, encoded.AsSpan(1)));
        points[69] = default;
        Assert.Throws<InvalidOperationException>(() => Point<Secp256k1>.EncodeMany(points, encoded));
        Assert.All(encoded, value => Assert.Equal(0, value));
    }
}
