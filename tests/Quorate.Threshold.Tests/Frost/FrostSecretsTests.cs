using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using Quorate.Threshold.Tests.Sessions;
using static Quorate.Threshold.Tests.Frost.Verdicts;

namespace Quorate.Threshold.Tests.Frost;

/// <summary>However key generation and signing end, no secret stays behind.</summary>
[Collection(SecretCounting.Name)]
public sealed class FrostSecretsTests
{
    static readonly FrostSuite<Ed25519> suite = FrostSuite.Ed25519;

    [Fact]
    public void Key_generation_abandoned_after_any_message_leaves_nothing() =>
        LiveSecrets.AbandonEverywhere(() => FrostRuns.Keygen(suite, 1, 2, PartySet.Range(3)), atLeast: 18);

    [Fact]
    public void Signing_abandoned_after_any_message_leaves_nothing()
    {
        var shares = FrostRuns.Key(suite, 1, 2, PartySet.Range(3));
        LiveSecrets.AbandonEverywhere(() => FrostRuns.Sign(suite, 1, shares, PartySet.Range(3), [1]), atLeast: 12);
    }

    [Fact]
    public void Whoever_finished_holds_its_share_and_nothing_else()
    {
        var live = new LiveSecrets();
        using var run = FrostRuns.Keygen(suite, 1, 2, PartySet.Range(3)).Run();
        Assert.Equal(3, live.More);
        var shares = run.Outputs<KeyShare<Ed25519>>();
        foreach (var share in shares)
            share.Dispose();
        Assert.Equal(0, live.More);
    }

    [Fact]
    public void Aborts_leave_nothing_in_any_party()
    {
        var shares = FrostRuns.Key(suite, 1, 2, PartySet.Range(3));
        var live = new LiveSecrets();
        foreach (var cheat in (Func<Simulation, Simulation>[])
        [
            s => s.Tamper<FrostKeygen<Ed25519>.Commitment>(1, P(2), null, m => m with { Sigma = m.Sigma with { Mu = Scalar<Ed25519>.One } }),
            s => s.Tamper<FrostKeygen<Ed25519>.Share>(2, P(2), null, m => new(new Cryptography.Secrets.Secret<Scalar<Ed25519>>(m.Value.Expose() + Scalar<Ed25519>.One))),
            s => s.TamperBytes(2, P(2), null, bytes => [.. bytes, 0]),
            s => s.TamperBytes(2, P(2), null, bytes => bytes[..^1]),
            s => s.Drop(2, P(2)),
            s => s.Drop(3, P(2)),
        ])
        {
            using (var run = cheat(FrostRuns.Keygen(suite, 1, 2, PartySet.Range(3))))
            {
                run.Run();
                Assert.NotNull(run.AbortOf(P(1)));
            }
            Assert.Equal(0, live.More);
        }
        using (var run = FrostRuns.Sign(suite, 1, shares, PartySet.Range(3), [1]).Drop(2, P(1)).Run())
            Assert.NotNull(run.AbortOf(P(2)));
        Assert.Equal(0, live.More);
    }

    [Fact]
    public void Arguments_that_are_refused_leave_nothing()
    {
        var shares = FrostRuns.Key(suite, 1, 2, PartySet.Range(3));
        using var random = new SeededRandom(1);
        var live = new LiveSecrets();
        var id = FrostRuns.Id(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => new FrostKeygen<Ed25519>(suite, id, P(1), PartySet.Range(3), 0, random));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FrostKeygen<Ed25519>(suite, id, P(1), PartySet.Range(3), 4, random));
        Assert.Throws<ArgumentException>(() => new FrostKeygen<Ed25519>(suite, id, P(4), PartySet.Range(3), 2, random));
        Assert.Throws<ArgumentNullException>(() => new FrostKeygen<Ed25519>(suite, id, P(1), PartySet.Range(3), 2, null!));
        Assert.Throws<ArgumentNullException>(() => new FrostKeygen<Ed25519>(suite, null!, P(1), PartySet.Range(3), 2, random));
        Assert.Throws<ArgumentException>(() => new FrostSign<Ed25519>(suite, id, shares[P(1)], new([P(1)]), [], random));
        Assert.Throws<ArgumentException>(() => new FrostSign<Ed25519>(suite, id, shares[P(1)], new([P(2), P(3)]), [], random));
        Assert.Throws<ArgumentException>(() => new FrostSign<Ed25519>(suite, id, shares[P(1)], new([P(1), P(4)]), [], random));
        Assert.Throws<ArgumentNullException>(() => new FrostSign<Ed25519>(suite, id, shares[P(1)], PartySet.Range(2), [], null!));
        Assert.Equal(0, live.More);
    }
}
