using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using Quorate.Threshold.Tests.Sharing;
using static Quorate.Threshold.Tests.Frost.Verdicts;

namespace Quorate.Threshold.Tests.Frost;

/// <summary>
/// One party does anything at all to what it sends, under a seed. Whatever that is: no honest party is ever proven
/// guilty, none fails, those that finish have the same output, and it is valid.
/// </summary>
public sealed class HostilePartyTests
{
    const int Hostile = 2;
    static readonly PartySet parties = PartySet.Range(4);
    static readonly FrostSuite<Ed25519> suite = FrostSuite.Ed25519;
    static readonly Lazy<SortedDictionary<PartyId, KeyShare<Ed25519>>> key = new(() => Dealt<Ed25519>.Key(suite.Scheme, 1, 3, parties));

    [Fact]
    public void Nobody_suffers_for_another_in_key_generation()
    {
        var finished = Enumerable.Range(0, 60).Sum(seed => Keygen((ulong)seed));
        // Some of it must matter, and not all of it.
        Assert.InRange(finished, 10, 170);
    }

    [Fact]
    public void Nobody_suffers_for_another_in_signing()
    {
        var finished = Enumerable.Range(0, 150).Sum(seed => Sign((ulong)seed));
        Assert.InRange(finished, 25, 425);
    }

    [Fact, Trait("Category", "Slow")]
    public void Nobody_suffers_for_another_for_long()
    {
        for (ulong seed = 1_000; seed < 4_000; seed++)
        {
            Keygen(seed);
            Sign(seed);
        }
    }

    /// <summary>How many of the three honest parties got their share.</summary>
    static int Keygen(ulong seed)
    {
        using var run = FrostRuns.Keygen(suite, seed, 3, parties).Misbehave(P(Hostile), seed);
        var shares = run.Judge<KeyShare<Ed25519>>(P(Hostile), seed).ToArray();
        foreach (var share in shares)
        {
            Assert.True(shares[0].Package.Equals(share.Package), $"seed {seed}: different keys");
            using var whole = new KeyShare<Ed25519>(share.Me, share.SigningShare, share.Package);
        }
        return shares.Length;
    }

    /// <summary>How many of the three honest parties got the signature.</summary>
    static int Sign(ulong seed)
    {
        using var run = FrostRuns.Sign(suite, seed, key.Value, parties, [1]).Misbehave(P(Hostile), seed);
        var signatures = run.Judge<SchnorrSignature<Ed25519>>(P(Hostile), seed).ToArray();
        Assert.All(signatures, s => Assert.True(s.Verify(suite, key.Value[P(1)].Package.GroupKey, [1]), $"seed {seed}: invalid signature"));
        return signatures.Length;
    }
}
