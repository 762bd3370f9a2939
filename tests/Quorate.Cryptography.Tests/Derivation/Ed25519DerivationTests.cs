using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Derivation;
using Quorate.Testing;

namespace Quorate.Cryptography.Tests.Derivation;

public class Ed25519DerivationTests
{
    static readonly byte[] Code = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();

    [Fact]
    public void The_frozen_vectors_hold_step_by_step_and_along_the_path()
    {
        // Written by an independent program from docs/spec/ed25519-derivation.md.
        var vectors = OfficialVectors.Json("ed25519-derivation.json").GetProperty("vectors");
        Assert.Equal(10, vectors.GetArrayLength());
        foreach (var vector in vectors.EnumerateArray())
        {
            var parent = Point<Ed25519>.Decode(vector.Hex("parentKey"));
            var secret = Scalar<Ed25519>.Decode(vector.Hex("parentSecret"));
            Assert.Equal(parent, Point<Ed25519>.MultiplyBase(secret));

            var child = Ed25519Derivation.Derive(parent, vector.Hex("parentChainCode"), Bip32Path.Parse(vector.GetProperty("path").GetString()!));
            Assert.Equal(vector.Hex("tweak"), child.Tweak.Encode());
            Assert.Equal(vector.Hex("childKey"), child.Key.Encode());
            Assert.Equal(vector.Hex("childChainCode"), child.ChainCode);
            Assert.Equal(vector.Hex("childSecret"), (secret + child.Tweak).Encode());

            var (key, code) = (parent, vector.Hex("parentChainCode")!);
            foreach (var step in vector.GetProperty("steps").EnumerateArray())
            {
                var next = Ed25519Derivation.Derive(key, code, step.GetProperty("index").GetUInt32());
                Assert.Equal(step.Hex("tweak"), next.Tweak.Encode());
                Assert.Equal(step.Hex("key"), next.Key.Encode());
                Assert.Equal(step.Hex("chainCode"), next.ChainCode);
                (key, code) = (next.Key, next.ChainCode);
            }
        }
    }

    [Fact]
    public void The_secret_of_a_child_is_the_parents_plus_the_tweak() => Prop.ForAll(
        EdgeValues.NonZeroScalar<Ed25519>().ToArbitrary(), EdgeValues.Bytes(32, 32).ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(),
        (secret, code, index) =>
        {
            var child = Ed25519Derivation.Derive(Point<Ed25519>.MultiplyBase(secret), code, (uint)index);
            return Point<Ed25519>.MultiplyBase(secret + child.Tweak) == child.Key;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_input_matters()
    {
        var otherCode = Code.ToArray();
        otherCode[31] ^= 1;
        var g = Point<Ed25519>.G;
        var children = new[]
        {
            Ed25519Derivation.Derive(g, Code, 0), Ed25519Derivation.Derive(g, Code, 1), Ed25519Derivation.Derive(g, Code, 1 << 24),
            Ed25519Derivation.Derive(g, otherCode, 0), Ed25519Derivation.Derive(-g, Code, 0), Ed25519Derivation.Derive(g + g, Code, 0),
        };
        Assert.Equal(children.Length, children.Select(child => Convert.ToHexString(child.Tweak.Encode())).Distinct().Count());
        Assert.Equal(children.Length, children.Select(child => child.Key.ToString()).Distinct().Count());
        Assert.Equal(children.Length, children.Select(child => Convert.ToHexString(child.ChainCode)).Distinct().Count());
        // Tweak and chain code come from different outputs.
        Assert.All(children, child => Assert.False(child.ChainCode.AsSpan().SequenceEqual(child.Tweak.Encode())));
    }

    [Fact]
    public void A_path_is_its_steps_and_the_empty_one_the_parent()
    {
        var g = Point<Ed25519>.G;
        var whole = Ed25519Derivation.Derive(g, Code, Bip32Path.Parse("m/3/1/4"));
        var first = Ed25519Derivation.Derive(g, Code, 3);
        var rest = Ed25519Derivation.Derive(first.Key, first.ChainCode, Bip32Path.Parse("m/1/4"));
        Assert.Equal(whole.Key, rest.Key);
        Assert.Equal(whole.Tweak, first.Tweak + rest.Tweak);
        Assert.Equal(whole.ChainCode, rest.ChainCode);

        var self = Ed25519Derivation.Derive(g, Code, Bip32Path.Root);
        Assert.Equal(g, self.Key);
        Assert.True(self.Tweak.IsZero);
        Assert.Equal(Code, self.ChainCode);
    }

    [Fact]
    public void A_child_that_would_be_the_identity_does_not_exist()
    {
        var tweak = Scalar<Ed25519>.FromUInt64(77);
        Assert.Throws<CryptographicException>(() => Ed25519Derivation.Child(-Point<Ed25519>.MultiplyBase(tweak), tweak));
    }

    [Fact]
    public void The_caller_mistakes_are_refused()
    {
        var g = Point<Ed25519>.G;
        Assert.Throws<ArgumentOutOfRangeException>(() => Ed25519Derivation.Derive(g, Code, Bip32.Hardened));
        Assert.Throws<ArgumentException>(() => Ed25519Derivation.Derive(g, Code, Bip32Path.Parse("m/0/1'")));
        Assert.Throws<ArgumentException>(() => Ed25519Derivation.Derive(g, Code.AsSpan(1), 0));
        Assert.Throws<ArgumentException>(() => Ed25519Derivation.Derive(default, Code, 0));
        Assert.Throws<ArgumentNullException>(() => Ed25519Derivation.Derive(g, Code, null!));
    }

    [Fact]
    public void The_secret_of_a_child_and_the_chain_code_give_the_parents_away()
    {
        // Attack, not feature: why exporting a child is exporting the root.
        var parentSecret = Scalar<Ed25519>.Reduce(Code);
        var parent = Point<Ed25519>.MultiplyBase(parentSecret);
        var exported = parentSecret + Ed25519Derivation.Derive(parent, Code, Bip32Path.Parse("m/44/501/0")).Tweak;

        var recovered = exported - Ed25519Derivation.Derive(parent, Code, Bip32Path.Parse("m/44/501/0")).Tweak;
        Assert.Equal(parent, Point<Ed25519>.MultiplyBase(recovered));
    }
}
