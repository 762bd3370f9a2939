using FsCheck;
using FsCheck.Fluent;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Testing;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using Quorate.Threshold.Tests.Sessions;

namespace Quorate.Threshold.Tests.Sharing;

/// <summary>A share fits its package, or it does not exist. Alone, because some count living secrets.</summary>
[Collection(SecretCounting.Name)]
public sealed class KeyShareTests
{
    static SortedDictionary<PartyId, KeyShare<Ed25519>> Key(ulong seed = 1) => Dealt<Ed25519>.Key(KeyScheme.FrostEd25519, seed, 2, PartySet.Range(3));

    [Fact]
    public void Another_partys_share_no_partys_share_and_a_wrong_share_are_refused_and_wiped()
    {
        var key = Key();
        var package = key[new(1)].Package;
        var live = new LiveSecrets();
        Secret<Scalar<Ed25519>> Copy(int party) => key[new(party)].SigningShare.Copy();
        Assert.Throws<ArgumentException>(() => new KeyShare<Ed25519>(new(1), Copy(2), package));
        Assert.Throws<ArgumentException>(() => new KeyShare<Ed25519>(new(4), Copy(1), package));
        Assert.Throws<ArgumentException>(() => new KeyShare<Ed25519>(default, Copy(1), package));
        Assert.Throws<ArgumentException>(() => new KeyShare<Ed25519>(new(1), new(Scalar<Ed25519>.Zero), package));
        Assert.Throws<ArgumentNullException>(() => new KeyShare<Ed25519>(new(1), Copy(1), null!));
        Assert.Throws<ArgumentNullException>(() => new KeyShare<Ed25519>(new(1), null!, package));
        Assert.Equal(0, live.More);
        using var fits = new KeyShare<Ed25519>(new(1), Copy(1), package);
        Assert.Equal(1, live.More);
    }

    [Fact]
    public void A_disposed_share_is_gone()
    {
        var share = Key()[new(1)];
        share.Dispose();
        Assert.Throws<ObjectDisposedException>(() => share.SigningShare.Expose());
        using var writer = new WireWriter();
        Assert.Throws<ObjectDisposedException>(() => share.Write(writer));
    }

    [Fact]
    public void Adding_a_tweak_is_homomorphic() => Prop.ForAll(
        EdgeValues.Scalar<Ed25519>().ToArbitrary(), EdgeValues.Scalar<Ed25519>().ToArbitrary(), Gen.Choose(0, 1000).ToArbitrary(), (a, b, seed) =>
        {
            var key = Key((ulong)seed);
            using var once = key[new(2)].Add(a + b, new byte[32]);
            using var half = key[new(2)].Add(a, new byte[32]);
            using var twice = half.Add(b, new byte[32]);
            // The constructor checks the share against the package.
            using var checkedShare = new KeyShare<Ed25519>(twice.Me, twice.SigningShare.Copy(), twice.Package);
            using var secret = new Secret<Scalar<Ed25519>>(Reconstruct(key) + a + b);
            return once.SigningShare.Expose() == twice.SigningShare.Expose() && once.Package.Equals(twice.Package)
                && secret.MultiplyBase() == once.Package.GroupKey;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_refused_tweak_leaves_no_secret()
    {
        var key = Key();
        var tweak = -Reconstruct(key);
        var live = new LiveSecrets();
        Assert.Throws<ArgumentException>(() => key[new(1)].Add(tweak, new byte[32]));
        Assert.Throws<ArgumentException>(() => key[new(1)].Add(-key[new(1)].SigningShare.Expose(), new byte[32]));
        Assert.Throws<ArgumentException>(() => key[new(1)].Add(Scalar<Ed25519>.One, new byte[31]));
        Assert.Equal(0, live.More);
    }

    [Fact]
    public void Encodings_come_back_and_every_changed_bit_and_truncation_is_refused_without_a_leak()
    {
        var share = Key()[new(3)];
        using var writer = new WireWriter();
        share.Write(writer);
        var bytes = writer.Written.ToArray();
        Assert.Equal(1 + 2 + (15 + 2 * 3 + 32 + 32 + 2 + 32 * 3) + 32, bytes.Length);

        var live = new LiveSecrets();
        var reader = new WireReader(bytes);
        using (var read = KeyShare<Ed25519>.Read(ref reader))
        {
            reader.End();
            Assert.Equal(share.Me, read.Me);
            Assert.Equal(share.Package, read.Package);
            Assert.True(share.SigningShare.Expose() == read.SigningShare.Expose());
        }
        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<WireException>(() => Read(bytes.AsSpan(0, length)));
        var accepted = 0;
        for (var bit = 0; bit < 8 * bytes.Length; bit++)
        {
            var changed = bytes.ToArray();
            changed[bit / 8] ^= (byte)(1 << bit % 8);
            try
            {
                Read(changed);
                accepted++;
            }
            catch (WireException)
            {
            }
        }
        // What no check can catch: 32 bits of epoch, 256 of chain code, and one that makes the scheme another existing one.
        Assert.Equal(289, accepted);
        Assert.Equal(0, live.More);
    }

    [Fact]
    public void Unknown_versions_are_named()
    {
        using var writer = new WireWriter();
        Key()[new(1)].Write(writer);
        var bytes = writer.Written.ToArray();
        bytes[0] = 2;
        Assert.Contains("key share version 2", Assert.Throws<WireException>(() => Read(bytes)).Message);
        bytes[0] = 1;
        bytes[3] = 7;
        Assert.Contains("key package version 7", Assert.Throws<WireException>(() => Read(bytes)).Message);
    }

    static void Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader(bytes);
        KeyShare<Ed25519>.Read(ref reader).Dispose();
    }

    static Scalar<Ed25519> Reconstruct(SortedDictionary<PartyId, KeyShare<Ed25519>> key)
    {
        var quorum = new PartySet(key.Keys);
        var lambda = Lagrange<Ed25519>.Coefficients(quorum);
        return quorum.Select((p, i) => lambda[i] * key[p].SigningShare.Expose()).Aggregate(Scalar<Ed25519>.Zero, (sum, term) => sum + term);
    }
}
