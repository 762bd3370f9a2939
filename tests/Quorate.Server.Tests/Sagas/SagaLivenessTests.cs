using Quorate.Chains;
using Quorate.Policies;
using Quorate.Server.Sagas;
using Quorate.Server.Tests.Transfers;
using Quorate.Server.Transfers;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.Sagas;

/// <summary>
/// That there is a way to an end from every state does not say that the saga goes it. Here it goes: from every state that a
/// transfer can be brought into, with surroundings that do their part, and with such as do nothing at all.
/// </summary>
public sealed class SagaLivenessTests
{
    /// <summary>Before the transfer's time is over, after it, and after a cancellation's own.</summary>
    static readonly DateTimeOffset[] times = [Noon, Expiry, CancellationExpiry];

    static readonly SagaOptions options = new();

    static IEnumerable<TransferState> States => ((TransferSpace[])[TransferSpace.Payments.Value, TransferSpace.TwoReservations.Value, TransferSpace.Messages.Value])
        .SelectMany(s => s.States.Values).Where(s => s.Phase != TransferPhase.Draft);

    [Fact]
    public void From_every_state_the_saga_comes_to_an_end_where_everybody_does_his_part()
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var time in (int[])[0, 1])
            foreach (var state in States)
                Assert.Equal(TransferPhase.Ended, Drive(state, time, isKind: true, known)?.Phase ?? TransferPhase.Ended);
    }

    [Fact]
    public void With_nobody_who_approves_signs_or_mines_it_ends_or_leaves_room_for_a_cancellation()
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        var left = 0;
        foreach (var time in (int[])[0, 1])
            foreach (var state in States)
                if (Drive(state, time, isKind: false, known) is { Phase: not TransferPhase.Ended } waiting)
                {
                    left++;
                    Assert.True(waiting.IsOnNetwork, TransferSpace.Key(waiting));
                    // What is in a block is the chain's affair. Else it stays until somebody pays more, whenever that is.
                    if (waiting.Transactions.Any(t => t.IsInBlock))
                        continue;
                    var stuck = waiting.Transactions.Select((t, i) => (t, i)).Last(x => x.t is { IsOnNetwork: true }).i;
                    var cancellation = Prepared(99, TransactionPurpose.Cancellation, stuck, uses: [.. waiting.Reservations.Where(r => r.IsHeld).Select(r => r.Reservation.Id)]);
                    var refusal = TransferDecider.Decide(waiting, new TransferCommand.Prepare(CancellationExpiry.AddHours(-1), cancellation)).Refusal;
                    Assert.True(refusal is null, $"{refusal} in {TransferSpace.Key(waiting)}");
                }
        Assert.True(left > 0);
    }

    /// <summary>Does what the saga says, step by step, each of which the decider has to accept.</summary>
    /// <returns>The end, or what stays until the world changes; null where it has come to what was known.</returns>
    static TransferState? Drive(TransferState state, int time, bool isKind, HashSet<string> known)
    {
        var (hasTracked, hasJudged, isMoving) = (false, false, false);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            var place = $"{time}{hasTracked}{hasJudged}{TransferSpace.Key(state)}";
            var isNew = seen.Add(place);
            Assert.True(isNew || !isMoving, $"It goes in circles: {place}");
            if (isNew && !known.Add(place))
                return null;
            var now = times[time];
            var step = TransferSaga.Next(state, now, hasTracked, hasJudged, options);
            // What is made anew, or was, waits as long as the one before may confirm.
            if (step is (SagaStep.Plan or SagaStep.BeginSigning or SagaStep.BeginBroadcast) && Commands(state, step, now, isKind).All(c => TransferDecider.Decide(state, c).Refusal is { Code: "may_be_signed" }))
                step = new SagaStep.Wait(now);
            switch (step)
            {
                case SagaStep.Done:
                    Assert.Equal(TransferPhase.Ended, state.Phase);
                    Assert.DoesNotContain(state.Reservations, r => r.IsHeld || r.IsDue);
                    return state;
                case SagaStep.Wait:
                    if (time == times.Length - 1 && !isMoving)
                        return state;
                    (time, hasTracked, hasJudged, isMoving) = (Math.Min(time + 1, times.Length - 1), false, false, false);
                    break;
                default:
                    hasTracked |= step is SagaStep.Track;
                    hasJudged |= step is SagaStep.Judge;
                    foreach (var command in Commands(state, step, now, isKind))
                    {
                        var decision = TransferDecider.Decide(state, command);
                        Assert.True(decision.Refusal is null, $"{step} is refused: {decision.Refusal} in {TransferSpace.Key(state)}");
                        isMoving |= !decision.Events.IsEmpty;
                        state = decision.Events.Aggregate(state, TransferEvolution.Evolve);
                    }
                    break;
            }
        }
    }

    /// <summary>What comes of a step, in the surroundings that there are.</summary>
    static IEnumerable<TransferCommand> Commands(TransferState s, SagaStep step, DateTimeOffset now, bool isKind)
    {
        switch (step)
        {
            case SagaStep.Settle x:
                yield return new TransferCommand.Settle(now, x.Reservation.Reservation.Id);
                break;
            case SagaStep.Plan x:
                yield return isKind
                    ? new TransferCommand.Prepare(now, Prepared(s.Transactions.Length, x.Purpose, isMessage: s.IsMessage, uses: [.. s.Reservations.Where(r => r.IsHeld).Select(r => r.Reservation.Id)]))
                    : new TransferCommand.Fail(now, "It can not be built.");
                break;
            case SagaStep.Judge x:
                yield return new TransferCommand.Judge(now, x.Transaction, isKind ? Verdict.Allow : Verdict.NeedsApprovals, Hash("policy"), [], "trace");
                break;
            case SagaStep.Queue:
                yield return new TransferCommand.Queue(now, now.AddMinutes(1));
                break;
            case SagaStep.BeginSigning x:
                yield return new TransferCommand.BeginSigning(now, x.Transaction, x.Attempt, "node", now.AddMinutes(1));
                break;
            case SagaStep.AskNode x:
                yield return isKind
                    ? new TransferCommand.Sign(now, x.Transaction, x.Attempt, [Signature($"{x.Transaction}")], s.IsMessage ? null : new Recording.Blob(new byte[] { (byte)x.Transaction }))
                    : new TransferCommand.EndSigning(now, x.Transaction, x.Attempt, SigningOutcome.NeedsApprovals, "nobody");
                break;
            case SagaStep.GiveUpSigning x:
                yield return new TransferCommand.EndSigning(now, x.Transaction, x.Attempt, SigningOutcome.Retry, "late");
                break;
            case SagaStep.BeginBroadcast x:
                yield return new TransferCommand.BeginBroadcast(now, x.Transaction, s.Transactions[x.Transaction].SignedHash!.Value, now.AddMinutes(1));
                break;
            case SagaStep.Broadcast x:
                yield return new TransferCommand.AcceptBroadcast(now, x.Transaction, $"id {x.Transaction}");
                break;
            // One of what conflicts gets in. It need not be the one that was sent last.
            case SagaStep.Track when isKind:
                var first = s.Transactions.Select((t, i) => (t, i)).First(x => TransferSaga.IsTracked(x.t)).i;
                yield return new TransferCommand.Track(now, first, new(TransactionState.Finalized, "b", 1, 20), 3, 10);
                break;
            case SagaStep.Track:
                break;
            case SagaStep.Withdraw x:
                yield return new TransferCommand.Withdraw(now, x.Transaction, x.Reason);
                break;
            case SagaStep.Expire:
                yield return new TransferCommand.Expire(now);
                break;
            case SagaStep.Fail x:
                yield return new TransferCommand.Fail(now, x.Reason);
                break;
            case SagaStep.Drop:
                yield return new TransferCommand.Drop(now, "no more");
                break;
        }
    }
}
