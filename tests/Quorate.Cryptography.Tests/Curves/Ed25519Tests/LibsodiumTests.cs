using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Testing.Native;

namespace Quorate.Cryptography.Tests.Curves.Ed25519Tests;

public class LibsodiumTests
{
    static IEnumerable<Scalar<Ed25519>> Scalars(string label, int random)
    {
        using var stream = new SeededRandom(1, label);
        for (var i = 1UL; i <= 40; i++)
            yield return Scalar<Ed25519>.FromUInt64(i);
        for (var i = 1UL; i <= 40; i++)
            yield return -Scalar<Ed25519>.FromUInt64(i);
        for (var i = 0; i < random; i++)
        {
            var wide = new byte[48];
            stream.Fill(wide);
            yield return Scalar<Ed25519>.Reduce(wide);
        }
    }

    [Fact]
    public void Multiples_of_the_base_point_are_those_of_libsodium()
    {
        var expected = new byte[32];
        foreach (var k in Scalars("base", 200))
        {
            Assert.True(Libsodium.MultiplyBase(expected, k.Encode()));
            Assert.Equal(expected, Point<Ed25519>.MultiplyBase(k).Encode());
        }
    }

    [Fact]
    public void Multiples_of_any_point_are_those_of_libsodium()
    {
        var expected = new byte[32];
        foreach (var k in Scalars("any", 200))
        {
            var p = Point<Ed25519>.MultiplyBase((k * k) + Scalar<Ed25519>.One);
            Assert.True(Libsodium.Multiply(expected, k.Encode(), p.Encode()));
            Assert.Equal(expected, (k * p).Encode());
        }
    }

    [Fact]
    public void The_same_encodings_are_points_as_for_libsodium()
    {
        using var stream = new SeededRandom(1, "points");
        var encoded = new byte[32];
        var accepted = 0;
        for (var i = 0; i < 400; i++)
        {
            stream.Fill(encoded);
            var valid = Point<Ed25519>.TryDecode(encoded, out var p);
            Assert.Equal(Libsodium.IsValidPoint(encoded), valid);
            if (valid)
                Assert.Equal(encoded, p.Encode());
            accepted += valid ? 1 : 0;
        }
        // One in two is on the curve and one in eight of those in the group.
        Assert.InRange(accepted, 10, 50);
    }

    [Fact]
    public void Sums_are_those_of_libsodium()
    {
        var expected = new byte[32];
        var p = Point<Ed25519>.G;
        foreach (var k in Scalars("sum", 100))
        {
            var q = Point<Ed25519>.MultiplyBase(k);
            if ((p + q).IsIdentity)
                continue;
            Assert.True(Libsodium.Add(expected, p.Encode(), q.Encode()));
            p += q;
            Assert.Equal(expected, p.Encode());
        }
    }
}
