using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.ChillDkg;
using Quorate.Threshold.Frost.Bip340;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Tests.Sessions;

namespace Quorate.Threshold.Tests.ChillDkg;

/// <summary>No secret of ChillDKG or BIP 340 signing survives its session, however far it came.</summary>
[Collection(SecretCounting.Name)]
public sealed class WipedSecretsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_key_generation_that_stops_anywhere_leaves_no_secret(byte lost)
    {
        using var setup = new ChillDkgRuns(91, 2, 3);
        var live = new LiveSecrets();
        var most = 0L;
        using (var run = setup.Keygen())
        {
            run.With(message =>
            {
                most = Math.Max(most, live.More);
                return [message.Bytes];
            });
            run.Drop(lost, lost is 1 or 3 ? new(2) : setup.Coordinator).Run();
        }
        // A participant that waits for the second message holds none: everything follows from its host key.
        Assert.Equal(lost > 2, most > 0);
        Assert.Equal(0, live.More);
    }

    [Fact]
    public void A_complaint_and_its_investigation_leave_no_secret()
    {
        using var setup = new ChillDkgRuns(92, 2, 3);
        var live = new LiveSecrets();
        using (setup.Keygen().Tamper<Contribution>(1, new(3), null, Spoil).Run())
            Assert.Equal(0, live.More);

        static Contribution Spoil(Contribution message)
        {
            ParticipantMessage1.TryDecode(message.Message, 2, 3, out var c);
            return new((c! with { EncryptedShares = [c.EncryptedShares[0] + Scalar<Secp256k1>.One, .. c.EncryptedShares[1..]] }).Encode());
        }
    }

    [Fact]
    public void A_finished_key_generation_leaves_what_it_put_out()
    {
        using var setup = new ChillDkgRuns(93, 2, 3);
        var live = new LiveSecrets();
        var outputs = setup.Key();
        Assert.Equal(3, live.More);
        using (var recovered = outputs[0].Recovery.Recover(setup.HostKeys[0]))
            Assert.Equal(4, live.More);
        foreach (var output in outputs)
            output.Dispose();
        Assert.Equal(0, live.More);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_signature_leaves_no_nonce(byte lost)
    {
        var shares = Bip340Runs.Deal(94, 2, 3);
        var key = TweakContext.Init(shares[new(1)].Package.GroupKey);
        var live = new LiveSecrets();
        using (var run = Bip340Runs.Sign(94, shares, PartySet.Range(2), key, new byte[32]).Drop(lost, new(2)))
        {
            Assert.Equal(4, live.More);
            run.Run();
        }
        Assert.Equal(0, live.More);
        GC.KeepAlive(shares);
    }
}
