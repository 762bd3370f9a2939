using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.ChillDkg;

/// <summary>
/// A participant's session of ChillDKG: key generation for BIP 340 through a coordinator that nobody needs to trust. See
/// docs/spec/chilldkg.md.
/// </summary>
/// <remarks>
/// The participants are the parties 1 to n in the order of their host keys. A session that fails here may have succeeded
/// elsewhere: keep the host key, and accept another participant's <see cref="RecoveryData"/>.
/// </remarks>
public sealed class ChillDkgParticipant : Protocol<ChillDkgOutput>
{
    readonly HostKey hostKey;
    readonly SessionParameters parameters;
    readonly PartyId coordinator;
    readonly IRandom random;

    /// <summary>Takes the host key, which must outlive the session and stays the caller's.</summary>
    /// <exception cref="ArgumentException">The host key belongs to none of the participants, or the coordinator is one of them.</exception>
    public ChillDkgParticipant(SessionId id, HostKey hostKey, SessionParameters parameters, PartyId coordinator, IRandom random)
        : base("chilldkg/1", id, parameters.PartyOf(hostKey), parameters.With(coordinator), parameters.Hash())
    {
        ArgumentNullException.ThrowIfNull(random);
        (this.hostKey, this.parameters, this.coordinator, this.random) = (hostKey, parameters, coordinator, random);
    }

    /// <inheritdoc/>
    protected internal override IEnumerable<Round> Run()
    {
        using var participant = new Participant(hostKey, parameters, coordinator, random);
        var round1 = Round<Contribution>(1, senders: new([Me]));
        var round2 = Round<Aggregate>(2, senders: new([coordinator]));
        var round3 = Round<Agreement>(3, senders: new([Me]));
        var round4 = Round<Conclusion>(4, senders: new([coordinator]));
        var (t, n) = (parameters.Threshold, parameters.Count);

        // participant_step1: commitment, proof of possession and encrypted shares.
        round1.Send(coordinator, new(participant.Message1.Encode()));
        yield return round2;

        // participant_step2: check everything; sign the transcript. Deviation: or complain in the same round.
        if (!CoordinatorMessage1.TryDecode(round2[coordinator].Message, t, n, out var message))
            Blame(Fault.MalformedMessage, [coordinator]);
        Blame(participant.Step2(message!));
        round3.Send(coordinator, new(participant.NeedsInvestigation ? null : participant.Sign(random)));
        yield return round4;

        var (certificate, investigation) = round4[coordinator];
        if (participant.NeedsInvestigation)
        {
            // participant_investigate. A certificate would be a false one: it needs this participant's signature.
            if (investigation is null)
                Blame(Fault.DishonestCoordinator, [coordinator]);
            if (!InvestigationMessage.TryDecode(investigation, n, out var parts))
                Blame(Fault.MalformedMessage, [coordinator]);
            Blame(participant.Investigate(parts!));
        }
        if (certificate is null)
            Blame(Fault.Complaint, Parties.Except(Me));

        // participant_finalize: with all signatures there, everybody can be convinced of the key at any time.
        if (certificate!.Length != n * CertEq.SignatureSize)
            Blame(Fault.MalformedMessage, [coordinator]);
        Blame(participant.Verify(certificate));
        Finish(participant.Output(certificate));
    }
}
