using System.Security.Cryptography;
using Quorate.Testing;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Tests.Dkls23;

/// <summary>
/// A party that does anything at all, and a network that loses what it likes: no honest party is ever proven guilty or
/// banned, those that finish have the same output, and it is valid.
/// </summary>
public sealed class Dkls23HostilePartyTests
{
    static readonly PartyId Hostile = new(2);
    static readonly PartySet Parties = PartySet.Range(4), Quorum = PartySet.Range(3);
    static readonly byte[] Digest = SHA256.HashData("a message"u8);
    static readonly Lazy<SortedDictionary<PartyId, Dkls23KeyShare>> Key = new(() => Dkls23Runs.Key(40, 3, Parties));

    [Fact]
    public void Nobody_suffers_for_another_in_key_generation()
    {
        // Some of it must matter, and not all of it.
        Assert.InRange(Enumerable.Range(0, 24).Sum(seed => Keygen((ulong)seed, Hostile)), 3, 68);
    }

    [Fact]
    public void Nobody_suffers_for_another_in_signing_and_nobody_else_is_banned()
    {
        var banned = 0;
        var finished = Enumerable.Range(0, 80).Sum(seed => Sign((ulong)seed, Hostile, ref banned));
        Assert.InRange(finished, 8, 152);
        // Bans must happen too, or nothing was shown.
        Assert.InRange(banned, 3, 160);
    }

    [Fact]
    public void A_network_that_loses_messages_makes_nobody_guilty()
    {
        var banned = 0;
        var finished = Enumerable.Range(0, 30).Sum(seed => Sign((ulong)seed, hostile: null, ref banned)) + Keygen(1, hostile: null) + Keygen(2, hostile: null);
        Assert.InRange(finished, 5, 93);
        Assert.Equal(0, banned);
    }

    [Fact]
    public void A_network_that_only_reorders_and_repeats_prevents_nothing()
    {
        for (var seed = 0UL; seed < 20; seed++)
        {
            using var run = Dkls23Runs.Sign(seed, Key.Value, Quorum, Digest).Duplicate().Run();
            Assert.Single(run.Outputs<Dkls23Signature>().Distinct());
        }
        using var keygen = Dkls23Runs.Keygen(3, 2, PartySet.Range(3)).Duplicate().Run();
        Assert.Equal(3, keygen.Outputs<Dkls23KeyShare>().Length);
    }

    [Fact, Trait("Category", "Slow")]
    public void Nobody_suffers_for_another_for_long()
    {
        var banned = 0;
        for (var seed = 1_000UL; seed < 2_500; seed++)
        {
            Sign(seed, Hostile, ref banned);
            Sign(seed, hostile: null, ref banned);
            if (seed % 5 == 0)
                Keygen(seed, seed % 10 == 0 ? null : Hostile);
        }
    }

    /// <summary>How many of the honest parties got their share.</summary>
    static int Keygen(ulong seed, PartyId? hostile)
    {
        using var run = Disturb(Dkls23Runs.Keygen(seed, 3, Parties), hostile, seed, oneIn: 16);
        var shares = run.Judge<Dkls23KeyShare>(hostile, seed).ToArray();
        Assert.Single(shares.Select(s => Convert.ToHexString(s.SetupId)).DefaultIfEmpty().Distinct());
        foreach (var share in shares)
        {
            Assert.True(shares[0].Package.Equals(share.Package), $"seed {seed}: different keys");
            share.Dispose();
        }
        return shares.Length;
    }

    /// <summary>How many of the honest parties got the signature.</summary>
    static int Sign(ulong seed, PartyId? hostile, ref int banned)
    {
        var bans = Quorum.ToDictionary(p => p, _ => new BanList());
        using var run = Disturb(Dkls23Runs.Sign(seed, Key.Value, Quorum, Digest, bans), hostile, seed, oneIn: 4);
        var signatures = run.Judge<Dkls23Signature>(hostile, seed).ToArray();
        foreach (var p in Quorum.Where(p => p != hostile))
        {
            Assert.True(bans[p].Peers.All(b => b == hostile), $"seed {seed}: {p} bans {string.Join(", ", bans[p].Peers)}");
            Assert.Equal(run.AbortOf(p)?.Severity == Severity.Ban, bans[p].Peers.Any());
            banned += bans[p].Peers.Count();
        }
        Assert.Equal(signatures.Length == 0 ? 0 : 1, signatures.Distinct().Count());
        Assert.All(signatures, s => Assert.True(s.Value.Signature.Verify(Key.Value[new(1)].Package.GroupKey, Digest)));
        return signatures.Length;
    }

    static Simulation Disturb(Simulation run, PartyId? hostile, ulong seed, int oneIn) =>
        hostile is { } party ? run.Duplicate().Misbehave(party, seed, oneIn) : Lossy(run.Duplicate(), seed);

    static Simulation Lossy(Simulation run, ulong seed)
    {
        using var random = new SeededRandom(seed, "loss");
        return run.With(m => random.Below(20) == 0 ? [] : [m.Bytes]).Run();
    }
}
