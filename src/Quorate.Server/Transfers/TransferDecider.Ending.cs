using Quorate.Server.Deciding;

namespace Quorate.Server.Transfers;

/// <summary>Ends, and what becomes of what was reserved.</summary>
static partial class TransferDecider
{
    static Decision<TransferEvent> TakeBack(TransferState state, DateTimeOffset at, TransferStatus end, string reason, string? by)
    {
        if (state.IsOnNetwork)
            return new Refusal("already_broadcast", "The network has it: it takes a cancelling transaction.");
        return state.IsBeingSigned
            ? new Refusal("being_signed", "Nodes are signing it; afterwards it can be taken back.", IsRetryable: true)
            : Decision<TransferEvent>.Of(End(state, at, end, reason, by));
    }

    static Decision<TransferEvent> Expire(TransferState state, TransferCommand.Expire c) =>
        c.At < state.Draft!.ExpiresAt
            ? new Refusal("not_expired", $"It is good until {state.Draft.ExpiresAt:u}.", IsRetryable: true)
            : TakeBack(state, c.At, TransferStatus.Expired, "its time ran out", null);

    static Decision<TransferEvent> Drop(TransferState state, TransferCommand.Drop c) =>
        state.Phase == TransferPhase.Executing && state.Leading is null && !state.Transactions.IsEmpty
            ? Decision<TransferEvent>.Of(End(state, c.At, TransferStatus.Dropped, c.Reason, null))
            : NotNow(state);

    /// <summary>The end, and before it what becomes of everything that is held: after an end nothing is forgotten.</summary>
    /// <param name="state">Where it stands.</param>
    /// <param name="at">The time.</param>
    /// <param name="end">The end.</param>
    /// <param name="reason">Why.</param>
    /// <param name="by">Who; null for nobody in particular.</param>
    /// <param name="replacedBy">The foreign transaction in its place.</param>
    /// <param name="winner">The transaction that is on the chain for good.</param>
    static IEnumerable<TransferEvent> End(
        TransferState state, DateTimeOffset at, TransferStatus end, string reason, string? by, string? replacedBy = null, int? winner = null)
    {
        foreach (var held in state.Reservations.Where(r => r.IsHeld))
        {
            var id = held.Reservation.Id;
            var outcome = winner is not { } index ? OutcomeWithoutWinner(state, id)
                : state.Transactions[index].Prepared.Uses.Contains(id) ? ReservationOutcome.Consume
                // What conflicts with a final transaction can not confirm: the others' places are free.
                : ReservationOutcome.Release;
            yield return new TransferEvent.ReservationDecided(at, id, outcome);
        }
        yield return new TransferEvent.Ended(at, end, reason, by, replacedBy);
    }

    static ReservationOutcome OutcomeWithoutWinner(TransferState state, string reservation) =>
        state.Transactions.Any(t => t.IsExposed && t.Stage != TransactionStage.Dead && t.Prepared.Uses.Contains(reservation))
            ? ReservationOutcome.ReleaseExposed
            : ReservationOutcome.Release;
}
