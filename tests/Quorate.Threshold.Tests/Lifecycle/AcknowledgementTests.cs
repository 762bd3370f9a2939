using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using static Quorate.Threshold.Tests.Lifecycle.Parties;
using Acknowledgement = Quorate.Threshold.Lifecycle.ReshareAcknowledgement<Quorate.Cryptography.Curves.Ed25519>.Acknowledgement;

namespace Quorate.Threshold.Tests.Lifecycle;

/// <summary>Phase 2 and its certificate: (2, 3) moves from 1 to 3 to 2 to 4, dealers 1 and 2.</summary>
public sealed class AcknowledgementTests : IDisposable
{
    readonly PublicKeyPackage<Ed25519> old;
    readonly PendingSharing<Ed25519>[] pending;

    public AcknowledgementTests()
    {
        var shares = FrostRuns.Key(FrostSuite.Ed25519, 30, 2, Set(1, 2, 3));
        old = shares[P(1)].Package;
        using var phase1 = LifecycleRuns.Reshare(31, ResharePlan<Ed25519>.Reshare(old, Set(1, 2), Set(2, 3, 4), 2, 1), shares).Run();
        pending = phase1.Outputs<PendingSharing<Ed25519>>();
    }

    PublicKeyPackage<Ed25519> Package => pending[0].Package;

    Simulation Run() => LifecycleRuns.Acknowledge(32, pending);

    ReshareCertificate<Ed25519> Certificate()
    {
        using var run = Run().Run();
        return run.Output<ReshareCertificate<Ed25519>>(P(4));
    }

    [Fact]
    public void Everybody_gets_the_same_certificate_dealers_too()
    {
        using var run = Run().Run();
        var certificates = run.Outputs<ReshareCertificate<Ed25519>>().Select(Bytes).ToArray();
        Assert.Equal(4, certificates.Length);
        Assert.All(certificates, c => Assert.Equal(certificates[0], c));
    }

    [Fact]
    public void A_certificate_convinces_somebody_who_was_not_there()
    {
        var read = Read(Bytes(Certificate()));
        Assert.Equal(Package, read.Package);
        Assert.Equal(old.Digest(), read.Replaces);
    }

    [Fact]
    public void Phase_2_may_be_run_again_by_those_who_have_something_pending()
    {
        using var first = LifecycleRuns.Acknowledge(33, pending).Drop(1, P(2)).Run();
        Assert.All(pending.Where(p => p.Me != P(2)), p => Assert.NotNull(first.AbortOf(p.Me)));
        using var second = LifecycleRuns.Acknowledge(34, pending).Run();
        Assert.Equal(Package, second.Output<ReshareCertificate<Ed25519>>(P(3)).Package);
    }

    [Fact]
    public void Every_byte_of_a_certificate_counts()
    {
        var bytes = Bytes(Certificate());
        for (var i = 0; i < bytes.Length; i++)
        {
            var changed = bytes.ToArray();
            changed[i] ^= 1;
            Assert.Throws<WireException>(() => Read(changed));
        }
        Assert.Throws<WireException>(() => Read(bytes[..^1]));
    }

    [Fact]
    public void Acknowledgements_do_not_change_places()
    {
        var bytes = Bytes(Certificate());
        var size = Acknowledgement.MaxSize;
        var swapped = bytes.ToArray();
        bytes.AsSpan(bytes.Length - size, size).CopyTo(swapped.AsSpan(bytes.Length - 2 * size));
        bytes.AsSpan(bytes.Length - 2 * size, size).CopyTo(swapped.AsSpan(bytes.Length - size));
        Assert.Throws<WireException>(() => Read(swapped));
    }

    [Theory, InlineData(2), InlineData(3), InlineData(4), Commits(Fault.InvalidProof)]
    public void A_wrong_acknowledgement_names_its_receiver(int cheat)
    {
        using var run = Run().Cheat<Acknowledgement>(1, P(cheat), null, m => new(m.Proof with { Z = m.Proof.Z + Scalar<Ed25519>.One })).Run();
        Assert.All(pending.Where(p => p.Me != P(cheat)), p =>
            Assert.Equal([new(Fault.InvalidProof, P(cheat))], run.AbortOf(p.Me)!.Accusations));
    }

    [Fact]
    public void Nobody_acknowledges_with_another_ones_proof()
    {
        var certificate = Bytes(Certificate());
        var reader = new WireReader(certificate.AsSpan(certificate.Length - Acknowledgement.MaxSize));
        var proofOf4 = Acknowledgement.Read(ref reader);

        using var run = Run().Cheat<Acknowledgement>(1, P(3), null, _ => proofOf4).Run();

        Assert.All([P(1), P(2), P(4)], p => Assert.Equal([new(Fault.InvalidProof, P(3))], run.AbortOf(p)!.Accusations));
    }

    [Fact]
    public void An_acknowledgement_of_another_sharing_does_not_count()
    {
        // The same plan run again gives other shares; who acknowledges those is in another session.
        var shares = FrostRuns.Key(FrostSuite.Ed25519, 30, 2, Set(1, 2, 3));
        using var again = LifecycleRuns.Reshare(35, ResharePlan<Ed25519>.Reshare(old, Set(1, 2), Set(2, 3, 4), 2, 1), shares).Run();
        using var other = again.Output<PendingSharing<Ed25519>>(P(3));

        using var run = LifecycleRuns.Acknowledge(36, pending.Select(p => p.Me == P(3) ? other : p)).Run();

        Assert.All([P(1), P(2), P(4)], p => Assert.Equal([new(Fault.Timeout, P(3))], run.AbortOf(p)!.Accusations));
    }

    [Fact]
    public void A_dealer_without_a_share_that_speaks_is_named()
    {
        byte[]? frame = null;
        using var run = Run().With(m => [frame = m.Bytes]).Run();

        using var waiting = new ReshareAcknowledgement<Ed25519>(FrostRuns.Id(~32ul), pending[3], Set(1, 2, 3, 4), new SeededRandom(1)).Start();
        waiting.Receive(P(1), frame!);
        waiting.TimeOut();
        Assert.Contains(new(Fault.UnexpectedMessage, P(1)), waiting.Abort!.Accusations);
    }

    [Fact]
    public void A_session_without_all_receivers_is_refused() => Assert.Throws<ArgumentException>("parties", () =>
        new ReshareAcknowledgement<Ed25519>(FrostRuns.Id(1), pending[1], Set(1, 2, 3), new SeededRandom(1)));

    [Fact]
    public void A_share_is_activated_by_its_own_certificate_only()
    {
        var certificate = Certificate();
        using var share = pending[1].Activate(certificate);
        Assert.Equal((P(2), Package), (share.Me, share.Package));
        Assert.Throws<InvalidOperationException>(() => pending[0].Activate(certificate));

        var shares = FrostRuns.Key(FrostSuite.Ed25519, 30, 2, Set(1, 2, 3));
        using var again = LifecycleRuns.Reshare(35, ResharePlan<Ed25519>.Reshare(old, Set(1, 2), Set(2, 3, 4), 2, 1), shares).Run();
        using var other = again.Output<PendingSharing<Ed25519>>(P(2));
        Assert.Throws<ArgumentException>("certificate", () => other.Activate(certificate));
    }

    [Fact]
    public void A_pending_sharing_is_stored_and_read_back()
    {
        foreach (var sharing in pending)
        {
            using var writer = new WireWriter();
            sharing.Write(writer);
            var bytes = writer.Written.ToArray();
            var reader = new WireReader(bytes);
            using var read = PendingSharing<Ed25519>.Read(ref reader);
            reader.End();
            Assert.Equal((sharing.Me, sharing.Package, sharing.HasShare), (read.Me, read.Package, read.HasShare));
            Assert.Equal(sharing.Replaces, read.Replaces);
            if (sharing.HasShare)
                read.Activate(Certificate()).Dispose();
            for (var length = 0; length < bytes.Length; length++)
                Assert.Throws<WireException>(() =>
                {
                    var cut = new WireReader(bytes.AsSpan(0, length));
                    PendingSharing<Ed25519>.Read(ref cut).Dispose();
                });
        }
    }

    [Fact]
    public void A_pending_share_that_does_not_fit_its_package_is_refused()
    {
        using var writer = new WireWriter();
        pending[1].Write(writer);
        var bytes = writer.Written.ToArray();
        bytes[^32] ^= 1;
        Assert.Throws<WireException>(() =>
        {
            var reader = new WireReader(bytes);
            PendingSharing<Ed25519>.Read(ref reader).Dispose();
        });
    }

    public void Dispose()
    {
        foreach (var sharing in pending)
            sharing.Dispose();
    }

    static byte[] Bytes(ReshareCertificate<Ed25519> certificate)
    {
        using var writer = new WireWriter();
        certificate.Write(writer);
        return writer.Written.ToArray();
    }

    static ReshareCertificate<Ed25519> Read(byte[] bytes)
    {
        var reader = new WireReader(bytes);
        var certificate = ReshareCertificate<Ed25519>.Read(ref reader);
        reader.End();
        return certificate;
    }
}
