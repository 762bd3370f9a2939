using Quorate.Node.Breaker;
using Quorate.Node.Channel;
using Quorate.Policies;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Sessions;

/// <summary>
/// A secured session with its time: deadlines, health, and what is concluded from the end. Pure, the time is given with every
/// call; so a simulation runs the same code as a host. Owns the session.
/// </summary>
sealed class WatchedSession<TOutput> : IDisposable where TOutput : class
{
    readonly SecuredSession<TOutput> session;
    readonly PartyId me;
    readonly SessionMeter meter;
    readonly TimeSpan began;

    internal WatchedSession(
        SecuredSession<TOutput> session, SessionDescription description, PartyId me, SessionDeadlines deadlines, HealthBook? book, TimeSpan now)
    {
        (this.session, this.me, began) = (session, me, now);
        meter = new(description, me, deadlines, book, now);
        meter.See(now, 0, session.WaitingFor);
    }

    internal bool IsRunning => session.IsRunning;

    internal int Step => session.Step;

    internal IReadOnlyList<Packet> TakeOutgoing() => session.TakeOutgoing();

    /// <summary>How long until <see cref="Tick"/> ends it.</summary>
    internal TimeSpan Left(TimeSpan now) => meter.Left(now);

    internal void SayReady(TimeSpan now)
    {
        session.SayReady();
        See(now);
    }

    internal void Receive(NodeId from, ReadOnlySpan<byte> packet, TimeSpan now)
    {
        session.Receive(from, packet);
        See(now);
    }

    /// <summary>Time has passed: ends the session if its deadline has, or if nothing is expected of a party that it waits for.</summary>
    internal void Tick(TimeSpan now)
    {
        if (!session.IsRunning || meter.Left(now) > TimeSpan.Zero)
            return;
        if (meter.GivenUp(now) is { Count: > 0 } givenUp)
            session.GiveUpOn(givenUp);
        else
            session.TimeOut();
    }

    /// <summary>The deadline has passed elsewhere: the transport takes nothing.</summary>
    internal void TimeOut() => session.TimeOut();

    /// <summary>How it ended, with the report; what it means for the parties' health has been entered.</summary>
    internal SessionOutcome<TOutput> TakeOutcome(TimeSpan now)
    {
        var outcome = session.TakeOutcome();
        var abort = session.Abandonment;
        var borneOut = abort is not null && abort.Aborter != me ? Verdict.BorneOut(abort, session.Missing) : [];
        IEnumerable<PartyConduct> conduct = [];
        switch (outcome)
        {
            case SessionOutcome<TOutput>.Completed:
                meter.AllCame(now);
                conduct = meter.Seen.Select(s => new PartyConduct(s.Party, Conduct.Success, 1));
                break;
            case SessionOutcome<TOutput>.Aborted { Abort: var found }:
                meter.Silent(found.Accusations.Where(a => a.Fault == Fault.Timeout).Select(a => a.Culprit), now);
                meter.Invalid(found.Accusations.Where(a => a.Fault.Certainty == Certainty.Proven).Select(a => a.Culprit).Distinct());
                conduct = Verdict.Of(found);
                break;
            case SessionOutcome<TOutput>.Apart { Failure: { Fault: GroupFault.Abandoned } }:
                meter.Silent(borneOut, now);
                meter.Invalid(borneOut.Length == 0 ? [abort!.Aborter] : []);
                conduct = Verdict.Of(abort!, borneOut, me);
                break;
            case SessionOutcome<TOutput>.Apart { Failure: var failure }:
                meter.Silent(failure.Fault == GroupFault.Timeout ? failure.Culprits : [], now);
                meter.Invalid(failure.Certainty == Certainty.Proven ? failure.Culprits : []);
                conduct = Verdict.Of(failure);
                break;
        }
        var ignored = session.IgnoredAborts.SelectMany(i => Enumerable.Repeat(i.Key, i.Value)).ToArray();
        meter.Invalid(ignored);
        return outcome with
        {
            Report = new()
            {
                Parties = meter.Seen,
                Conduct = [.. conduct, .. ignored.Distinct().Except(conduct.Select(c => c.Party)).Select(p => new PartyConduct(p, Conduct.Suspicion, 1))],
                Missing = session.Missing,
                Abort = abort,
                IsBorneOut = borneOut.Length > 0,
                Took = now - began,
            },
        };
    }

    public void Dispose() => session.Dispose();

    void See(TimeSpan now)
    {
        if (session.IsRunning)
            meter.See(now, session.Step, session.WaitingFor);
    }
}
