using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Testing.Native;
using Xunit.Abstractions;

namespace Quorate.Cryptography.Tests.Curves.Curve25519Tests;

public class X25519Tests(ITestOutputHelper output)
{
    static byte[] Hex(string text) => Convert.FromHexString(text);

    static byte[] Multiply(byte[] scalar, byte[] u)
    {
        var result = new byte[X25519.Size];
        Assert.True(X25519.TryMultiply(result, scalar, u));
        return result;
    }

    // RFC 7748, section 5.2.
    [Theory]
    [InlineData(
        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
        "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
        "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552")]
    [InlineData(
        "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
        "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
        "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957")]
    public void The_vectors_of_rfc_7748_come_out(string scalar, string u, string expected) =>
        Assert.Equal(Hex(expected), Multiply(Hex(scalar), Hex(u)));

    // RFC 7748, section 5.2.
    [Theory]
    [InlineData(1, "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079")]
    [InlineData(1_000, "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51")]
    public void Iterated_it_gives_what_rfc_7748_says(int times, string expected) => Assert.Equal(Hex(expected), Iterate(times));

    [Fact, Trait("Category", "Slow")]
    public void Iterated_a_million_times_it_gives_what_rfc_7748_says() =>
        Assert.Equal(Hex("7c3911e0ab2586fd864497297e575e6f3bc601c0883c30df5f4dd2d24f665424"), Iterate(1_000_000));

    // RFC 7748, section 6.1.
    [Fact]
    public void The_key_agreement_of_rfc_7748_comes_out()
    {
        using var alice = new X25519Key(Hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"));
        using var bob = new X25519Key(Hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"));
        Assert.Equal(Hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"), alice.PublicKey);
        Assert.Equal(Hex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"), bob.PublicKey);

        using var shared = alice.Agree(bob.PublicKey);
        using var same = bob.Agree(alice.PublicKey);
        Assert.Equal(Hex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"), shared!.Expose());
        Assert.Equal(shared.Expose(), same!.Expose());
    }

    [Fact]
    public void Every_case_of_wycheproof_has_its_published_result()
    {
        if (!SharedVectors.TryReadJson("wycheproof/x25519_test.json", out var suite, out var reason))
        {
            output.WriteLine(reason);
            return;
        }

        var wrong = new List<string>();
        var count = 0;
        foreach (var test in suite.GetProperty("testGroups").EnumerateArray().SelectMany(g => g.GetProperty("tests").EnumerateArray()))
        {
            count++;
            var result = new byte[X25519.Size];
            var accepted = X25519.TryMultiply(result, test.Hex("private"), test.Hex("public"));
            var expected = test.Hex("shared")!;
            // Refused is exactly what comes to zero; everything else that the suite calls acceptable is RFC 7748's.
            if (!result.AsSpan().SequenceEqual(expected) || accepted == expected.All(b => b == 0))
                wrong.Add($"{test.GetProperty("tcId")}: {test.GetProperty("comment")}");
        }
        output.WriteLine($"{count} cases");
        Assert.Equal(suite.GetProperty("numberOfTests").GetInt32(), count);
        Assert.Empty(wrong);
    }

    [Fact]
    public void It_agrees_with_libsodium_on_random_and_extreme_values()
    {
        using var random = new SeededRandom(7748, "x25519");
        byte[][] edges =
        [
            .. new[] { 0, 1, 2, 8, 9 }.Select(low => Filled(0, low)),
            .. Enumerable.Range(0xd9, 0x100 - 0xd9).Select(low => Filled(0xff, low)),
            .. Enumerable.Range(0xd9, 0x100 - 0xd9).Select(low => Filled(0xff, low, top: 0x7f)),
        ];
        for (var i = 0; i < 300; i++)
        {
            var scalar = new byte[32];
            var u = i < edges.Length ? edges[i] : new byte[32];
            random.Fill(scalar);
            if (i >= edges.Length)
                random.Fill(u);

            byte[] ours = new byte[32], theirs = new byte[32];
            Assert.Equal(Libsodium.MultiplyMontgomery(theirs, scalar, u), X25519.TryMultiply(ours, scalar, u));
            if (ours.Any(b => b != 0))
                Assert.Equal(theirs, ours);
            X25519.MultiplyBase(ours, scalar);
            Assert.True(Libsodium.MultiplyMontgomery(theirs, scalar, Filled(0, 9)));
            Assert.Equal(theirs, ours);
        }
    }

    // The points of order 1, 2, 4 and 8, and their other encodings, on the curve and its twist.
    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")]
    [InlineData("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    public void A_point_of_small_order_gives_no_shared_secret(string u)
    {
        using var random = new SeededRandom(1, "small order");
        for (var i = 0; i < 8; i++)
        {
            using var key = X25519Key.Generate(random);
            Assert.Null(key.Agree(Hex(u)));
        }
    }

    [Fact]
    public void The_result_may_overwrite_either_argument()
    {
        using var random = new SeededRandom(1, "aliases");
        byte[] scalar = new byte[32], u = new byte[32];
        random.Fill(scalar);
        random.Fill(u);
        var expected = Multiply(scalar, u);

        var copy = scalar.ToArray();
        Assert.True(X25519.TryMultiply(copy, copy, u));
        Assert.Equal(expected, copy);
        Assert.True(X25519.TryMultiply(u, scalar, u));
        Assert.Equal(expected, u);
    }

    [Theory]
    [InlineData(31, 32, 32)]
    [InlineData(32, 33, 32)]
    [InlineData(32, 32, 0)]
    public void Other_lengths_are_the_callers_mistake(int destination, int scalar, int u) =>
        Assert.Throws<ArgumentException>(() => X25519.TryMultiply(new byte[destination], new byte[scalar], new byte[u]));

    [Fact]
    public void A_wiped_key_agrees_on_nothing()
    {
        var key = new X25519Key(Filled(7, 7));
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => key.Agree(Filled(0, 9)));
    }

    static byte[] Filled(byte value, int low, byte? top = null)
    {
        var bytes = new byte[32];
        bytes.AsSpan().Fill(value);
        bytes[0] = (byte)low;
        bytes[31] = top ?? value;
        return bytes;
    }

    static byte[] Iterate(int times)
    {
        var k = Hex("0900000000000000000000000000000000000000000000000000000000000000");
        var u = k.ToArray();
        for (var i = 0; i < times; i++)
            (k, u) = (Multiply(k, u), k);
        return k;
    }
}
