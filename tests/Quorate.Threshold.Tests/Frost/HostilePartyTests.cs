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
        using var run = Misbehave(FrostRuns.Keygen(suite, seed, 3, parties), seed);
        var shares = Judge<KeyShare<Ed25519>>(run, seed).ToArray();
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
        using var run = Misbehave(FrostRuns.Sign(suite, seed, key.Value, parties, [1]), seed);
        var signatures = Judge<SchnorrSignature<Ed25519>>(run, seed).ToArray();
        Assert.All(signatures, s => Assert.True(s.Verify(suite, key.Value[P(1)].Package.GroupKey, [1]), $"seed {seed}: invalid signature"));
        return signatures.Length;
    }

    /// <summary>The outputs of honest parties, once their verdicts have been looked at.</summary>
    static IEnumerable<TOutput> Judge<TOutput>(Simulation run, ulong seed) where TOutput : class
    {
        foreach (var p in parties.Except(P(Hostile)))
        {
            var session = (Session<TOutput>)run.Sessions[p];
            Assert.False(session.IsRunning);
            foreach (var accusation in session.Abort?.Accusations ?? [])
                Assert.True(
                    accusation.Culprit == P(Hostile) || accusation.Fault.Certainty == Certainty.Suspected,
                    $"seed {seed}: {p} holds {accusation} for proven");
            if (session.Abort is null)
                yield return session.TakeOutput();
        }
    }

    static Simulation Misbehave(Simulation run, ulong seed)
    {
        using var random = new SeededRandom(seed, "hostile");
        List<byte[]> said = [], heard = [];
        // Some are hostile in everything, most in one message out of four.
        var often = random.Below(4) == 0 ? 1 : 4;
        return run.With(m =>
        {
            if (m.From != P(Hostile))
            {
                heard.Add(m.Bytes);
                return [m.Bytes];
            }
            said.Add(m.Bytes);
            return random.Below(often) == 0 ? Change(random, m.Bytes, said, heard) : [m.Bytes];
        }).Run();
    }

    static IEnumerable<byte[]> Change(SeededRandom random, byte[] bytes, List<byte[]> said, List<byte[]> heard)
    {
        const int afterContext = 33;
        var changed = bytes.ToArray();
        switch (random.Below(9))
        {
            case 0:
                return [];
            case 1:
                changed[afterContext + random.Below(changed.Length - afterContext)] ^= (byte)(1 << random.Below(8));
                return [changed];
            case 2:
                changed[afterContext + random.Below(changed.Length - afterContext)] ^= (byte)(1 << random.Below(8));
                return [bytes, changed];
            case 3:
                return [changed[..(afterContext + random.Below(changed.Length - afterContext))]];
            case 4:
                return [[.. changed, (byte)random.Below(256)]];
            case 5:
                return [said[random.Below(said.Count)]];
            case 6 when heard.Count > 0:
                // Another's message as its own, in place or besides.
                return random.Below(2) == 0 ? [heard[random.Below(heard.Count)]] : [bytes, heard[random.Below(heard.Count)]];
            case 7:
                changed[afterContext] = (byte)random.Below(5);
                return [changed, bytes];
            default:
                changed.AsSpan(^Math.Min(32, changed.Length - afterContext)..).Fill((byte)random.Below(256));
                return [changed];
        }
    }
}
