using Quorate.Cryptography.Curves;
using Quorate.Node.Breaker;
using Quorate.Node.Channel;
using Quorate.Node.Sessions;
using Quorate.Node.Tests.Sessions;
using Quorate.Policies;
using Quorate.Testing;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using static Quorate.Node.Tests.Channel.Nodes;

namespace Quorate.Node.Tests.Breaker;

/// <summary>What goes wrong in a run of the field.</summary>
public enum Trouble
{
    None, Slow, Lossy, Crash, CrashAndReturn, Partition, ByzantineShare, Equivocation, FalseAbort,
}

/// <summary>What became of one key generation with all its attempts.</summary>
sealed record FieldRun(bool Succeeded, int Attempts, IReadOnlyList<TimeSpan> Detected, bool IsNamed, bool IsInnocentProven, TimeSpan Took);

/// <summary>
/// A key generation among n nodes on a simulated clock, with a seeded network and one kind of trouble: pure sessions, the
/// nodes' own books and policies, events in the order of their time. The last node is the one in trouble.
/// </summary>
sealed class Field(int n, int t, Trouble trouble, ulong seed, bool isAdaptive) : IDisposable
{
    /// <summary>With it a lost packet is sent again: the time of a reconnection.</summary>
    static readonly TimeSpan resend = TimeSpan.FromSeconds(2);

    static readonly TimeSpan partitionEnds = TimeSpan.FromSeconds(45);

    sealed class Seat
    {
        internal required int Number { get; init; }
        internal HealthBook Book { get; } = new(new());
        internal List<FailedAttempt> History { get; } = [];
        internal WatchedSession<KeyShare<Ed25519>>? Session { get; set; }
        internal Turncoat? Turncoat { get; set; }
        internal bool IsDead { get; set; }
        internal TimeSpan? EndedAt { get; set; }
        internal SessionOutcome<KeyShare<Ed25519>>? Outcome { get; set; }
        internal List<(NodeId From, byte[] Bytes)> Early { get; } = [];
        internal TimeSpan NextStart { get; set; }
    }

    readonly SeededRandom random = new(seed, "field");
    readonly PriorityQueue<Action, (TimeSpan, long)> events = new();
    readonly AttemptPolicy policy = new();
    TimeSpan now;
    TimeSpan? troubleAt;
    long order;
    int attempt;

    bool IsByzantine => trouble is Trouble.ByzantineShare or Trouble.Equivocation or Trouble.FalseAbort;

    internal FieldRun Run()
    {
        Seat[] seats = [.. Enumerable.Range(1, n).Select(i => new Seat { Number = i })];
        var honest = seats.Where(s => !(IsByzantine && s.Number == n)).ToArray();
        var detected = new List<TimeSpan>();
        var (isNamed, isInnocentProven) = (false, false);
        // When a crashing node dies: in one of the protocol's rounds.
        var dies = 1 + random.Below(3);
        for (attempt = 1; ; attempt++)
        {
            troubleAt = null;
            var description = new SessionDescription(
                new byte[32], [.. Enumerable.Repeat((byte)attempt, 32)], "field/1", new byte[32], Enumerable.Range(1, n).ToDictionary(P, Id));
            Begin(description, seats, dies);
            while (events.TryDequeue(out var next, out var at))
            {
                now = at.Item1;
                next();
                foreach (var seat in honest.Where(s => !s.IsDead && s.Session is { IsRunning: false } && s.Outcome is null))
                    End(seat);
                if (honest.All(s => s.IsDead || s.Outcome is not null))
                    break;
            }
            events.Clear();
            var living = honest.Where(s => !s.IsDead).ToArray();
            foreach (var seat in seats)
            {
                seat.Session?.Dispose();
                seat.Turncoat?.Dispose();
            }
            foreach (var done in living.Select(s => s.Outcome).OfType<SessionOutcome<KeyShare<Ed25519>>.Completed>())
                done.Output.Dispose();
            if (honest.All(s => s.Outcome is SessionOutcome<KeyShare<Ed25519>>.Completed))
                return new(true, attempt, detected, isNamed, isInnocentProven, now);

            detected.Add(living.Max(s => s.EndedAt!.Value) - (troubleAt ?? living.Min(s => s.EndedAt!.Value)));
            foreach (var seat in living)
            {
                var failed = FailedAttempt.Of(description, seat.Outcome!.Report!, DateTimeOffset.UnixEpoch + seat.EndedAt!.Value);
                isNamed |= failed.Proven.Contains(Id(n));
                isInnocentProven |= failed.Proven.Any(p => !(IsByzantine && p.Equals(Id(n))));
                seat.History.Add(failed);
            }
            var decisions = living.Select(s => policy.Decide(s.History, s.Book.Timeout, DateTimeOffset.UnixEpoch + now)).ToArray();
            if (decisions.Any(d => d is NextAttempt.GiveUp))
                return new(false, attempt, detected, isNamed, isInnocentProven, now);
            foreach (var (seat, decision) in living.Zip(decisions))
                seat.NextStart = ((NextAttempt.Again)decision).At - DateTimeOffset.UnixEpoch;
            foreach (var seat in seats.Except(living))
                seat.NextStart = living.Max(s => s.NextStart);
        }
    }

    public void Dispose() => random.Dispose();

    void Begin(SessionDescription description, Seat[] seats, int dies)
    {
        foreach (var seat in seats)
        {
            (seat.Session, seat.Turncoat, seat.Outcome, seat.EndedAt) = (null, null, null, null);
            seat.Early.Clear();
            if (trouble == Trouble.CrashAndReturn)
                seat.IsDead = false;
            if (seat.IsDead)
                troubleAt = seat.NextStart;
            else
                At(seat.NextStart, () => Start(description, seats, seat, dies));
        }
    }

    void Start(SessionDescription description, Seat[] seats, Seat seat, int dies)
    {
        var me = P(seat.Number);
        var label = $"{attempt} {seat.Number} {isAdaptive}";
        Protocol<KeyShare<Ed25519>> Keygen(SessionId id) =>
            new FrostKeygen<Ed25519>(FrostSuite.Ed25519, id, me, description.Parties, t, new SeededRandom(seed, $"keygen {label}"));
        if (IsByzantine && seat.Number == n)
        {
            seat.Turncoat = Hostile(new(description, n, Keygen, seed + (ulong)attempt), Keygen);
        }
        else
        {
            if (isAdaptive)
                seat.Book.TryAgain(seats.Select(s => Id(s.Number)));
            // The ready deadline of a policy without memory is always the same.
            var deadlines = isAdaptive ? ((NextAttempt.Again)policy.Decide(seat.History.Take(attempt == 1 ? 0 : 1).ToArray(), seat.Book.Timeout, default)).Deadlines : new();
            seat.Session = new(
                new(description, me, Identity(seat.Number), Keygen, new SeededRandom(seed, $"channels {label}"), isAdaptive),
                description, me, deadlines, isAdaptive ? seat.Book : null, now);
            seat.Session.SayReady(now);
        }
        foreach (var (from, bytes) in seat.Early)
            Deliver(seats, seat, from, bytes, dies);
        seat.Early.Clear();
        Carry(seats, seat, dies);
    }

    Turncoat Hostile(Turncoat turncoat, Func<SessionId, Protocol<KeyShare<Ed25519>>> keygen)
    {
        if (trouble == Trouble.ByzantineShare)
            turncoat.Change = (to, round, frame) =>
            {
                if (round != 2 || to != P(1))
                    return frame;
                troubleAt ??= now;
                frame[37] ^= 1;
                return frame;
            };
        else if (trouble == Trouble.Equivocation)
            turncoat.Change = (to, round, frame) =>
            {
                if (round != 1 || to != P(1) || frame[34] != 0)
                    return frame;
                troubleAt ??= now;
                // Another commitment with a proof of its own, from another run of the same session.
                using var other = new FrostKeygen<Ed25519>(
                    FrostSuite.Ed25519, turncoat.Group.Session!, P(n), turncoat.Group.Description.Parties, t, new SeededRandom(seed, "other")).Start();
                return other.TakeOutgoing()[0].Bytes.ToArray();
            };
        else
            turncoat.Stepped = step =>
            {
                if (step != 1)
                    return;
                troubleAt ??= now;
                turncoat.Group.Say(Purpose.Abort, turncoat.Witness.GiveUp(AbortReason.Deadline, [new(Fault.Timeout, P(1))])!.Encoded);
                turncoat.MuteFrom = 0;
            };
        return turncoat;
    }

    void Deliver(Seat[] seats, Seat to, NodeId from, byte[] bytes, int dies)
    {
        if (to.IsDead)
            return;
        if (to.Session is null && to.Turncoat is null)
        {
            to.Early.Add((from, bytes));
            return;
        }
        to.Turncoat?.Receive(from, bytes);
        to.Session?.Receive(from, bytes, now);
        Carry(seats, to, dies);
    }

    void Carry(Seat[] seats, Seat seat, int dies)
    {
        if (trouble is Trouble.Crash or Trouble.CrashAndReturn && seat.Number == n && (attempt == 1 || trouble == Trouble.Crash)
            && seat.Session is { } mortal && mortal.Step >= dies)
        {
            // It dies before it has said what it had to say in this round.
            seat.IsDead = true;
            troubleAt ??= now;
            return;
        }
        foreach (var packet in seat.Turncoat?.Group.TakeOutgoing() ?? seat.Session!.TakeOutgoing())
        {
            var to = seats.Single(s => Id(s.Number).Equals(packet.To));
            var bytes = packet.Bytes.ToArray();
            At(now + Delay(seat.Number, to.Number), () => Deliver(seats, to, Id(seat.Number), bytes, dies));
        }
        if (seat.Session is { IsRunning: true } session && session.Left(now) is var left)
            At(now + (left > TimeSpan.Zero ? left : TimeSpan.Zero), () =>
            {
                if (seat.Session != session || !session.IsRunning || seat.IsDead || session.Left(now) > TimeSpan.Zero)
                    return;
                session.Tick(now);
                Carry(seats, seat, dies);
            });
    }

    void End(Seat seat)
    {
        seat.EndedAt = now;
        seat.Outcome = seat.Session!.TakeOutcome(now);
    }

    /// <summary>20 to 100 ms; more where the trouble says so.</summary>
    TimeSpan Delay(int from, int to)
    {
        var delay = TimeSpan.FromMilliseconds(20 + random.Below(80));
        var concerned = from == n || to == n;
        switch (trouble)
        {
            case Trouble.Slow when from == n:
                // One to four seconds, and now and then up to twelve.
                return delay + TimeSpan.FromMilliseconds(1000 + random.Below(random.Below(10) == 0 ? 11_000 : 3_000));
            case Trouble.Lossy:
                while (random.Below(10) == 0)
                    delay += resend;
                return delay;
            case Trouble.Partition when concerned && now < partitionEnds:
                troubleAt ??= now;
                return partitionEnds - now + resend;
            default:
                return delay;
        }
    }

    void At(TimeSpan when, Action what) => events.Enqueue(what, (when, order++));
}
