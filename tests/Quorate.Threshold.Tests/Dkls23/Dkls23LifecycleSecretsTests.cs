using Quorate.Testing;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Tests.Sessions;
using static Quorate.Threshold.Tests.Lifecycle.Parties;

namespace Quorate.Threshold.Tests.Dkls23;

/// <summary>No secret of a set-up outlives its session or its generation, however that ends.</summary>
[Collection(SecretCounting.Name)]
public sealed class Dkls23LifecycleSecretsTests
{
    // A share is one secret, a set-up with one peer two: the transfers and the seed.
    const int Share = 1, Pair = 2;

    [Theory]
    [InlineData("abandoned before anything arrived")]
    [InlineData("abandoned halfway")]
    [InlineData("one message lost")]
    [InlineData("cheated")]
    [InlineData("output never taken")]
    [InlineData("output taken")]
    public void However_a_set_up_ends_nothing_is_left(string how)
    {
        var pending = Dkls23RenewalTests.Pending(80, 3);
        var live = new LiveSecrets();
        using (var run = Dkls23LifecycleRuns.Setup(81, pending))
        {
            switch (how)
            {
                case "abandoned halfway":
                    for (var i = 0; i < 18; i++)
                        run.Deliver();
                    break;
                case "one message lost":
                    run.Drop(2, P(1), P(3)).Run();
                    break;
                case "cheated":
                    run.Tamper<PairwiseTrial>(3, P(1), P(2), m => m with { ZeroSeed = new byte[32] }).Run();
                    break;
                case "output never taken":
                    run.Run();
                    break;
                case "output taken":
                    using (run.Run().Output<PairwiseSetups>(P(2)))
                        Assert.Equal(3 * 2 * Pair, live.More);
                    break;
            }
        }
        Assert.Equal(0, live.More);
        Assert.All(pending, p => p.Dispose());
    }

    [Fact]
    public void A_certificate_retires_old_shares_and_set_ups_and_the_end_the_rest()
    {
        var live = new LiveSecrets();
        using (var c = new Dkls23Committee(82, 2, Set(1, 2, 3)))
        {
            const int Generation = 3 * (Share + 2 * Pair);
            Assert.Equal(Generation, live.More);
            c.Prepare(c.Plan(Set(1, 2)));
            Assert.Equal(2 * Generation, live.More);
            // Blocked, and another attempt beside it.
            c.Prepare(c.Plan(Set(1, 2)));
            Assert.Equal(3 * Generation, live.More);
            c.ShowAll(c.Certify(2)[P(1)]);
            Assert.Equal(Generation, live.More);
            c.RestartAll();
            Assert.Equal(Generation, live.More);
        }
        Assert.Equal(0, live.More);
    }

    [Fact]
    public void Refused_bytes_leave_nothing()
    {
        var shares = Dkls23Runs.Key(83, 2, PartySet.Range(2));
        using var writer = new WireWriter();
        using (var holding = new Dkls23KeyHolding(shares[P(1)]))
            holding.Write(writer);
        shares[P(2)].Dispose();
        var live = new LiveSecrets();
        for (var length = 0; length < writer.Length; length += 1 + length / 16)
            Assert.Throws<WireException>(() =>
            {
                var reader = new WireReader(writer.Written[..length]);
                Dkls23KeyHolding.Read(ref reader);
            });
        Assert.Equal(0, live.More);
    }

    [Fact]
    public void A_child_has_secrets_of_its_own()
    {
        var shares = Dkls23Runs.Key(84, 2, PartySet.Range(2));
        var live = new LiveSecrets();
        using (shares[P(1)].Derive(Cryptography.Derivation.Bip32Path.Parse("m/0")))
            Assert.Equal(Share + Pair, live.More);
        Assert.Throws<ArgumentException>(() => shares[P(1)].Derive(Cryptography.Derivation.Bip32Path.Parse("m/0'")));
        Assert.Equal(0, live.More);
        foreach (var share in shares.Values)
            share.Dispose();
    }
}
