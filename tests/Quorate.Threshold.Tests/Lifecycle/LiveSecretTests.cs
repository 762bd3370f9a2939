using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Derivation;
using Quorate.Testing;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using Quorate.Threshold.Tests.Sessions;
using static Quorate.Threshold.Tests.Lifecycle.Parties;

namespace Quorate.Threshold.Tests.Lifecycle;

/// <summary>No secret outlives its session, however that ends.</summary>
[Collection(SecretCounting.Name)]
public sealed class LiveSecretTests : IDisposable
{
    readonly SortedDictionary<PartyId, KeyShare<Secp256k1>> key = FrostRuns.Key(FrostSuite.Secp256k1, 110, 2, Set(1, 2, 3));

    ResharePlan<Secp256k1> Plan => ResharePlan<Secp256k1>.Reshare(key[P(1)].Package, Set(1, 2), Set(2, 3, 4), 2, 1);

    [Fact]
    public void A_resharing_leaves_the_pending_shares_and_those_leave_nothing()
    {
        var live = new LiveSecrets();
        using (var run = LifecycleRuns.Reshare(111, Plan, key).Run())
        {
            Assert.Equal(3, live.More);
            var pending = run.Outputs<PendingSharing<Secp256k1>>();
            using var phase2 = LifecycleRuns.Acknowledge(112, pending).Run();
            using (pending[1].Activate(phase2.Output<ReshareCertificate<Secp256k1>>(P(2))))
                Assert.Equal(4, live.More);
            Assert.All(pending, p => p.Dispose());
        }
        Assert.Equal(0, live.More);
    }

    [Theory]
    [InlineData("abandoned before anything arrived")]
    [InlineData("one message lost")]
    [InlineData("cheated")]
    [InlineData("output never taken")]
    public void However_a_resharing_ends_nothing_is_left(string how)
    {
        var live = new LiveSecrets();
        using (var run = LifecycleRuns.Reshare(113, Plan, key))
        {
            switch (how)
            {
                case "one message lost":
                    run.Drop(2, P(1), P(3)).Run();
                    break;
                case "cheated":
                    run.Tamper<DealtScalar<Secp256k1>>(2, P(1), P(2), m => new(new(m.Value.Expose() + Scalar<Secp256k1>.One))).Run();
                    break;
                case "output never taken":
                    run.Run();
                    break;
            }
        }
        Assert.Equal(0, live.More);
    }

    [Theory]
    [InlineData("abandoned before anything arrived")]
    [InlineData("one message lost")]
    [InlineData("cheated")]
    [InlineData("output never taken")]
    [InlineData("output taken")]
    public void However_a_repair_ends_nothing_is_left(string how)
    {
        var live = new LiveSecrets();
        using (var run = LifecycleRuns.Repair(114, key, Set(1, 3), P(2)))
        {
            switch (how)
            {
                case "one message lost":
                    run.Drop(2, P(1), P(3)).Run();
                    break;
                case "cheated":
                    run.Tamper<DealtScalar<Secp256k1>>(3, P(1), P(2), m => new(new(m.Value.Expose() + Scalar<Secp256k1>.One))).Run();
                    break;
                case "output never taken":
                    run.Run();
                    break;
                case "output taken":
                    using (run.Run().Output<RepairOutcome<Secp256k1>>(P(2)))
                        Assert.Equal(1, live.More);
                    break;
            }
        }
        Assert.Equal(0, live.More);
    }

    [Fact]
    public void A_holding_wipes_what_a_certificate_retires_and_the_rest_at_its_end()
    {
        var live = new LiveSecrets();
        using (var c = new Committee(115, 2, Set(1, 2, 3)))
        {
            Assert.Equal(3, live.More);
            c.Phase1(ResharePlan<Ed25519>.Refresh(c.Initial, Set(1, 2), 1));
            Assert.Equal(6, live.More);
            c.ShowAll(c.Phase2(1)[P(1)]);
            Assert.Equal(3, live.More);
            c.Restart(P(1));
            Assert.Equal(3, live.More);
        }
        Assert.Equal(0, live.More);
    }

    [Fact]
    public void Refused_bytes_and_arguments_leave_nothing()
    {
        using var pendingBytes = new WireWriter();
        using var holdingBytes = new WireWriter();
        using (var run = LifecycleRuns.Reshare(116, Plan, key).Run())
        using (var pending = run.Output<PendingSharing<Secp256k1>>(P(4)))
        {
            pending.Write(pendingBytes);
            using var holding = KeyHolding<Secp256k1>.Joining(P(4), key[P(1)].Package);
            holding.Add(pending);
            holding.Write(holdingBytes);
        }
        var live = new LiveSecrets();
        foreach (var length in Enumerable.Range(0, pendingBytes.Length))
            Assert.Throws<WireException>(() =>
            {
                var reader = new WireReader(pendingBytes.Written[..length]);
                PendingSharing<Secp256k1>.Read(ref reader);
            });
        foreach (var length in Enumerable.Range(0, holdingBytes.Length))
            Assert.Throws<WireException>(() =>
            {
                var reader = new WireReader(holdingBytes.Written[..length]);
                KeyHolding<Secp256k1>.Read(ref reader);
            });
        Assert.Throws<ArgumentException>(() => new Repair<Secp256k1>(FrostRuns.Id(1), key[P(1)], Set(1, 2), P(2), new SeededRandom(1)));
        Assert.Throws<ArgumentException>(() => key[P(1)].DeriveChild(Bip32Path.Parse("m/0'")));
        Assert.Equal(0, live.More);
    }

    public void Dispose()
    {
        foreach (var share in key.Values)
            share.Dispose();
    }
}
