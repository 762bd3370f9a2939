using Quorate.Policies;
using Quorate.Server.Deciding;

namespace Quorate.Server.Transfers;

/// <summary>Until it is approved: what is kept for it, what is to be signed, who says yes.</summary>
static partial class TransferDecider
{
    static Decision<TransferEvent> Reserve(TransferState state, TransferCommand.Reserve c)
    {
        if (state.Phase is TransferPhase.Draft || state.IsMessage)
            return NotNow(state);
        if (state.Reservations.Any(r => r.Reservation.Id == c.Reservation.Id))
            return new Refusal("reservation_exists", $"{c.Reservation.Id} is another reservation.");
        return state.Reservations.Length >= MaxReservations
            ? new Refusal("too_many_reservations", $"A transfer has at most {MaxReservations}.")
            : new TransferEvent.ReservationNoted(c.At, c.Reservation);
    }

    static Decision<TransferEvent> Release(TransferState state, TransferCommand.Release c)
    {
        if (state.Reservations.All(r => r.Reservation.Id != c.Reservation))
            return new Refusal("unknown_reservation", $"It has no reservation {c.Reservation}.");
        if (state.Transactions.Any(t => t.IsLive && t.Prepared.Uses.Contains(c.Reservation)))
            return new Refusal("reservation_used", "A transaction rests on it.");
        return new TransferEvent.ReservationDecided(c.At, c.Reservation, OutcomeWithoutWinner(state, c.Reservation));
    }

    static Decision<TransferEvent> Settle(TransferState state, TransferCommand.Settle c) =>
        state.Reservations.FirstOrDefault(r => r.Reservation.Id == c.Reservation) switch
        {
            null => new Refusal("unknown_reservation", $"It has no reservation {c.Reservation}."),
            { IsSettled: true } => Decision<TransferEvent>.Nothing,
            { Outcome: null } => new Refusal("reservation_held", "It is needed still."),
            _ => new TransferEvent.ReservationSettled(c.At, c.Reservation),
        };

    static Decision<TransferEvent> Prepare(TransferState state, TransferCommand.Prepare c)
    {
        var prepared = c.Prepared;
        if (state.Phase is TransferPhase.Draft || state.IsBeingSigned)
            return NotNow(state);
        var expires = state.ExpiryOf(prepared);
        if (c.At >= expires)
            return Late(expires);
        if (expires - c.At > MaxLifetime)
            return new Refusal("invalid_expiry", $"It may be good for up to {MaxLifetime.Days} days from now.");
        if (state.Transactions.Length >= MaxTransactions)
            return new Refusal("too_many_transactions", $"A transfer has at most {MaxTransactions}.");
        if (prepared.Form == PayloadForm.Transaction == state.IsMessage)
            return new Refusal("wrong_form", "That is not the kind of thing that was asked for.");
        if (prepared.MaxFee is null != state.Draft!.MaxFee is null || prepared.MaxFee > state.Draft.MaxFee?.Amount)
            return new Refusal("fee_above_limit", $"It may cost {state.Draft.MaxFee?.Amount.ToString() ?? "nothing"} at most.");
        if (state.Transactions.Any(t => t.Prepared.Hash == prepared.Hash || t.Prepared.IntentHash == prepared.IntentHash))
            return new Refusal("same_transaction", "It has had a transaction of these bytes, or for this intent.");
        if (prepared.Uses.FirstOrDefault(id => !state.Reservations.Any(r => r.IsHeld && r.Reservation.Id == id)) is { } missing)
            return new Refusal("unknown_reservation", $"It rests on {missing}, which is not held.");
        if (prepared.Purpose is TransactionPurpose.Original or TransactionPurpose.Refresh && state.Draft.Subject.Given is { } given && prepared.Unsigned != given)
            return new Refusal("other_bytes", "It is signed as the caller has given it, or not at all.");
        return prepared.Purpose switch
        {
            TransactionPurpose.Original => state.Transactions.IsEmpty && prepared.Replaces is null && state.Phase == TransferPhase.Planning
                ? new TransferEvent.TransactionPrepared(c.At, prepared, KeepsApprovals: false)
                : new Refusal("wrong_purpose", "The original is the first, and there is one."),
            TransactionPurpose.Refresh => Refresh(state, c),
            _ => Conflict(state, c),
        };
    }

    // Two transactions that do not conflict could both confirm: nothing of the earlier ones may be signed, or come to it.
    static Decision<TransferEvent> Refresh(TransferState state, TransferCommand.Prepare c)
    {
        if (state.Current is not { } current)
            return new Refusal("wrong_purpose", "There is nothing to refresh.");
        if (state.Transactions.Any(t => t.IsExposed && t.Stage is not (TransactionStage.Dead or TransactionStage.Superseded)))
            return MayConfirm;
        if (c.Prepared.Replaces is { } replaced && replaced != state.CurrentIndex)
            return NoTransaction(replaced);
        var prepared = new TransferEvent.TransactionPrepared(c.At, c.Prepared, c.Prepared.Replaces is not null);
        return current.IsLive
            ? Decision<TransferEvent>.Of(new TransferEvent.TransactionWithdrawn(c.At, state.CurrentIndex, "made anew"), prepared)
            : prepared;
    }

    static Decision<TransferEvent> Conflict(TransferState state, TransferCommand.Prepare c)
    {
        if (state.Phase != TransferPhase.Executing || state.Current is { Stage: TransactionStage.Prepared })
            return NotNow(state);
        if (c.Prepared.Replaces is not { } index || Of(state, index) is not
            { Stage: TransactionStage.Signed or TransactionStage.Broadcasting or TransactionStage.Refused or TransactionStage.Broadcast or TransactionStage.Missing } replaced)
            return new Refusal("nothing_to_replace", "It names no transaction that is signed and in no block.");
        return replaced.Prepared.Purpose == TransactionPurpose.Cancellation && c.Prepared.Purpose != TransactionPurpose.Cancellation
            ? new Refusal("being_cancelled", "What cancels is replaced by what cancels.")
            // Nodes let nothing but the fee differ from what was approved; what cancels does something else.
            : new TransferEvent.TransactionPrepared(c.At, c.Prepared, KeepsApprovals: c.Prepared.Purpose == TransactionPurpose.Replacement);
    }

    static Decision<TransferEvent> Withdraw(TransferState state, TransferCommand.Withdraw c)
    {
        if (state.Current is not { Stage: TransactionStage.Prepared } current || c.Transaction != state.CurrentIndex)
            return NoTransaction(c.Transaction);
        if (!state.Transactions.Take(c.Transaction).Any(t => t.IsLive && t.IsExposed))
            return new Refusal("nothing_else", "There is nothing else of it: the transfer is taken back, and not its transaction.");
        return current.IsExposed && c.At < state.ExpiryOf(current.Prepared)
            ? new Refusal("may_be_signed", "Nodes were asked to sign it, and may have.", IsRetryable: true)
            : new TransferEvent.TransactionWithdrawn(c.At, c.Transaction, c.Reason);
    }

    static Decision<TransferEvent> Judge(TransferState state, TransferCommand.Judge c)
    {
        if (state.Current is not { Stage: TransactionStage.Prepared } current || c.Transaction != state.CurrentIndex)
            return NoTransaction(c.Transaction);
        if (state.Phase is not (TransferPhase.Planning or TransferPhase.Approving or TransferPhase.Executing))
            return NotNow(state);
        if (c.At >= state.ExpiryOf(current.Prepared))
            return Late(state.ExpiryOf(current.Prepared));
        var judged = new TransferEvent.PolicyJudged(c.At, c.Transaction, c.Verdict, c.Policy, c.Outstanding, c.Trace);
        if (c.Verdict != Verdict.Deny)
            return judged;
        // A replacement that is denied leaves what it was to replace where it is.
        return IsAlone(state, c.Transaction)
            ? Decision<TransferEvent>.Of([judged, .. End(state, c.At, TransferStatus.Denied, c.Trace, null)])
            : Decision<TransferEvent>.Of(judged, new TransferEvent.TransactionWithdrawn(c.At, c.Transaction, "denied"));
    }

    static Decision<TransferEvent> Approve(TransferState state, TransferCommand.Approve c)
    {
        if (state.Current is not { Stage: TransactionStage.Prepared } current || c.Transaction != state.CurrentIndex)
            return NoTransaction(c.Transaction);
        if (state.Phase is not (TransferPhase.Planning or TransferPhase.Approving or TransferPhase.Executing))
            return NotNow(state);
        if (c.At >= state.ExpiryOf(current.Prepared))
            return Late(state.ExpiryOf(current.Prepared));
        return state.Approvals.Length >= MaxApprovals
            ? new Refusal("too_many_approvals", $"A transfer has at most {MaxApprovals}.")
            : new TransferEvent.ApprovalGiven(c.At, c.Transaction, c.Member, c.Device, c.Approval);
    }

    static Decision<TransferEvent> Reject(TransferState state, TransferCommand.Reject c) =>
        state.Phase is TransferPhase.Planning or TransferPhase.Approving
            ? Decision<TransferEvent>.Of(End(state, c.At, TransferStatus.Rejected, c.Reason, c.Member))
            : NotNow(state);

    static Decision<TransferEvent> Queue(TransferState state, TransferCommand.Queue c) =>
        state.Phase != TransferPhase.Approved ? NotNow(state)
        : c.At >= state.Draft!.ExpiresAt ? Late(state.Draft.ExpiresAt)
        : new TransferEvent.Queued(c.At, c.Until);

    /// <summary>Whether no other transaction of the transfer is signed and may confirm.</summary>
    static bool IsAlone(TransferState state, int transaction) =>
        !state.Transactions.Where((t, i) => i != transaction && t.IsLive && !t.Signatures.IsEmpty).Any();
}
