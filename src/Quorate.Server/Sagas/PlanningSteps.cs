using System.Collections.Immutable;
using Quorate.Chains;
using Quorate.Server.Ids;
using Quorate.Server.Transfers;

namespace Quorate.Server.Sagas;

/// <summary>From a wish to what is approved: reserved, built, shown to the policy; and what was reserved given back.</summary>
sealed class PlanningSteps(TransferOffice office)
{
    /// <summary>Reserves and builds. What the caller has built is never built anew.</summary>
    internal async Task PlanAsync(ResourceId id, TransferState state, TransactionPurpose purpose, CancellationToken cancellation)
    {
        var (desk, wallet) = await office.FindAsync(state, cancellation).ConfigureAwait(false);
        if (purpose == TransactionPurpose.Refresh && state.Draft!.Subject is not TransferSubject.Payment)
        {
            await FailAsync(id, "It can not be sent any more as the caller has built it, and nobody else may change it.", cancellation).ConfigureAwait(false);
            return;
        }
        var (reservations, refusal) = await desk.ReserveAsync(state, cancellation).ConfigureAwait(false);
        await NoteAsync(id, state, desk, reservations, cancellation).ConfigureAwait(false);
        if (refusal is { IsFinal: true })
        {
            await FailAsync(id, refusal.Reason, cancellation).ConfigureAwait(false);
            return;
        }
        if (refusal is not null)
            throw new StepFailedException(refusal.Reason, refusal.FullLane);
        Draft draft;
        PreparedTransaction prepared;
        try
        {
            draft = await desk.BuildAsync(state, wallet, reservations, cancellation).ConfigureAwait(false);
            prepared = IntentMaker.Make(state, wallet, desk, draft, purpose, null, state.Draft!.ExpiresAt);
        }
        catch (Exception e) when (e is FormatException or ChainException { Error: ChainError.Unsupported or ChainError.Dust })
        {
            await FailAsync(id, e.Message, cancellation).ConfigureAwait(false);
            return;
        }
        await office.SayAsync(id, new TransferCommand.Prepare(office.Now, prepared), cancellation).ConfigureAwait(false);
        foreach (var old in state.Reservations.Where(r => r.IsHeld && !draft.Uses.Contains(r.Reservation.Id)))
            await office.SayAsync(id, new TransferCommand.Release(office.Now, old.Reservation.Id), cancellation).ConfigureAwait(false);
    }

    /// <summary>Asks the server's copy of the policy, after the lane whether it can still be sent.</summary>
    internal async Task JudgeAsync(ResourceId id, TransferState state, SagaStep.Judge step, CancellationToken cancellation)
    {
        var (desk, wallet) = await office.FindAsync(state, cancellation).ConfigureAwait(false);
        var isLost = !state.Transactions[step.Transaction].IsExposed && !await desk.IsHeldAsync(state, step.Transaction, cancellation).ConfigureAwait(false);
        // Nobody should approve what can not be sent any more.
        if (isLost && !state.Transactions.Any(t => t.IsExposed && t.IsLive))
        {
            await PlanAsync(id, state, TransactionPurpose.Refresh, cancellation).ConfigureAwait(false);
            return;
        }
        var pinned = await office.Wallets.PolicyAsync(cancellation).ConfigureAwait(false);
        var decision = PolicyPreview.Ask(state, step.Transaction, wallet, desk, pinned, office.Now);
        await office.SayAsync(id, new TransferCommand.Judge(
            office.Now, step.Transaction, decision.Verdict, decision.Policy, PolicyPreview.Missing(decision), decision.ToString()), cancellation).ConfigureAwait(false);
    }

    /// <summary>Does in the lane what was decided about a reservation.</summary>
    internal async Task SettleAsync(ResourceId id, TransferState state, SagaStep.Settle step, CancellationToken cancellation)
    {
        var (desk, _) = await office.FindAsync(state, cancellation).ConfigureAwait(false);
        await desk.SettleAsync(state, step.Reservation, cancellation).ConfigureAwait(false);
        await office.SayAsync(id, new TransferCommand.Settle(office.Now, step.Reservation.Reservation.Id), cancellation).ConfigureAwait(false);
    }

    async Task NoteAsync(ResourceId id, TransferState state, ITransferDesk desk, ImmutableArray<Reservation> reservations, CancellationToken cancellation)
    {
        foreach (var reservation in reservations)
        {
            // Ended while the lane was asked: what was reserved is given back, here or by whoever tidies the lane.
            var (_, tooLate) = await office.DecideAsync(id, new TransferCommand.Reserve(office.Now, reservation), cancellation).ConfigureAwait(false);
            if (tooLate is { IsRetryable: false })
            {
                await desk.SettleAsync(state, new(reservation, ReservationOutcome.Release), cancellation).ConfigureAwait(false);
                throw new StepFailedException(tooLate.Detail);
            }
        }
    }

    Task FailAsync(ResourceId id, string reason, CancellationToken cancellation) => office.SayAsync(id, new TransferCommand.Fail(office.Now, reason), cancellation);
}
