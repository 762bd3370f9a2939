using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Node.Channel;
using Quorate.Policies;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Sessions;

/// <summary>
/// A threshold session and the group that it runs in, as one: first the barrier, then the protocol under the id that came
/// of it. Without input or output of its own, without a clock. Not thread-safe. However it ends, everything is wiped but an
/// output that was taken.
/// </summary>
public sealed class SecuredSession<TOutput> : IDisposable where TOutput : class
{
    readonly SecuredGroup group;
    readonly Func<SessionId, Protocol<TOutput>> protocol;
    readonly Ed25519Key identity;
    readonly bool isWitnessed;
    Session<TOutput>? session;
    SessionWitness? witness;
    AbortReason reason = AbortReason.Protocol;
    bool isOutcomeTaken;

    /// <summary>Begins to find the others.</summary>
    /// <param name="description">What the session is.</param>
    /// <param name="me">This node's seat.</param>
    /// <param name="identity">This node's identity key; it stays the caller's.</param>
    /// <param name="protocol">Makes the protocol, for these parties and this seat, when the barrier has opened. What it throws surfaces.</param>
    /// <param name="random">Randomness of the channels.</param>
    /// <param name="isWitnessed">
    /// Whether the parties sign their progress and their aborts, for each other: docs/spec/breaker.md. For ceremonies, where a
    /// signature and a message more for each barrier do not matter. Who is not asked to ignores what others say.
    /// </param>
    /// <exception cref="ArgumentException">The identity does not sit there.</exception>
    public SecuredSession(
        SessionDescription description, PartyId me, Ed25519Key identity, Func<SessionId, Protocol<TOutput>> protocol, IRandom random,
        bool isWitnessed = false)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        (this.protocol, this.identity, this.isWitnessed) = (protocol, identity, isWitnessed);
        group = new(description, me, identity, random);
        if (isWitnessed)
            group.LastWord = failure => LastWord(failure)?.Encoded.ToArray();
    }

    /// <summary>Whether it waits for packets. Once false it stays false, and what is still to be sent has to be sent.</summary>
    public bool IsRunning => group.Failure is null && session is not { IsRunning: false };

    /// <summary>The session's id, once everybody is ready.</summary>
    public SessionId? Id => session is null ? null : group.Session;

    /// <summary>Grows with every barrier: 0 until everybody is ready, then the protocol's own. A deadline begins anew with it.</summary>
    public int Step => session?.Step ?? 0;

    /// <summary>Whom it waits for.</summary>
    public IReadOnlyList<PartyId> WaitingFor => session?.WaitingFor ?? group.WaitingFor;

    /// <summary>Whom it waited for when it ended without an output.</summary>
    public IReadOnlyList<PartyId> Missing { get; private set; } = [];

    /// <summary>The signed word by which the session was ended: this node's own or the one it has accepted; null where there is none.</summary>
    public AbortStatement? Abandonment { get; private set; }

    /// <summary>Aborts that were not believed, for each party that sent or passed them on.</summary>
    public IReadOnlyDictionary<PartyId, int> IgnoredAborts => witness?.Ignored ?? new Dictionary<PartyId, int>();

    /// <summary>This node has judged what the session is about, and takes part.</summary>
    public void SayReady()
    {
        group.SayReady();
        Advance();
    }

    /// <summary>Takes what the transport says is from a node.</summary>
    public void Receive(NodeId from, ReadOnlySpan<byte> packet)
    {
        if (!IsRunning)
            return;
        group.Receive(from, packet);
        Advance();
    }

    /// <summary>The packets to carry, each handed out once; the last ones after the end.</summary>
    public IReadOnlyList<Packet> TakeOutgoing() => group.TakeOutgoing();

    /// <summary>Ends it because the deadline of the present step has passed. Whom it waits for are suspects.</summary>
    public void TimeOut()
    {
        if (!IsRunning)
            return;
        (Missing, reason) = ([.. WaitingFor], AbortReason.Deadline);
        if (session is null)
            group.TimeOut();
        else
            session.TimeOut();
        Advance();
    }

    /// <summary>Ends it before the deadline, because nothing is expected of these any more. They are suspects and nobody else.</summary>
    public void GiveUpOn(IReadOnlyList<PartyId> parties)
    {
        ArgumentNullException.ThrowIfNull(parties);
        if (!IsRunning)
            return;
        (Missing, reason) = ([.. WaitingFor], AbortReason.BreakerOpen);
        group.GiveUp(new(GroupFault.Timeout, parties, []));
        Advance();
    }

    /// <summary>How it ended; the output, if there is one, belongs to the caller from then on.</summary>
    /// <exception cref="InvalidOperationException">It has not ended, or the outcome was taken before.</exception>
    public SessionOutcome<TOutput> TakeOutcome()
    {
        if (IsRunning || isOutcomeTaken)
            throw new InvalidOperationException(IsRunning ? "The session is still running." : "The outcome has been taken.");
        isOutcomeTaken = true;
        // A failure of the group after the protocol's own end is of no interest.
        return session switch
        {
            { Abort: { } abort } => new SessionOutcome<TOutput>.Aborted(abort),
            { IsRunning: false } when group.Failure is null => new SessionOutcome<TOutput>.Completed(session.TakeOutput()),
            _ => new SessionOutcome<TOutput>.Apart(group.Failure!),
        };
    }

    /// <summary>Wipes everything, an output that nobody took included.</summary>
    public void Dispose()
    {
        session?.Dispose();
        group.Dispose();
    }

    void Advance()
    {
        try
        {
            if (session is null && group.Session is { } id)
                session = Start(id);
            while (session is { IsRunning: true } && group.TakeFrame() is { } frame)
                using (frame)
                    session.Receive(frame.From, frame.Bytes.Expose());
            if (session is not null)
                Send(session);
            if (isWitnessed && group.Named is { } named)
                Witness(witness ??= new(group.Description, named, group.Me, identity));
            while (!isWitnessed && group.TakeNotice() is not null)
            {
            }
            if (group.Failure is not null)
                session?.Dispose();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Says how far this node has come, hears how far the others have, and says so if this was the end.</summary>
    void Witness(SessionWitness at)
    {
        while (session is not null && at.Step < session.Passed && group.Failure is null)
        {
            if (session.Broadcasts.FirstOrDefault(b => b.Step == at.Step + 1) is { } broadcast)
                at.Add(broadcast);
            group.Say(Purpose.Progress, at.Progress());
        }
        if (session?.Abort is { } abort && group.Failure is null && at.GiveUp(reason, abort.Accusations) is { } word)
        {
            Abandonment = word;
            group.Say(Purpose.Abort, word.Encoded);
        }
        if (IsRunning && at.Compare() is { } divergence)
            group.GiveUp(divergence);
        while (IsRunning && group.TakeNotice() is { } notice)
            Hear(at, notice);
    }

    void Hear(SessionWitness at, Notice notice)
    {
        if (notice.Purpose == Purpose.Progress)
        {
            if (at.TakeProgress(notice.From, notice.Bytes) is { } failure)
                group.GiveUp(failure);
            return;
        }
        var finding = at.TakeAbort(notice.From, notice.Bytes);
        if (finding.Failure is { } found)
            group.GiveUp(found);
        if (finding.Abort is not { } abort)
            return;
        (Abandonment, Missing) = (abort, [.. WaitingFor]);
        at.Follow();
        // Its signer may have died of what made it give up, or tell some and not others.
        group.Say(Purpose.Abort, abort.Encoded, notice.From, abort.Aborter);
        group.GiveUp(new(GroupFault.Abandoned, [abort.Aborter], [abort.Check(group.Description, group.Named!)!]));
    }

    AbortStatement? LastWord(GroupFailure failure)
    {
        Fault? fault = failure.Fault switch
        {
            GroupFault.Timeout => Fault.Timeout,
            GroupFault.Malformed => Fault.MalformedMessage,
            GroupFault.Divergence => Fault.InconsistentBroadcast,
            GroupFault.Interference => null,
            _ => Fault.Equivocation,
        };
        witness ??= new(group.Description, group.Named!, group.Me, identity);
        var word = witness.GiveUp(
            failure.Fault == GroupFault.Timeout ? reason : AbortReason.Channel,
            fault is { } named ? failure.Culprits.Select(c => new Accusation(named, c)) : []);
        Abandonment ??= word;
        return word;
    }

    Session<TOutput> Start(SessionId id)
    {
        var made = protocol(id);
        if (made.Me != group.Me || !made.Parties.Equals(group.Description.Parties))
            throw new InvalidOperationException($"The protocol is for {made.Me} of {made.Parties}, the session for {group.Me} of {group.Description.Parties}.");
        return made.Start();
    }

    void Send(Session<TOutput> from)
    {
        foreach (var message in from.TakeOutgoing())
            using (message)
                if (group.Failure is null)
                    group.Send(message.To, message.Round, message.Bytes.Span);
    }
}
