using Quorate.Policies;

namespace Quorate.Server.Transfers;

/// <summary>The next state.</summary>
static class TransferEvolution
{
    /// <summary>The state after an event. Pure; what the decider would not have let happen is not looked for.</summary>
    internal static TransferState Evolve(TransferState state, TransferEvent happened) => happened switch
    {
        TransferEvent.Requested e => state with { Draft = e.Draft, Phase = TransferPhase.Draft, RequestedAt = e.At },
        TransferEvent.Submitted e => state with { Phase = TransferPhase.Planning, StepUntil = e.Until },
        TransferEvent.ReservationNoted e => state with { Reservations = state.Reservations.Add(new(e.Reservation)) },
        TransferEvent.ReservationDecided e => Reservation(state, e.Id, r => r with { Outcome = e.Outcome }),
        TransferEvent.ReservationSettled e => Reservation(state, e.Id, r => r with { IsSettled = true }),
        TransferEvent.TransactionPrepared e => Prepared(state, e),
        TransferEvent.TransactionWithdrawn e => At(state, e.Transaction, t => t with { Stage = TransactionStage.Withdrawn, Fault = e.Reason }),
        TransferEvent.PolicyJudged e => Judged(state, e),
        TransferEvent.ApprovalGiven e => state with { Approvals = state.Approvals.Add(new(e.Transaction, e.Member, e.Device, e.Approval)) },
        TransferEvent.Queued e => state with { Phase = TransferPhase.Executing, StepUntil = e.Until },
        TransferEvent.SigningBegun e => At(state, e.Transaction, t => t with { Stage = TransactionStage.Signing, Attempts = e.Attempt }) with { StepUntil = e.Until },
        TransferEvent.SigningEnded e => SigningEnded(state, e),
        TransferEvent.TransactionSigned e => At(state, e.Transaction, t => t with
        {
            Stage = TransactionStage.Signed, Signatures = e.Signatures, Signed = e.Signed, SignedHash = e.SignedHash, Fault = null,
        }) with { StepUntil = null },
        TransferEvent.BroadcastBegun e => At(state, e.Transaction, t => t with { Stage = TransactionStage.Broadcasting, WasBroadcast = true }) with { StepUntil = e.Until },
        TransferEvent.BroadcastAccepted e => At(state, e.Transaction, t => t with { Stage = TransactionStage.Broadcast, TransactionId = e.TransactionId }) with { StepUntil = null },
        TransferEvent.BroadcastRefused e => At(state, e.Transaction, t => t with { Stage = TransactionStage.Refused, Fault = e.Reason }) with { StepUntil = null },
        TransferEvent.TransactionTracked e => Tracked(state, e),
        TransferEvent.Ended e => state with
        {
            Phase = TransferPhase.Ended, End = e.Status, EndReason = e.Reason, ReplacedBy = e.ReplacedBy, StepUntil = null, IsReorganised = false,
        },
        _ => throw new System.Diagnostics.UnreachableException(happened.GetType().Name),
    };

    static TransferState Prepared(TransferState state, TransferEvent.TransactionPrepared e)
    {
        var prepared = new TransferTransaction(e.Prepared, TransactionStage.Prepared) { ApprovedAs = state.Transactions.Length };
        if (e.KeepsApprovals && e.Prepared.Replaces is { } replaced)
            return state with
            {
                Transactions = state.Transactions.Add(prepared with
                {
                    ApprovedAs = state.Transactions[replaced].ApprovedAs, IsAllowed = state.Transactions[replaced].IsAllowed,
                }),
            };
        return state with
        {
            // Approved anew, from the beginning: a plan that nobody has seen is not approved. What cancels is judged beside what it cancels.
            Transactions = state.Transactions.Add(prepared), Judged = null, IsReorganised = false,
            Phase = state.Phase == TransferPhase.Executing && state.Leading is not null ? state.Phase : TransferPhase.Planning,
        };
    }

    static TransferState Judged(TransferState state, TransferEvent.PolicyJudged e) => At(state, e.Transaction, t => t with { IsAllowed = e.Verdict == Verdict.Allow }) with
    {
        Judged = new(e.Transaction, e.Verdict, e.Policy, e.Outstanding, e.Trace, state.CurrentApprovals.Count()),
        StepUntil = state.Phase == TransferPhase.Executing ? state.StepUntil : null,
        Phase = state.Phase == TransferPhase.Executing || e.Verdict == Verdict.Deny
            ? state.Phase
            : e.Verdict == Verdict.Allow ? TransferPhase.Approved : TransferPhase.Approving,
    };

    static TransferState SigningEnded(TransferState state, TransferEvent.SigningEnded e)
    {
        var next = At(state, e.Transaction, t => t with
        {
            Stage = TransactionStage.Prepared, Fault = e.Reason, IsAllowed = t.IsAllowed && e.Outcome != SigningOutcome.NeedsApprovals,
        }) with { StepUntil = null };
        return e.Outcome == SigningOutcome.NeedsApprovals && !next.Transactions.Any(t => t.IsLive && !t.Signatures.IsEmpty)
            ? next with { Phase = TransferPhase.Approving, Judged = null }
            : next;
    }

    static TransferState Tracked(TransferState state, TransferEvent.TransactionTracked e)
    {
        var next = At(state, e.Transaction, t => t with
        {
            Stage = e.Stage, BlockHash = e.BlockHash, BlockHeight = e.BlockHeight, Fault = e.Reason, WasBroadcast = t.WasBroadcast || e.Stage != TransactionStage.Dead,
        });
        return next with
        {
            StepUntil = null,
            Phase = next.Transactions[e.Transaction].IsLive ? TransferPhase.Executing : next.Phase,
            Reorgs = state.Reorgs + (e.IsReorg ? 1 : 0),
            IsReorganised = next.Leading is not { IsInBlock: true } && (e.IsReorg || state.IsReorganised),
        };
    }

    static TransferState At(TransferState state, int index, Func<TransferTransaction, TransferTransaction> change) =>
        state with { Transactions = state.Transactions.SetItem(index, change(state.Transactions[index])) };

    static TransferState Reservation(TransferState state, string id, Func<NotedReservation, NotedReservation> change) =>
        state with { Reservations = [.. state.Reservations.Select(r => r.Reservation.Id == id ? change(r) : r)] };
}
