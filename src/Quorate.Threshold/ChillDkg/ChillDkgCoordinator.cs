using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.ChillDkg;

/// <summary>
/// The coordinator's session of ChillDKG. It needs no secret and gets none: its output is what everybody may know. See
/// docs/spec/chilldkg.md.
/// </summary>
public sealed class ChillDkgCoordinator : Protocol<RecoveryData>
{
    readonly SessionParameters parameters;

    /// <summary>Takes the session's parameters, whose participants are the parties 1 to n.</summary>
    /// <exception cref="ArgumentException">The coordinator is a participant: it runs a session of its own, under another number.</exception>
    public ChillDkgCoordinator(SessionId id, PartyId me, SessionParameters parameters)
        : base("chilldkg/1", id, me, parameters.With(me), parameters.Hash()) => this.parameters = parameters;

    /// <inheritdoc/>
    protected internal override IEnumerable<Round> Run()
    {
        var participants = parameters.Participants;
        var round1 = Round<Contribution>(1, senders: participants);
        var round2 = Round<Aggregate>(2, senders: new([Me]));
        var round3 = Round<Agreement>(3, senders: participants);
        var round4 = Round<Conclusion>(4, senders: new([Me]));
        var (t, n) = (parameters.Threshold, parameters.Count);

        // coordinator_step1: add up what can be added, pass on the rest.
        yield return round1;
        var contributions = participants.Select(i => ParticipantMessage1.TryDecode(round1[i].Message, t, n, out var c) ? c : null).ToArray();
        Blame(Fault.MalformedMessage, participants.Where((_, i) => contributions[i] is null));
        var coordinator = new Coordinator(parameters, contributions!);
        Blame(coordinator.Check());
        var message = coordinator.Step1(out var accusations);
        Blame(accusations);
        round2.Broadcast(new(message.Encode()));

        // coordinator_finalize: all signatures make the certificate.
        yield return round3;
        if (participants.Any(i => round3[i].Signature is null))
        {
            // coordinator_investigate. Deviation: everybody gets what concerns it, since everybody waits.
            for (var i = 0; i < n; i++)
                round4.Send(participants[i], new(Certificate: null, coordinator.Investigate(i).Encode()));
            Blame(Fault.Complaint, participants);
        }
        Blame(coordinator.Finalize([.. participants.Select(i => round3[i].Signature!)]));
        round4.Broadcast(new(coordinator.Certificate, Investigation: null));
        Finish(coordinator.Recovery);
    }
}
