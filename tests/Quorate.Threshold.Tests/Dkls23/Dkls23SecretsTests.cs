using System.Security.Cryptography;
using Quorate.Testing;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Tests.Sessions;
using static Quorate.Threshold.Tests.Frost.Verdicts;

namespace Quorate.Threshold.Tests.Dkls23;

/// <summary>However key generation, signing and presigning end, no secret stays behind.</summary>
[Collection(SecretCounting.Name)]
public sealed class Dkls23SecretsTests
{
    static readonly byte[] digest = SHA256.HashData([1]);
    static readonly PartySet two = PartySet.Range(2);

    [Fact]
    public void Key_generation_abandoned_after_any_message_leaves_nothing() =>
        LiveSecrets.AbandonEverywhere(() => Dkls23Runs.Keygen(1, 2, two), atLeast: 11);

    [Fact]
    public void Signing_abandoned_after_any_message_leaves_nothing()
    {
        var shares = Dkls23Runs.Key(1, 2, two);
        LiveSecrets.AbandonEverywhere(() => Dkls23Runs.Sign(1, shares, two, digest), atLeast: 7);
    }

    [Fact]
    public void Presigning_abandoned_after_any_message_leaves_nothing()
    {
        var shares = Dkls23Runs.Key(1, 2, two);
        LiveSecrets.AbandonEverywhere(() => Dkls23Runs.Presign(1, shares, two), atLeast: 5);
    }

    [Fact]
    public void A_presignature_is_three_secrets_until_it_is_used_or_wiped()
    {
        var shares = Dkls23Runs.Key(1, 2, two);
        var live = new LiveSecrets();
        var presignatures = Dkls23Runs.Presignatures(1, shares, two);
        Assert.Equal(6, live.More);
        using (var run = Dkls23Runs.Online(1, shares, presignatures, digest))
        {
            // Wiped with the message that they made, before any answer.
            Assert.Equal(0, live.More);
            Assert.Single(run.Run().Outputs<Dkls23Signature>().Distinct());
        }
        presignatures[P(1)].Dispose();
        Assert.Equal(0, live.More);

        foreach (var unused in Dkls23Runs.Presignatures(1, shares, two).Values)
        {
            unused.Dispose();
            unused.Dispose();
        }
        Assert.Equal(0, live.More);
    }

    [Fact]
    public void A_presignature_that_was_spent_elsewhere_is_wiped()
    {
        var shares = Dkls23Runs.Key(1, 2, two);
        var live = new LiveSecrets();
        var spent = new SpentPresignatures();
        foreach (var copy in (Dkls23Presignature[])[.. Dkls23Runs.Presignatures(1, shares, two).Values])
        {
            spent.TrySpend(copy.Id);
            Assert.Throws<InvalidOperationException>(() => copy.Take(spent));
        }
        Assert.Equal(0, live.More);
    }

    [Fact]
    public void A_presignature_whose_use_can_not_be_recorded_is_wiped_and_gone()
    {
        var shares = Dkls23Runs.Key(1, 2, two);
        var live = new LiveSecrets();
        foreach (var presignature in Dkls23Runs.Presignatures(1, shares, two).Values)
        {
            Assert.Throws<IOException>(() => presignature.Take(new FullDisk()));
            Assert.Throws<InvalidOperationException>(() => presignature.Take(new SpentPresignatures()));
        }
        Assert.Equal(0, live.More);
    }

    [Fact]
    public void Aborts_leave_nothing_in_any_party()
    {
        var shares = Dkls23Runs.Key(1, 2, two);
        var live = new LiveSecrets();
        foreach (byte round in (byte[])[1, 2, 3, 4])
        {
            using (var run = Dkls23Runs.Sign(1, shares, two, digest).TamperBytes(round, P(2), null, bytes => { bytes[^1] ^= 1; return bytes; }).Run())
                Assert.NotNull(run.AbortOf(P(1)));
            using (var run = Dkls23Runs.Sign(1, shares, two, digest).Drop(round, P(2)).Run())
                Assert.NotNull(run.AbortOf(P(1)));
            using (var run = Dkls23Runs.Keygen(1, 2, two).Drop(round, P(2)).Run())
                Assert.NotNull(run.AbortOf(P(1)));
        }
        Assert.Equal(0, live.More);
    }

    [Fact]
    public void An_output_that_nobody_takes_is_wiped_with_its_session()
    {
        var shares = Dkls23Runs.Key(1, 2, two);
        var live = new LiveSecrets();
        using (Dkls23Runs.Keygen(2, 2, two).Run())
            Assert.NotEqual(0, live.More);
        using (Dkls23Runs.Presign(1, shares, two).Run())
            Assert.Equal(6, live.More);
        Assert.Equal(0, live.More);
    }

    sealed class FullDisk : ISpentPresignatures
    {
        public bool TrySpend(ReadOnlySpan<byte> id) => throw new IOException("No space left.");
    }
}
