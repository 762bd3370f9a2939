using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.ChillDkg;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Tests.ChillDkg;

/// <summary>
/// One party deviates. An honest coordinator names the culprit for certain; a participant that sees a bad contribution
/// only through the coordinator suspects both.
/// </summary>
public sealed class ChillDkgCheatingTests : IDisposable
{
    const int T = 2, N = 3;

    /// <summary>By how much a spoilt share is wrong.</summary>
    static readonly Scalar<Secp256k1> Error = Scalar<Secp256k1>.FromUInt64(17);

    readonly ChillDkgRuns setup = new(77, T, N);

    PartyId Coordinator => setup.Coordinator;

    public void Dispose() => setup.Dispose();

    // Participants that cheat, under an honest coordinator.

    [Fact, Commits(Fault.InvalidProof), Commits(Fault.Timeout)]
    public void A_false_proof_of_possession_names_its_sender()
    {
        using var run = Contribute(P(2), c => c with { Proof = Flip(c.Proof) }).Run();
        AssertAbort(run, Coordinator, (Fault.InvalidProof, P(2)));
        AssertAbort(run, P(1), (Fault.Timeout, Coordinator));
    }

    [Fact, Commits(Fault.InvalidProof)]
    public void A_proof_copied_from_another_participant_names_its_sender()
    {
        ParticipantMessage1? first = null;
        using var run = setup.Keygen();
        run.TamperBytes(1, P(1), Coordinator, bytes => { first = Decode(bytes); return bytes; })
            .Tamper<Contribution>(1, P(2), Coordinator, m => new((DecodeMessage(m.Message) with
            {
                Commitment = first!.Commitment,
                Proof = first.Proof,
            }).Encode()))
            .Run();
        AssertAbort(run, Coordinator, (Fault.InvalidProof, P(2)));
    }

    [Fact, Commits(Fault.InvalidCommitment)]
    public void A_commitment_to_zero_names_its_sender()
    {
        using var run = Contribute(P(3), c => c with { Commitment = new([default, .. c.Commitment.Coefficients[1..]]) }).Run();
        AssertAbort(run, Coordinator, (Fault.InvalidCommitment, P(3)));
    }

    [Fact, Commits(Fault.MalformedMessage)]
    public void A_public_nonce_that_is_no_point_names_its_sender()
    {
        using var run = Contribute(P(3), c => c with { PublicNonce = new byte[33] }).Run();
        AssertAbort(run, Coordinator, (Fault.MalformedMessage, P(3)));
    }

    [Fact, Commits(Fault.MalformedMessage)]
    public void A_contribution_of_another_length_names_its_sender()
    {
        using var run = setup.Keygen().Tamper<Contribution>(1, P(2), null, m => new([.. m.Message, 0])).Run();
        AssertAbort(run, Coordinator, (Fault.MalformedMessage, P(2)));
    }

    [Fact, Commits(Fault.MalformedMessage), Commits(Fault.InvalidProof)]
    public void All_unsound_contributions_are_named_together()
    {
        using var run = Contribute(P(1), c => c with { Proof = Flip(c.Proof) });
        run.Tamper<Contribution>(1, P(3), null, m => new((DecodeMessage(m.Message) with { PublicNonce = new byte[33] }).Encode())).Run();
        AssertAbort(run, Coordinator, (Fault.MalformedMessage, P(3)), (Fault.InvalidProof, P(1)));
    }

    [Theory, Commits(Fault.SuspectContribution), Commits(Fault.Complaint)]
    [InlineData(1UL), InlineData(2UL), InlineData(3UL), InlineData(4UL), InlineData(5UL)]
    public void A_share_that_does_not_fit_is_traced_to_its_sender(ulong seed)
    {
        // P3 encrypts a wrong share for P1. P1 complains, investigates, and suspects P3 or the coordinator; who
        // relayed honestly and who was not concerned know only that somebody complained.
        using var other = new ChillDkgRuns(seed, T, N);
        using var run = other.Keygen()
            .Tamper<Contribution>(1, P(3), null, m => new(WithShare(DecodeMessage(m.Message), 0).Encode())).Run();
        AssertAbort(run, P(1), (Fault.SuspectContribution, P(3)), (Fault.SuspectContribution, Coordinator));
        AssertAbort(run, Coordinator, (Fault.Complaint, P(1)), (Fault.Complaint, P(2)), (Fault.Complaint, P(3)));
        AssertAbort(run, P(2), (Fault.Complaint, P(1)), (Fault.Complaint, P(3)), (Fault.Complaint, Coordinator));
    }

    [Fact, Commits(Fault.SuspectContribution)]
    public void Two_senders_of_unfit_shares_are_both_traced()
    {
        using var run = setup.Keygen()
            .Tamper<Contribution>(1, P(2), null, m => new(WithShare(DecodeMessage(m.Message), 0).Encode()))
            .Tamper<Contribution>(1, P(3), null, m => new(WithShare(DecodeMessage(m.Message), 0).Encode())).Run();
        AssertAbort(run, P(1), (Fault.SuspectContribution, P(2)), (Fault.SuspectContribution, P(3)), (Fault.SuspectContribution, Coordinator));
    }

    [Fact, Commits(Fault.SuspectContribution)]
    public void A_polynomial_of_higher_degree_is_traced_to_its_sender()
    {
        // P2's shares lie on a polynomial of degree t; its commitment, of the only length there is, does not show it.
        using var run = setup.Keygen().Tamper<Contribution>(1, P(2), null, m =>
        {
            var c = DecodeMessage(m.Message);
            return new((c with { EncryptedShares = [.. c.EncryptedShares.Select((s, i) => s + Scalar<Secp256k1>.FromUInt64((ulong)((i + 1) * (i + 1))))] }).Encode());
        }).Run();
        AssertAbort(run, P(1), (Fault.SuspectContribution, P(2)), (Fault.SuspectContribution, Coordinator));
        AssertAbort(run, P(3), (Fault.SuspectContribution, P(2)), (Fault.SuspectContribution, Coordinator));
    }

    [Fact, Commits(Fault.InvalidSignature), Commits(Fault.Timeout)]
    public void A_false_signature_on_the_transcript_names_its_sender()
    {
        using var run = setup.Keygen().Tamper<Agreement>(3, P(2), null, m => new(Flip(m.Signature!))).Run();
        AssertAbort(run, Coordinator, (Fault.InvalidSignature, P(2)));
        AssertAbort(run, P(1), (Fault.Timeout, Coordinator));
    }

    [Fact, Commits(Fault.Complaint)]
    public void A_complaint_for_no_reason_ends_the_run_and_accuses_nobody_in_particular()
    {
        using var run = setup.Keygen().Tamper<Agreement>(3, P(2), null, _ => new(Signature: null)).Run();
        AssertAbort(run, Coordinator, (Fault.Complaint, P(1)), (Fault.Complaint, P(2)), (Fault.Complaint, P(3)));
        AssertAbort(run, P(1), (Fault.Complaint, P(2)), (Fault.Complaint, P(3)), (Fault.Complaint, Coordinator));
    }

    [Fact, Commits(Fault.Timeout)]
    public void Silence_names_the_silent()
    {
        using var run = setup.Keygen().Drop(3, P(3)).Run();
        AssertAbort(run, Coordinator, (Fault.Timeout, P(3)));
        AssertAbort(run, P(1), (Fault.Timeout, Coordinator));
    }

    [Fact, Commits(Fault.UnexpectedMessage)]
    public void A_participant_that_speaks_to_a_participant_is_out_of_turn()
    {
        byte[]? contribution = null;
        using var run = setup.Keygen().TamperBytes(1, P(2), null, bytes => contribution = bytes).Run();
        using var session = setup.Participant(P(1), setup.Parameters).Start();
        session.Receive(P(2), contribution);
        session.TimeOut();
        Assert.Contains(new(Fault.UnexpectedMessage, P(2)), session.Abort!.Accusations);
    }

    [Fact, Commits(Fault.Timeout)]
    public void Participants_with_other_parameters_do_not_hear_each_other()
    {
        using var run = new Simulation(1);
        var other = new SessionParameters(3, setup.HostKeys.Select(k => k.PublicKey.Encode()).ToArray());
        run.Add(new ChillDkgCoordinator(FrostRuns.Id(77), Coordinator, setup.Parameters).Start());
        foreach (var p in setup.Parameters.Participants)
            run.Add(setup.Participant(p, p == P(2) ? other : setup.Parameters).Start());
        run.Run();
        AssertAbort(run, Coordinator, (Fault.Timeout, P(2)));
    }

    // A coordinator that cheats.

    [Fact, Commits(Fault.DishonestCoordinator)]
    public void A_coordinator_that_changes_what_a_participant_sent_is_named_by_it()
    {
        AssertNamed(m => m with { PublicNonces = [m.PublicNonces[1], .. m.PublicNonces[1..]] });
        AssertNamed(m => m with { CommitmentsToSecrets = [m.CommitmentsToSecrets[1], .. m.CommitmentsToSecrets[1..]] });

        void AssertNamed(Func<CoordinatorMessage1, CoordinatorMessage1> change)
        {
            using var run = Aggregate(P(1), change).Run();
            AssertAbort(run, P(1), (Fault.DishonestCoordinator, Coordinator));
        }
    }

    [Fact, Commits(Fault.SuspectContribution)]
    public void A_coordinator_that_spoils_a_contribution_is_suspected_with_its_maker()
    {
        AssertSuspected(m => m with { Proofs = [m.Proofs[0], Flip(m.Proofs[1]), m.Proofs[2]] }, P(2));
        AssertSuspected(m => m with { CommitmentsToSecrets = [m.CommitmentsToSecrets[0], default, m.CommitmentsToSecrets[2]] }, P(2));
        AssertSuspected(m => m with { PublicNonces = [m.PublicNonces[0], m.PublicNonces[1], new byte[33]] }, P(3));
        AssertSuspected(m => m with { Proofs = [m.Proofs[0], m.Proofs[2], m.Proofs[1]] }, P(2), P(3));

        void AssertSuspected(Func<CoordinatorMessage1, CoordinatorMessage1> change, params PartyId[] makers)
        {
            using var run = Aggregate(P(1), change).Run();
            AssertAbort(run, P(1), [.. makers.Append(Coordinator).Select(m => (Fault.SuspectContribution, m))]);
        }
    }

    [Fact, Commits(Fault.DishonestCoordinator)]
    public void A_coordinator_that_changes_a_sum_is_named_after_investigation()
    {
        AssertNamed(m => m with { EncryptedShares = [m.EncryptedShares[0] + Scalar<Secp256k1>.One, .. m.EncryptedShares[1..]] });
        AssertNamed(m => m with { SumOfOthers = [m.SumOfOthers[0] + Point<Secp256k1>.G] });
        AssertNamed(m => m with { SumOfOthers = [default] });

        void AssertNamed(Func<CoordinatorMessage1, CoordinatorMessage1> change)
        {
            using var run = Aggregate(P(1), change).Run();
            AssertAbort(run, P(1), (Fault.DishonestCoordinator, Coordinator));
        }
    }

    [Fact, Commits(Fault.DishonestCoordinator)]
    public void A_coordinator_that_lies_in_the_investigation_is_named()
    {
        // The share of P1 is spoilt by P3; the coordinator tries to make it look like P2's or P1's own doing.
        AssertNamed(i => i with { EncryptedShares = [i.EncryptedShares[0], i.EncryptedShares[1] + Scalar<Secp256k1>.One, i.EncryptedShares[2]] });
        AssertNamed(i => i with { PublicShares = [i.PublicShares[0], i.PublicShares[1] + Point<Secp256k1>.G, i.PublicShares[2]] });
        AssertNamed(i => i with
        {
            EncryptedShares = [i.EncryptedShares[0] + Scalar<Secp256k1>.One, i.EncryptedShares[1], i.EncryptedShares[2] - Scalar<Secp256k1>.One],
        });

        void AssertNamed(Func<InvestigationMessage, InvestigationMessage> change)
        {
            using var run = setup.Keygen()
                .Tamper<Contribution>(1, P(3), null, m => new(WithShare(DecodeMessage(m.Message), 0).Encode()))
                .Tamper<Conclusion>(4, Coordinator, P(1), m => InvestigationMessage.TryDecode(m.Investigation, N, out var i)
                    ? new(null, change(i).Encode())
                    : throw new InvalidOperationException("Not an investigation."))
                .Run();
            AssertAbort(run, P(1), (Fault.DishonestCoordinator, Coordinator));
        }
    }

    [Fact, Commits(Fault.SuspectContribution)]
    public void A_coordinator_can_frame_a_participant_and_so_is_suspected_with_it()
    {
        // The limit of what an investigation can tell: moved consistently, the fault looks like P2's.
        using var run = setup.Keygen()
            .Tamper<Contribution>(1, P(3), null, m => new(WithShare(DecodeMessage(m.Message), 0).Encode()))
            .Tamper<Conclusion>(4, Coordinator, P(1), m => InvestigationMessage.TryDecode(m.Investigation, N, out var i)
                ? new(null, (i with { EncryptedShares = [i.EncryptedShares[0], i.EncryptedShares[1] + Error, i.EncryptedShares[2] - Error] }).Encode())
                : throw new InvalidOperationException("Not an investigation."))
            .Run();
        AssertAbort(run, P(1), (Fault.SuspectContribution, P(2)), (Fault.SuspectContribution, Coordinator));
    }

    [Fact, Commits(Fault.MalformedMessage)]
    public void A_coordinator_whose_messages_do_not_decode_is_named()
    {
        using var first = setup.Keygen().Tamper<Aggregate>(2, Coordinator, P(1), m => new(m.Message[..^1])).Run();
        AssertAbort(first, P(1), (Fault.MalformedMessage, Coordinator));

        using var second = setup.Keygen().Tamper<Conclusion>(4, Coordinator, P(1), m => new(m.Certificate![..^1], null)).Run();
        AssertAbort(second, P(1), (Fault.MalformedMessage, Coordinator));
        Assert.NotNull(second.Output<ChillDkgOutput>(P(2)));

        using var third = setup.Keygen()
            .Tamper<Contribution>(1, P(3), null, m => new(WithShare(DecodeMessage(m.Message), 0).Encode()))
            .Tamper<Conclusion>(4, Coordinator, P(1), m => new(null, m.Investigation![..^1])).Run();
        AssertAbort(third, P(1), (Fault.MalformedMessage, Coordinator));
    }

    [Fact]
    public void A_coordinator_that_shows_two_transcripts_gets_no_certificate()
    {
        // P2 signs a transcript with another share for P3 in it. The coordinator knows its own doing; played honestly
        // from there on, it finds P2's signature wrong, and nobody has a key.
        using var run = Aggregate(P(2), m => m with { EncryptedShares = [.. m.EncryptedShares[..2], m.EncryptedShares[2] + Scalar<Secp256k1>.One] }).Run();
        AssertAbort(run, Coordinator, (Fault.InvalidSignature, P(2)));
        Assert.All(setup.Parameters.Participants, p => Assert.NotNull(run.AbortOf(p)));
    }

    [Fact, Commits(Fault.DishonestCoordinator)]
    public void A_coordinator_with_a_false_certificate_is_named()
    {
        using var run = setup.Keygen().Tamper<Conclusion>(4, Coordinator, P(1), m => new(Flip(m.Certificate!), null)).Run();
        AssertAbort(run, P(1), (Fault.DishonestCoordinator, Coordinator));

        // P1 must not conclude that there is no key: P2 has it, and convinces P1 with the recovery data.
        using var successful = run.Output<ChillDkgOutput>(P(2));
        using var convinced = RecoveryData.Decode(successful.Recovery.Encode()).Recover(setup.HostKeys[0]);
        Assert.Equal(successful.Share.Package, convinced.Package);
    }

    [Fact, Commits(Fault.DishonestCoordinator)]
    public void A_coordinator_that_answers_a_complaint_with_a_certificate_is_named()
    {
        using var run = setup.Keygen()
            .Tamper<Contribution>(1, P(3), null, m => new(WithShare(DecodeMessage(m.Message), 0).Encode()))
            .Tamper<Conclusion>(4, Coordinator, P(1), _ => new(new byte[N * CertEq.SignatureSize], null)).Run();
        AssertAbort(run, P(1), (Fault.DishonestCoordinator, Coordinator));
    }

    [Fact, Commits(Fault.Complaint)]
    public void A_coordinator_that_invents_a_complaint_is_among_the_suspects()
    {
        using var run = setup.Keygen().Tamper<Conclusion>(4, Coordinator, P(1), _ => new(null, [])).Run();
        AssertAbort(run, P(1), (Fault.Complaint, P(2)), (Fault.Complaint, P(3)), (Fault.Complaint, Coordinator));
    }

    [Fact, Commits(Fault.InvalidSignature)]
    public void A_false_acknowledgment_names_its_sender()
    {
        var outputs = setup.Key();
        using var run = new Simulation(1);
        foreach (var (output, hostKey) in outputs.Zip(setup.HostKeys))
            run.Add(new AcknowledgeRecovery(FrostRuns.Id(1), hostKey, output.Recovery, new SeededRandom(1, $"{output.Share.Me}")).Start());
        run.Tamper<AcknowledgeRecovery.Acknowledgment>(1, P(2), null, m => new(Flip(m.Signature))).Run();
        AssertAbort(run, P(1), (Fault.InvalidSignature, P(2)));
        AssertAbort(run, P(3), (Fault.InvalidSignature, P(2)));
    }

    Simulation Contribute(PartyId cheater, Func<ParticipantMessage1, ParticipantMessage1> change) =>
        setup.Keygen().Tamper<Contribution>(1, cheater, null, m => new(change(DecodeMessage(m.Message)).Encode()));

    Simulation Aggregate(PartyId victim, Func<CoordinatorMessage1, CoordinatorMessage1> change) =>
        setup.Keygen().Tamper<Aggregate>(2, Coordinator, victim, m => CoordinatorMessage1.TryDecode(m.Message, T, N, out var decoded)
            ? new(change(decoded).Encode())
            : throw new InvalidOperationException("Not the coordinator's message."));

    static ParticipantMessage1 Decode(byte[] frame) => DecodeMessage(frame[^ParticipantMessage1.Size(T, N)..]);

    static ParticipantMessage1 DecodeMessage(byte[] message) => ParticipantMessage1.TryDecode(message, T, N, out var decoded)
        ? decoded
        : throw new InvalidOperationException("Not a contribution.");

    /// <summary>The contribution with a wrong share for one recipient, counted from 0.</summary>
    static ParticipantMessage1 WithShare(ParticipantMessage1 c, int recipient)
    {
        Scalar<Secp256k1>[] shares = [.. c.EncryptedShares];
        shares[recipient] += Error;
        return c with { EncryptedShares = shares };
    }

    static byte[] Flip(byte[] bytes)
    {
        byte[] flipped = [.. bytes];
        flipped[^1] ^= 1;
        return flipped;
    }

    static PartyId P(int i) => new(i);

    static void AssertAbort(Simulation run, PartyId party, params (Fault Fault, PartyId Culprit)[] expected) => Assert.Equal(
        expected.Select(e => new Accusation(e.Fault, e.Culprit)), run.AbortOf(party)?.Accusations ?? []);
}
