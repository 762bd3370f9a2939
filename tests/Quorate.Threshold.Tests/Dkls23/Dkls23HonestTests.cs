using System.Security.Cryptography;
using Quorate.Cryptography.Derivation;
using Quorate.Testing;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Tests.Dkls23;

public sealed class Dkls23HonestTests
{
    static readonly byte[] Digest = SHA256.HashData("a message"u8);

    public static TheoryData<int, int> UpToFive()
    {
        var data = new TheoryData<int, int>();
        for (var n = 2; n <= 5; n++)
            for (var t = 2; t <= n; t++)
                data.Add(t, n);
        return data;
    }

    [Theory, MemberData(nameof(UpToFive))]
    public void Any_t_of_n_generates_a_key_and_signs(int t, int n)
    {
        var shares = Dkls23Runs.Key((ulong)(100 * n + t), t, PartySet.Range(n));
        var package = shares.Values.First().Package;
        Assert.All(shares.Values, s => Assert.Equal(package, s.Package));
        SignAndVerify(shares, new(PartyId.Range(n).TakeLast(t)), Digest);
        foreach (var share in shares.Values)
            share.Dispose();
    }

    [Theory, InlineData(10, 20), Trait("Category", "Slow")]
    public void A_large_committee_generates_a_key_and_signs(int t, int n) =>
        SignAndVerify(Dkls23Runs.Key(1, t, PartySet.Range(n)), new(PartyId.Range(n).TakeLast(t)), Digest);

    [Fact]
    public void Edge_digests_are_signed()
    {
        const string Order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
        var shares = Dkls23Runs.Key(2, 2, PartySet.Range(3));
        foreach (var digest in new[] { new string('0', 64), Order[..^1] + "0", Order, new string('f', 64), new string('0', 63) + "1" })
            SignAndVerify(shares, new([new(1), new(3)]), Convert.FromHexString(digest));
    }

    [Fact]
    public void Every_quorum_signs_and_a_child_key_signs_with_the_same_set_up()
    {
        var shares = Dkls23Runs.Key(3, 2, PartySet.Range(3));
        foreach (var quorum in new PartySet[] { new([new(1), new(2)]), new([new(1), new(3)]), new([new(2), new(3)]) })
            SignAndVerify(shares, quorum, Digest);

        var path = Bip32Path.Parse("m/44/0/7");
        var children = shares.ToDictionary(s => s.Key, s => s.Value.Derive(path));
        var package = shares[new(1)].Package;
        Assert.Equal(Bip32.DerivePublic(package.GroupKey, package.ChainCode, path).Key, children[new(1)].Package.GroupKey);
        SignAndVerify(children, new([new(1), new(3)]), Digest);
    }

    [Fact]
    public void A_stored_share_signs_and_a_damaged_one_is_refused()
    {
        var shares = Dkls23Runs.Key(4, 2, PartySet.Range(2));
        using var writer = new WireWriter();
        shares[new(1)].Write(writer);
        var reader = new WireReader(writer.Written);
        shares[new(1)] = Dkls23KeyShare.Read(ref reader);
        reader.End();
        SignAndVerify(shares, PartySet.Range(2), Digest);

        var bytes = writer.Written.ToArray();
        bytes[0] = 2;
        Assert.Throws<WireException>(() => { var bad = new WireReader(bytes); Dkls23KeyShare.Read(ref bad); });
        Assert.Throws<WireException>(() => { var bad = new WireReader(bytes.AsSpan(0, bytes.Length - 1)); Dkls23KeyShare.Read(ref bad); });
    }

    [Fact]
    public void The_callers_mistakes_are_exceptions()
    {
        var shares = Dkls23Runs.Key(5, 2, PartySet.Range(3));
        using var random = new SeededRandom(1);
        var (id, share, bans) = (FrostRuns.Id(1), shares[new(1)], new BanList());
        Assert.Throws<ArgumentException>(() => new Dkls23Sign(id, share, PartySet.Range(3), Digest, bans, random));
        Assert.Throws<ArgumentException>(() => new Dkls23Sign(id, share, PartySet.Range(1), Digest, bans, random));
        Assert.Throws<ArgumentException>(() => new Dkls23Sign(id, share, new([new(2), new(3)]), Digest, bans, random));
        Assert.Throws<ArgumentException>(() => new Dkls23Sign(id, share, new([new(1), new(4)]), Digest, bans, random));
        Assert.Throws<ArgumentException>(() => new Dkls23Sign(id, share, PartySet.Range(2), Digest.AsSpan(1), bans, random));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Dkls23Keygen(id, new(1), PartySet.Range(2), 1, random));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Dkls23Keygen(id, new(1), PartySet.Range(2), 3, random));
    }

    [Fact]
    public void A_signature_costs_at_most_60_kB_for_every_peer()
    {
        var shares = Dkls23Runs.Key(6, 2, PartySet.Range(2));
        using var run = Dkls23Runs.Sign(1, shares, PartySet.Range(2), Digest).Run();
        // Commitment 32, transfers 11,360, product 43,300, share 64; four headers of 37, two confirmed digests of 32.
        Assert.Equal(32 + 11_360 + 43_300 + 64 + 4 * 37 + 2 * 32, run.BytesSent(new(1)));
    }

    [Theory, InlineData(2, 2), InlineData(2, 3), InlineData(3, 5)]
    public void Key_generation_costs_what_the_spec_says(int t, int n)
    {
        using var run = Dkls23Runs.Keygen(7, t, PartySet.Range(n)).Run();
        // Per peer: commitment, opening, contribution, confirmation; two echoes of n digests; six headers.
        Assert.Equal((n - 1) * (32 + (2 + 33 * t + 64) + (65 + 32 + 32 + 257 * 33) + 65 + 2 * 32 * n + 6 * 37), run.BytesSent(new(1)));
    }

    static void SignAndVerify(IReadOnlyDictionary<PartyId, Dkls23KeyShare> shares, PartySet quorum, byte[] digest)
    {
        using var run = Dkls23Runs.Sign(8, shares, quorum, digest).Run();
        var signatures = run.Outputs<Dkls23Signature>();
        var key = shares[quorum[0]].Package.GroupKey;
        Assert.All(signatures, s => Assert.Equal(signatures[0], s));
        Assert.True(signatures[0].Value.Signature.IsLowS);
        Assert.True(signatures[0].Value.Signature.Verify(key, digest));
        Assert.True(signatures[0].Value.TryRecover(digest, out var recovered));
        Assert.Equal(key, recovered);
    }
}
