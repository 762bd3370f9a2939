using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Testing.Native;
using static Quorate.Cryptography.Tests.Curves.Ed25519Tests.Ed25519Model;

namespace Quorate.Cryptography.Tests.Curves.Ed25519Tests;

public class DecodingTests
{
    static bool IsPoint(byte[] encoded) => Point<Ed25519>.TryDecode(encoded, out _);

    [Fact]
    public void Every_point_of_small_order_is_refused()
    {
        foreach (var hex in SmallOrder)
        {
            // It is on the curve: only its order speaks against it.
            Assert.True(IsOnCurve(FromPoint(Decode(hex))));
            Assert.False(IsPoint(Convert.FromHexString(hex)));
        }
    }

    [Fact]
    public void Every_y_of_p_or_above_is_refused()
    {
        for (var y = P; y < P + 19; y++)
        {
            Assert.False(IsPoint(Encode(y, false)));
            Assert.False(IsPoint(Encode(y, true)));
            Assert.False(Ed25519Encoding.TryDecodeVarTime(Encode(y, false), out _));
        }
    }

    [Fact]
    public void X_of_zero_with_the_parity_bit_is_refused()
    {
        Assert.False(Ed25519Encoding.TryDecodeVarTime(Encode(1, true), out _));
        Assert.False(Ed25519Encoding.TryDecodeVarTime(Encode(P - 1, true), out _));
    }

    [Fact]
    public void A_y_without_x_is_refused()
    {
        // (y² − 1)/(d·y² + 1) has no root for y = 2 and has one for y = 3.
        Assert.False(Ed25519Encoding.TryDecodeVarTime(Encode(2, false), out _));
        Assert.True(Ed25519Encoding.TryDecodeVarTime(Encode(3, false), out _));
    }

    [Fact]
    public void Points_plus_torsion_are_refused_and_without_it_accepted()
    {
        using var random = new SeededRandom(3, "mixed order");
        var wide = new byte[48];
        for (var i = 0; i < 50; i++)
        {
            random.Fill(wide);
            var p = Point<Ed25519>.MultiplyBase(Scalar<Ed25519>.Reduce(wide));
            foreach (var hex in SmallOrder)
            {
                var mixed = Encode(Add(FromPoint(p), FromPoint(Decode(hex))));
                Assert.Equal(hex == SmallOrder[0], IsPoint(mixed));
                Assert.Equal(hex == SmallOrder[0], Libsodium.IsValidPoint(mixed));
            }
        }
    }

    [Fact]
    public void The_group_is_what_the_order_annihilates()
    {
        using var random = new SeededRandom(4, "any y");
        var encoded = new byte[32];
        var minusOne = -Scalar<Ed25519>.One;
        for (var i = 0; i < 300; i++)
        {
            random.Fill(encoded);
            if (!Ed25519Encoding.TryDecodeVarTime(encoded, out var point))
                continue;
            // L·P = O exactly where (L − 1)·P = −P.
            var product = minusOne * point.Store();
            Assert.Equal(product == point.Negate().Store(), Ed25519Subgroup.ContainsVarTime(point));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void A_wrong_length_is_refused(int length) => Assert.False(IsPoint(new byte[length]));

    [Fact]
    public void What_decodes_encodes_to_the_same_bytes() => Generators.Holds(Generators.Points, p =>
    {
        if (p.IsIdentity)
            return true;
        var (encoded, fast) = (p.Encode(), new byte[32]);
        Ed25519Encoding.EncodeVarTime(p, fast);
        return fast.SequenceEqual(encoded) && Point<Ed25519>.Decode(encoded) == p && Point<Ed25519>.Decode(encoded).Encode().SequenceEqual(encoded)
            && encoded.SequenceEqual(Encode(FromPoint(p)));
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(300)]
    public void Many_encodings_are_the_single_ones(int count)
    {
        var points = new Point<Ed25519>[count];
        for (var i = 0; i < count; i++)
            points[i] = (i == 0 ? default : points[i - 1]) + Point<Ed25519>.G;
        var encoded = new byte[32 * count];
        Ed25519.EncodeMany(points, encoded);
        Assert.Equal(points.SelectMany(p => p.Encode()), encoded);
    }
}
