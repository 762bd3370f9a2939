using Quorate.Chains;
using Quorate.Server.Ids;
using Quorate.Server.Transfers;

namespace Quorate.Server.Sagas;

/// <summary>From signatures to a final block: sent, followed, and sent again where the network has lost it.</summary>
sealed class NetworkSteps(TransferOffice office)
{
    /// <summary>Gives it to the network, and writes down what that says.</summary>
    internal async Task BroadcastAsync(ResourceId id, TransferState state, SagaStep.Broadcast step, CancellationToken cancellation)
    {
        var (desk, _) = await office.FindAsync(state, cancellation).ConfigureAwait(false);
        TransferCommand said;
        try
        {
            said = new TransferCommand.AcceptBroadcast(office.Now, step.Transaction, await desk.SendAsync(state, step.Transaction, cancellation).ConfigureAwait(false));
        }
        catch (ChainException e) when (IsRefusal(e, state))
        {
            said = new TransferCommand.RefuseBroadcast(office.Now, step.Transaction, e.Message);
        }
        await office.SayAsync(id, said, cancellation).ConfigureAwait(false);
    }

    /// <summary>Looks what the chain shows of everything that is signed.</summary>
    internal async Task TrackAsync(ResourceId id, TransferState state, CancellationToken cancellation)
    {
        var (desk, _) = await office.FindAsync(state, cancellation).ConfigureAwait(false);
        for (var i = 0; i < state.Transactions.Length; i++)
        {
            if (state.Phase == TransferPhase.Ended || !TransferSaga.IsTracked(state.Transactions[i]))
                continue;
            var seen = await desk.LookAsync(state, i, cancellation).ConfigureAwait(false);
            (state, _) = await office.DecideAsync(
                id, new TransferCommand.Track(office.Now, i, seen, office.Options.Confirmations, office.Options.FinalConfirmations), cancellation).ConfigureAwait(false);
        }
        if (state.Phase != TransferPhase.Ended)
            await SendAgainAsync(desk, state, cancellation).ConfigureAwait(false);
    }

    // What may be otherwise later is no refusal, as long as there is a later.
    bool IsRefusal(ChainException e, TransferState state) => e.Error is ChainError.Rejected or ChainError.Stale or ChainError.FeeTooLow or ChainError.Unsupported
        || (e.Error == ChainError.InsufficientFunds && office.Now >= state.Draft!.ExpiresAt);

    /// <summary>
    /// What the network has lost once more, the same bytes; what it says to it shows at the next look. The latest first: what
    /// somebody wants now must not lose against what it was to replace. An earlier one only where the later is not taken.
    /// </summary>
    static async Task SendAgainAsync(ITransferDesk desk, TransferState state, CancellationToken cancellation)
    {
        for (var i = state.Transactions.Length - 1; i >= 0; i--)
        {
            // What the network has refused keeps nothing from being sent.
            if (!state.Transactions[i].IsLive || !TransferSaga.IsTracked(state.Transactions[i]) || state.Transactions[i].Stage == TransactionStage.Refused)
                continue;
            if (state.Transactions[i].Stage != TransactionStage.Missing)
                return;
            try
            {
                await desk.SendAsync(state, i, cancellation).ConfigureAwait(false);
                return;
            }
            catch (ChainException)
            {
            }
        }
    }
}
