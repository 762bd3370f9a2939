using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Testing.Native;

namespace Quorate.Cryptography.Tests.Curves.Secp256k1Tests;

public class Libsecp256k1Tests
{
    /// <summary>Every edge but zero, then random ones.</summary>
    static IEnumerable<Scalar<Secp256k1>> Scalars(string label, int random)
    {
        using var stream = new SeededRandom(1, label);
        foreach (var k in Cases.EdgeScalars)
            if (!k.IsZero)
                yield return k;
        var wide = new byte[48];
        for (var i = 0; i < random; i++)
        {
            stream.Fill(wide);
            yield return Scalar<Secp256k1>.Reduce(wide);
        }
    }

    static byte[] Parse(in Point<Secp256k1> p)
    {
        var pubkey = new byte[Libsecp256k1.OpaqueSize];
        Assert.True(Libsecp256k1.PubkeyParse(pubkey, p.Encode()));
        return pubkey;
    }

    static byte[] Serialize(byte[] pubkey, int size = 33)
    {
        var encoded = new byte[size];
        Libsecp256k1.PubkeySerialize(encoded, pubkey);
        return encoded;
    }

    [Fact]
    public void Multiples_of_the_base_point_are_those_of_libsecp256k1()
    {
        var pubkey = new byte[Libsecp256k1.OpaqueSize];
        foreach (var k in Scalars("base", 300))
        {
            Assert.True(Libsecp256k1.PubkeyCreate(pubkey, k.Encode()));
            var p = Point<Secp256k1>.MultiplyBase(k);
            Assert.Equal(Serialize(pubkey), p.Encode());
            Assert.Equal(Serialize(pubkey, 65), p.EncodeUncompressed());
        }
    }

    [Fact]
    public void Multiples_of_any_point_are_those_of_libsecp256k1()
    {
        var p = Point<Secp256k1>.G;
        foreach (var k in Scalars("any", 300))
        {
            var expected = Parse(p);
            Assert.True(Libsecp256k1.PubkeyTweakMultiply(expected, k.Encode()));
            var product = k * p;
            Assert.Equal(Serialize(expected), product.Encode());
            Assert.Equal(product, Point<Secp256k1>.MultiplyVarTime(k, p));
            p = product + Point<Secp256k1>.G;
            if (p.IsIdentity)
                p = Point<Secp256k1>.G;
        }
    }

    [Fact]
    public void Sums_are_those_of_libsecp256k1()
    {
        var sum = new byte[Libsecp256k1.OpaqueSize];
        var p = Point<Secp256k1>.G;
        foreach (var k in Scalars("sum", 300))
        {
            var q = Point<Secp256k1>.MultiplyBase(k);
            foreach (var other in new[] { q, p, -p })
            {
                var exists = Libsecp256k1.PubkeyAdd(sum, Parse(p), Parse(other));
                Assert.Equal(exists, !(p + other).IsIdentity);
                if (exists)
                    Assert.Equal(Serialize(sum), (p + other).Encode());
            }
            if (!(p + q).IsIdentity)
                p += q;
        }
    }

    [Fact]
    public void The_same_encodings_are_points_as_for_libsecp256k1()
    {
        using var stream = new SeededRandom(1, "points");
        var encoded = new byte[33];
        var pubkey = new byte[Libsecp256k1.OpaqueSize];
        var accepted = 0;
        for (var i = 0; i < 400; i++)
        {
            stream.Fill(encoded);
            encoded[0] = (byte)(encoded[0] % 5);
            var isPoint = Point<Secp256k1>.TryDecode(encoded, out var p);
            Assert.Equal(Libsecp256k1.PubkeyParse(pubkey, encoded), isPoint);
            if (isPoint)
                Assert.Equal(Serialize(pubkey, 65), p.EncodeUncompressed());
            var isX = Point<Secp256k1>.TryLiftX(encoded.AsSpan(1), out _);
            Assert.Equal(Libsecp256k1.XOnlyPubkeyParse(pubkey, encoded.AsSpan(1)), isX);
            accepted += isPoint ? 1 : 0;
        }
        // Two prefixes in five, and one x in two.
        Assert.InRange(accepted, 40, 120);
    }
}
