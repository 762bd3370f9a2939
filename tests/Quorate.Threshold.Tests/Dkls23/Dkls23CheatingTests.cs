using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Tests.Dkls23;

public sealed class Dkls23CheatingTests
{
    static readonly byte[] Digest = SHA256.HashData("a message"u8);
    static readonly PartySet Three = PartySet.Range(3);
    static readonly PartyId P1 = new(1), P2 = new(2), P3 = new(3);
    static readonly SortedDictionary<PartyId, Dkls23KeyShare> Shares = Dkls23Runs.Key(20, 3, Three);

    [Theory, Commits(Fault.InvalidOpening), Commits(Fault.InvalidCommitment), Commits(Fault.InvalidTransferKey)]
    [InlineData(nameof(KeygenCheat.OpensOtherBytes), Fault.InvalidOpening)]
    [InlineData(nameof(KeygenCheat.OpensAnotherPolynomial), Fault.InvalidOpening)]
    [InlineData(nameof(KeygenCheat.RaisesTheThreshold), Fault.InvalidCommitment)]
    [InlineData(nameof(KeygenCheat.LowersTheThreshold), Fault.InvalidCommitment)]
    [InlineData(nameof(KeygenCheat.CancelsATransferKey), Fault.InvalidTransferKey)]
    public void A_consistent_cheat_in_key_generation_names_its_sender(string name, Fault fault)
    {
        using var run = CheatingKeygen.Start(32, Enum.Parse<KeygenCheat>(name), P2, Three).Run();
        foreach (var p in new[] { P1, P3 })
        {
            Assert.Equal((fault, Severity.Exclude), (run.AbortOf(p)!.Fault, run.AbortOf(p)!.Severity));
            Assert.Equal([P2], run.AbortOf(p)!.Culprits);
        }
    }

    [Fact]
    public void Commitment_copy_of_another_party_can_not_be_opened()
    {
        byte[]? commitment = null, opening = null;
        using var run = Dkls23Runs.Keygen(21, 2, Three)
            .With(m =>
            {
                if (WireTap.RoundOf(m.Bytes) == (1, false) && m.From == P1)
                    commitment = m.Bytes;
                if (WireTap.RoundOf(m.Bytes) == (2, false) && m.From == P1)
                    opening = m.Bytes;
                return [WireTap.RoundOf(m.Bytes) is (1, false) && m.From == P2 ? commitment! : WireTap.RoundOf(m.Bytes) is (2, false) && m.From == P2 ? opening! : m.Bytes];
            }).Run();
        Assert.Contains(P2, run.AbortOf(P3)!.Culprits);
    }

    [Fact, Commits(Fault.InvalidProof)]
    public void A_wrong_proof_names_its_sender() => KeygenFails(
        Fault.InvalidProof, Severity.Exclude,
        run => run.Tamper<Dkls23Keygen.Contribution>(3, P2, P1, m => m with { Proof = new(m.Proof.R, m.Proof.Z + Scalar<Secp256k1>.One) }), P1);

    [Fact, Commits(Fault.InvalidShare)]
    public void A_wrong_share_names_its_sender() => KeygenFails(
        Fault.InvalidShare, Severity.Exclude,
        run => run.Tamper<Dkls23Keygen.Contribution>(3, P2, P1, m => m with { Share = new(m.Share.Expose() + Scalar<Secp256k1>.One) }), P1);

    [Fact]
    public void A_wrong_confirmation_names_its_sender() => KeygenFails(
        Fault.InvalidProof, Severity.Exclude,
        run => run.Tamper<Dkls23Keygen.Confirmation>(4, P2, null, m => new(new(m.Proof.R, m.Proof.Z + Scalar<Secp256k1>.One))));

    [Fact]
    public void Chain_code_equivocation_is_found_before_anything_depends_on_it()
    {
        using var run = Dkls23Runs.Keygen(22, 2, Three)
            .Tamper<Dkls23Keygen.Opening>(2, P2, P1, m => m with { Fresh = new byte[32] }).Run();
        Assert.Contains(run.AbortOf(P1)!.Accusations, a => a.Culprit == P2);
        Assert.All(Three.Except(P2), p => Assert.NotEqual(Severity.Ban, run.AbortOf(p)!.Severity));
    }

    [Fact, Commits(Fault.FailedTransferCheck)]
    public void A_changed_transfer_bans_its_sender_for_this_key()
    {
        var bans = SignFails(Fault.FailedTransferCheck, Severity.Ban, P1, run => run.TamperBytes(2, P2, P1, b => { b[500] ^= 1; return b; }));
        Assert.Equal([P2], bans[P1].Peers);
        using var random = new SeededRandom(1);
        Assert.Throws<InvalidOperationException>(() => new Dkls23Sign(FrostRuns.Id(9), Shares[P1], Three, Digest, bans[P1], random));
        using var other = new Dkls23Sign(FrostRuns.Id(9), Shares[P3], Three, Digest, bans[P3], random).Start();
        Assert.True(other.IsRunning);
    }

    [Fact, Commits(Fault.FailedMultiplicationCheck)]
    public void A_changed_multiplication_bans_its_sender() => Assert.Equal([P2], SignFails(
        Fault.FailedMultiplicationCheck, Severity.Ban, P1,
        run => run.Tamper<Dkls23Sign.Product>(3, P2, P1, m => m with { Multiplication = m.Multiplication with { Eta = m.Multiplication.Eta + Scalar<Secp256k1>.One } }))[P1].Peers);

    [Fact, Commits(Fault.FailedMultiplicationCheck)]
    public void A_point_that_does_not_fit_the_multiplication_bans_its_sender()
    {
        SignFails(Fault.FailedMultiplicationCheck, Severity.Ban, P1, run => run.Tamper<Dkls23Sign.Product>(3, P2, P1, m => m with { GammaU = m.GammaU + Point<Secp256k1>.G }));
        SignFails(Fault.FailedMultiplicationCheck, Severity.Ban, P1, run => run.Tamper<Dkls23Sign.Product>(3, P2, P1, m => m with { GammaV = m.GammaV + Point<Secp256k1>.G }));
        SignFails(Fault.FailedMultiplicationCheck, Severity.Ban, P1, run => run.Tamper<Dkls23Sign.Product>(3, P2, P1, m => m with { Pk = m.Pk + Point<Secp256k1>.G }));
    }

    [Fact, Commits(Fault.InvalidOpening)]
    public void A_nonce_other_than_the_committed_one_names_its_sender()
    {
        SignFails(Fault.InvalidOpening, Severity.Exclude, P1, run => run.Tamper<Dkls23Sign.Product>(3, P2, P1, m => m with { R = m.R + Point<Secp256k1>.G }));
        SignFails(Fault.InvalidOpening, Severity.Exclude, P1, run => run.Tamper<Dkls23Sign.Product>(3, P2, P1, m => m with { Salt = new byte[32] }));
    }

    [Fact, Commits(Fault.InconsistentKeyShares)]
    public void A_wrong_share_of_the_key_can_not_be_pinned_on_anybody()
    {
        // A party that signs with another key share is consistent with itself; only the sum is wrong.
        var wrong = new SortedDictionary<PartyId, Dkls23KeyShare>(Shares);
        using var own = Shares[P2].Derive(Quorate.Cryptography.Derivation.Bip32Path.Root);
        var tweaked = own.Share.Add(Scalar<Secp256k1>.One, own.Package.ChainCode);
        wrong[P2] = new(KeyShare<Secp256k1>.FromTrusted(P2, tweaked.SigningShare.Copy(), own.Package), own.KeyId, own.SetupId, [own.Setup(P1).Copy(), own.Setup(P3).Copy()]);
        using var run = Dkls23Runs.Sign(23, wrong, Three, Digest).Run();
        Assert.Equal((Fault.InconsistentKeyShares, Severity.Retry), (run.AbortOf(P1)!.Fault, run.AbortOf(P1)!.Severity));
        Assert.Equal([P2, P3], run.AbortOf(P1)!.Culprits);
    }

    [Fact, Commits(Fault.FailedSignature)]
    public void A_wrong_signature_share_gives_no_output_and_only_suspects()
    {
        foreach (var change in new Func<Dkls23Sign.SignatureShare, Dkls23Sign.SignatureShare>[] { m => m with { W = m.W + Scalar<Secp256k1>.One }, m => m with { U = m.U + Scalar<Secp256k1>.One } })
        {
            using var run = Dkls23Runs.Sign(24, Shares, Three, Digest).Tamper(4, P2, P1, change).Run();
            Assert.Equal((Fault.FailedSignature, Severity.Retry), (run.AbortOf(P1)!.Fault, run.AbortOf(P1)!.Severity));
            Assert.Equal([P2, P3], run.AbortOf(P1)!.Culprits);
        }
    }

    [Fact]
    public void Frame_up_by_split_session_ids_bans_nobody()
    {
        // P3 sends two different commitments, so P1 and P2 derive different session ids; unless agreement came first,
        // their honest multiplications would fail each other's check and ban.
        var bans = Three.ToDictionary(p => p, _ => new BanList());
        using var run = Dkls23Runs.Sign(25, Shares, Three, Digest, bans)
            .Tamper<Dkls23Sign.Commitment>(1, P3, P1, _ => new(new byte[32])).Run();
        foreach (var p in new[] { P1, P2 })
        {
            Assert.Empty(bans[p].Peers.Except([P3]));
            Assert.Contains(run.AbortOf(p)!.Accusations, a => a.Culprit == P3);
            Assert.NotEqual(Severity.Ban, run.AbortOf(p)!.Severity);
        }
    }

    [Fact]
    public void Messages_of_another_session_are_ignored()
    {
        var old = new List<Simulation.InFlight>();
        using var first = Dkls23Runs.Sign(26, Shares, Three, Digest).With(m => { old.Add(m); return [m.Bytes]; }).Run();
        using var second = Dkls23Runs.Sign(27, Shares, Three, Digest)
            .With(m => [.. old.Where(o => o.From == m.From && o.To == m.To).Select(o => o.Bytes), m.Bytes]).Run();
        Assert.Equal(3, second.Outputs<Dkls23Signature>().Length);
    }

    [Fact, Commits(Fault.Timeout)]
    public void Parties_asked_for_different_digests_do_not_accuse_each_other_of_cheating()
    {
        using var simulation = new Simulation(28);
        foreach (var p in Three)
            simulation.Add(new Dkls23Sign(FrostRuns.Id(28), Shares[p], Three, p == P3 ? new byte[32] : Digest, new BanList(), new SeededRandom(28, $"{p}")).Start());
        simulation.Run();
        Assert.All(Three, p => Assert.Equal(Fault.Timeout, simulation.AbortOf(p)!.Fault));
    }

    [Fact]
    public void A_duplicated_and_reordered_run_still_signs()
    {
        using var run = Dkls23Runs.Sign(29, Shares, Three, Digest).Duplicate().Run();
        Assert.Equal(3, run.Outputs<Dkls23Signature>().Length);
    }

    static void KeygenFails(Fault fault, Severity severity, Func<Simulation, Simulation> cheat, PartyId? witness = null)
    {
        using var run = cheat(Dkls23Runs.Keygen(30, 2, Three)).Run();
        var abort = run.AbortOf(witness ?? P1)!;
        Assert.Equal((fault, severity), (abort.Fault, abort.Severity));
        Assert.Equal([P2], abort.Culprits);
    }

    static Dictionary<PartyId, BanList> SignFails(Fault fault, Severity severity, PartyId witness, Func<Simulation, Simulation> cheat)
    {
        var bans = Three.ToDictionary(p => p, _ => new BanList());
        using var run = cheat(Dkls23Runs.Sign(31, Shares, Three, Digest, bans)).Run();
        var abort = run.AbortOf(witness)!;
        Assert.Equal((fault, severity), (abort.Fault, abort.Severity));
        Assert.Equal([P2], abort.Culprits);
        return bans;
    }
}
