using System.Numerics;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Cryptography.Tests.Curves.Ed25519Tests;
using Quorate.Testing;
using Quorate.Testing.Native;

namespace Quorate.Cryptography.Tests.Signatures;

/// <summary>The rule of docs/spec/ed25519.md on signatures about which verifiers disagree.</summary>
public class Ed25519RuleTests
{
    /// <summary>Where a point stands: its order, or no canonical encoding.</summary>
    public enum Kind { Small, Mixed, Prime, NonCanonical }

    static readonly byte[] Message = "what is signed"u8.ToArray();

    // "Taming the many EdDSAs" (ePrint 2020/1244), table of section 5.1, in its order: s, A, R, and whether the
    // cofactored and the cofactorless equation hold. Our rule refuses all; libsodium and dalek's strict rule accept 3,
    // whose key has a torsion component.
    [Theory]
    [InlineData("8c93255d71dcab10e8f379c26200f3c7bd5f09d9bc3068d3ef4edeb4853022b6", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a0000000000000000000000000000000000000000000000000000000000000000", true, Kind.Small, Kind.Small, true, true)]
    [InlineData("9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa", "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43a5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04", true, Kind.Small, Kind.Mixed, true, true)]
    [InlineData("aebf3f2601a0c8c5d39cc7d8911642f740b78168218da8471772b35f9d35b9ab", "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa8c4bd45aecaca5b24fb97bc10ac27ac8751a7dfe1baff8b953ec9f5833ca260e", true, Kind.Mixed, Kind.Small, true, true)]
    [InlineData("9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79", "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d", "9046a64750444938de19f227bb80485e92b83fdb4b6506c160484c016cc1852f87909e14428a7a1d62e9f22f3d3ad7802db02eb2e688b6c52fcd6648a98bd009", true, Kind.Mixed, Kind.Mixed, true, true)]
    [InlineData("e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c", "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d", "160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed5125ec6bc982a269b723e0668e540911a9a6a58921d6925e434ab10aa7940551a09", true, Kind.Mixed, Kind.Mixed, true, false)]
    [InlineData("e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c", "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d", "21122a84e0b5fca4052f5b1235c80a537878b38f3142356b2c2384ebad4668b7e40bc836dac0f71076f9abe3a53f9c03c1ceeeddb658d0030494ace586687405", true, Kind.Mixed, Kind.Prime, true, false)]
    [InlineData("85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40", "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623", "e96f66be976d82e60150baecff9906684aebb1ef181f67a7189ac78ea23b6c0e547f7690a0e2ddcd04d87dbc3490dc19b3b3052f7ff0538cb68afb369ba3a514", false, Kind.Prime, Kind.Prime, true, true)]
    [InlineData("85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40", "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623", "8ce5b96c8f26d0ab6c47958c9e68b937104cd36e13c33566acd2fe8d38aa19427e71f98a473474f2f13f06f97c20d58cc3f54b8bd0d272f42b695dd7e89a8c22", false, Kind.Prime, Kind.Prime, true, true)]
    [InlineData("9bedc267423725d473888631ebf45988bad3db83851ee85c85e241a07d148b41", "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff03be9678ac102edcd92b0210bb34d7428d12ffc5df5f37e359941266a4e35f0f", true, Kind.Mixed, Kind.NonCanonical, true, true)]
    [InlineData("9bedc267423725d473888631ebf45988bad3db83851ee85c85e241a07d148b41", "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffca8c5b64cd208982aa38d4936621a4775aa233aa0505711d8fdcfdaa943d4908", true, Kind.Mixed, Kind.NonCanonical, true, true)]
    [InlineData("e96b7021eb39c1a163b6da4e3093dcd3f21387da4cc4572be588fafae23c155b", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "a9d55260f765261eb9b84e106f665e00b867287a761990d7135963ee0a7d59dca5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04", true, Kind.NonCanonical, Kind.Mixed, true, true)]
    [InlineData("39a591f5321bbe07fd5a23dc2f39d025d74526615746727ceefd6e82ae65c06f", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "a9d55260f765261eb9b84e106f665e00b867287a761990d7135963ee0a7d59dca5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04", true, Kind.NonCanonical, Kind.Mixed, true, true)]
    public void No_vector_of_the_many_EdDSAs_is_accepted(
        string message, string publicKey, string signature, bool isBelowOrder, Kind a, Kind r, bool isCofactored, bool isCofactorless)
    {
        byte[] m = Convert.FromHexString(message), key = Convert.FromHexString(publicKey), sig = Convert.FromHexString(signature);
        Assert.False(Ed25519Signature.Verify(key, m, sig));

        // The facts that the verdict follows from.
        Assert.Equal(isBelowOrder, new BigInteger(sig.AsSpan(32), isUnsigned: true) < Ed25519Model.L);
        Assert.Equal(a, KindOf(key));
        Assert.Equal(r, KindOf(sig.AsSpan(0, 32)));
        // A verifier may hash an encoding as it came or anew: one of the two makes the equation hold.
        var residues = new[] { Residue(key, m, sig, false), Residue(key, m, sig, true) };
        Assert.Equal(isCofactored, residues.Any(IsSmall));
        Assert.Equal(isCofactorless, residues.Any(residue => EdwardsPoint.AreEqual(residue, EdwardsPoint.Identity)));

        var accepts = Libsodium.Verify(sig, m, key);
        Assert.Equal(a == Kind.Mixed && r == Kind.Mixed && isCofactorless, accepts);
    }

    [Fact]
    public void A_nonce_with_torsion_is_refused_though_the_cofactored_equation_holds()
    {
        foreach (var hex in Ed25519Model.SmallOrder.Skip(1))
        {
            var (key, signature) = Forge(Ed25519Model.SmallOrder[0], hex, 7, k => true);
            Assert.True(IsSmall(Residue(key, Message, signature, false)));
            Assert.False(Ed25519Signature.Verify(key, Message, signature));
            Assert.False(Batch(key, signature));
            Assert.False(Libsodium.Verify(signature, Message, key));
        }
    }

    [Fact]
    public void A_key_with_torsion_is_refused_though_every_equation_holds()
    {
        foreach (var hex in Ed25519Model.SmallOrder.Skip(1))
        {
            // k ≡ 0 modulo 8 kills the torsion of the key.
            var (key, signature) = Forge(hex, Ed25519Model.SmallOrder[0], 7, k => (k.Value.L0 & 7) == 0);
            Assert.True(EdwardsPoint.AreEqual(Residue(key, Message, signature, false), EdwardsPoint.Identity));
            Assert.False(Ed25519Signature.Verify(key, Message, signature));
            // This is where the strict rules of others are wider than ours.
            Assert.True(Libsodium.Verify(signature, Message, key));
        }
    }

    [Fact]
    public void A_nonce_of_the_identity_is_refused_though_every_equation_holds()
    {
        var (key, signature) = Forge(Ed25519Model.SmallOrder[0], Ed25519Model.SmallOrder[0], 0, k => true);
        Assert.Equal(Ed25519Model.SmallOrder[0], Convert.ToHexStringLower(signature.AsSpan(0, 32)));
        Assert.True(EdwardsPoint.AreEqual(Residue(key, Message, signature, false), EdwardsPoint.Identity));
        Assert.False(Ed25519Signature.Verify(key, Message, signature));
        Assert.False(Batch(key, signature));
        Assert.False(Libsodium.Verify(signature, Message, key));
    }

    [Fact]
    public void The_identity_and_other_small_keys_verify_nothing()
    {
        // With A of small order R = sB, and s anything, is "valid" for one message in eight and more.
        var s = Scalar<Ed25519>.FromUInt64(5);
        byte[] signature = [.. Point<Ed25519>.MultiplyBase(s).Encode(), .. s.Encode()];
        foreach (var hex in Ed25519Model.SmallOrder)
        {
            for (byte i = 0; i < 20; i++)
                Assert.False(Ed25519Signature.Verify(Convert.FromHexString(hex), [i], signature));
        }
        Assert.False(Ed25519Signature.Verify(Point<Ed25519>.Identity, Message, signature));
        Assert.False(Ed25519Batch.Verify([default, default], [Message, Message], [signature, signature], SystemRandom.Shared));
    }

    [Fact]
    public void An_s_of_the_order_and_above_is_refused()
    {
        using var random = new SeededRandom(1);
        using var key = Ed25519Key.Generate(random);
        var signature = key.Sign(Message);
        var s = new BigInteger(signature.AsSpan(32), isUnsigned: true);
        for (var shifted = s + Ed25519Model.L; shifted < BigInteger.One << 256; shifted += Ed25519Model.L)
        {
            byte[] other = [.. signature.AsSpan(0, 32), .. new byte[32]];
            shifted.TryWriteBytes(other.AsSpan(32), out _, isUnsigned: true);
            Assert.False(Ed25519Signature.Verify(key.EncodedPublicKey, Message, other));
            Assert.False(Ed25519Batch.Verify([key.PublicKey, key.PublicKey], [Message, Message], [signature, other], random));
        }
    }

    static bool Batch(byte[] key, byte[] signature) =>
        Ed25519Batch.Verify(
            [Point<Ed25519>.Decode(key), Point<Ed25519>.Decode(key)], [Message, Message], [signature, signature], SystemRandom.Shared);

    /// <summary>
    /// A signature by who knows everything: A = a·B + T and R = r·B + U for small T and U, and s = r + k·a, for the first a
    /// whose k will do.
    /// </summary>
    static (byte[] Key, byte[] Signature) Forge(string keyTorsion, string nonceTorsion, ulong r, Func<Scalar<Ed25519>, bool> accepts)
    {
        for (var i = 1UL; ; i++)
        {
            var a = Scalar<Ed25519>.FromUInt64(i);
            var (key, nonce) = (Shifted(a, keyTorsion), Shifted(Scalar<Ed25519>.FromUInt64(r), nonceTorsion));
            var k = Ed25519Hash.ToScalar(nonce, key, Message);
            if (accepts(k))
                return (key, [.. nonce, .. (Scalar<Ed25519>.FromUInt64(r) + (k * a)).Encode()]);
        }
    }

    static byte[] Shifted(in Scalar<Ed25519> k, string torsion) => Ed25519Model.Encode(
        Ed25519Model.Add(Ed25519Model.FromPoint(Point<Ed25519>.MultiplyBase(k)), Ed25519Model.FromPoint(Ed25519Model.Decode(torsion))));

    /// <summary>s·B − k·A − R on the whole curve, with s of any size; with k over the encodings as they came, or made canonical.</summary>
    static EdwardsPoint Residue(byte[] key, byte[] message, byte[] signature, bool isReencoded)
    {
        var (a, r) = (DecodeAny(key), DecodeAny(signature.AsSpan(0, 32)));
        var k = isReencoded
            ? Ed25519Hash.ToScalar(Ed25519Model.Encode(Ed25519Model.FromPoint(r)), Ed25519Model.Encode(Ed25519Model.FromPoint(a)), message)
            : Ed25519Hash.ToScalar(signature.AsSpan(0, 32), key, message);
        // −k modulo L would be the wrong multiple of a point with torsion: the product is subtracted instead.
        EdwardsPoint.Load(out var product, k * a.Store());
        EdwardsPoint.Load(out var residue, Point<Ed25519>.MultiplyBase(Scalar<Ed25519>.Reduce(signature.AsSpan(32))));
        EdwardsPoint.Subtract(ref residue, new CachedPoint(product));
        EdwardsPoint.Subtract(ref residue, new CachedPoint(r));
        return residue;
    }

    static bool IsSmall(EdwardsPoint point)
    {
        EdwardsPoint.Double(ref point, 3);
        return EdwardsPoint.AreEqual(point, EdwardsPoint.Identity);
    }

    static Kind KindOf(ReadOnlySpan<byte> encoded)
    {
        if (!Ed25519Encoding.TryDecodeVarTime(encoded, out var point))
            return Kind.NonCanonical;
        return IsSmall(point) ? Kind.Small : Ed25519Subgroup.ContainsVarTime(point) ? Kind.Prime : Kind.Mixed;
    }

    /// <summary>Decodes as the lenient do: "minus zero" is zero.</summary>
    static EdwardsPoint DecodeAny(ReadOnlySpan<byte> encoded)
    {
        if (Ed25519Encoding.TryDecodeVarTime(encoded, out var point))
            return point;
        var positive = encoded.ToArray();
        positive[31] &= 0x7f;
        return Ed25519Model.Decode(Convert.ToHexString(positive));
    }
}
