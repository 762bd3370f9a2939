using System.Security.Cryptography;
using Quorate.Testing;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Sessions;
using static Quorate.Threshold.Tests.Frost.Verdicts;

namespace Quorate.Threshold.Tests.Dkls23;

/// <summary>
/// A party that does anything at all before and with a presignature: no honest party is ever proven guilty or banned, and
/// what comes out is one valid signature or none.
/// </summary>
public sealed class PresignHostilePartyTests
{
    static readonly PartyId hostile = P(2);
    static readonly PartySet quorum = PartySet.Range(3);
    static readonly byte[] digest = SHA256.HashData("a message"u8);
    static readonly SortedDictionary<PartyId, Dkls23KeyShare> shares = Dkls23Runs.Key(44, 3, quorum);

    [Fact]
    public void Nobody_suffers_for_another_in_presigning()
    {
        var (finished, banned) = (0, 0);
        for (var seed = 0UL; seed < 40; seed++)
        {
            var bans = quorum.ToDictionary(p => p, _ => new BanList());
            using var run = Dkls23Runs.Presign(seed, shares, quorum, bans).Duplicate().Misbehave(hostile, seed);
            var presignatures = run.Judge<Dkls23Presignature>(hostile, seed).ToArray();
            foreach (var p in quorum.Except(hostile))
                Assert.All(bans[p].Peers, b => Assert.Equal(hostile, b));
            banned += quorum.Except(hostile).Sum(p => bans[p].Peers.Count());
            finished += presignatures.Length;
            Assert.True(presignatures.Select(s => Convert.ToHexString(s.Id)).Distinct().Count() < 2, $"seed {seed}: different presignatures");
            Assert.True(presignatures.Select(s => s.R).Distinct().Count() < 2, $"seed {seed}: different nonces");
            foreach (var presignature in presignatures)
                presignature.Dispose();
        }
        // Some of it must matter, and not all of it.
        Assert.InRange(finished, 4, 76);
        Assert.InRange(banned, 1, 80);
    }

    [Fact]
    public void Nobody_suffers_for_another_in_the_online_round()
    {
        var finished = 0;
        for (var seed = 0UL; seed < 40; seed++)
        {
            using var run = Dkls23Runs.Online(seed, shares, Dkls23Runs.Presignatures(45, shares, quorum), digest).Duplicate().Misbehave(hostile, seed);
            var signatures = run.Judge<Dkls23Signature>(hostile, seed).ToArray();
            Assert.True(signatures.Distinct().Count() < 2, $"seed {seed}: different signatures");
            Assert.All(signatures, s => Assert.True(s.Value.Signature.Verify(shares[P(1)].Package.GroupKey, digest)));
            finished += signatures.Length;
        }
        Assert.InRange(finished, 4, 76);
    }
}
