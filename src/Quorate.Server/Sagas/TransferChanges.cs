using Quorate.Chains;
using Quorate.Server.Deciding;
using Quorate.Server.Ids;
using Quorate.Server.Transfers;

namespace Quorate.Server.Sagas;

/// <summary>What people ask of a transfer that is under way, at the version that they have seen where they mind: hurry, take it back, leave that after all.</summary>
sealed class TransferChanges(TransferOffice office)
{
    /// <summary>
    /// The same transaction at a higher fee, within what was approved. Of what the caller has built, too: nothing but the fee
    /// differs, as the nodes' rule for replacements wants it.
    /// </summary>
    /// <returns>Why not; null where it is on its way.</returns>
    /// <exception cref="ChainException">It is too late, the limit on the fee too low, or the node fails.</exception>
    /// <exception cref="StepFailedException">There is no desk for the chain, or there are no keys.</exception>
    internal Task<Refusal?> SpeedUpAsync(ResourceId id, CancellationToken cancellation, long? expectedVersion = null) =>
        ReplaceAsync(id, TransactionPurpose.Replacement, expectedVersion, cancellation);

    /// <summary>Takes a transfer back: at once where nothing is on the network, else by a transaction that does nothing in its place.</summary>
    /// <returns>Why not; null where it is cancelled, or on its way.</returns>
    /// <exception cref="ChainException">It is too late, the limit on the fee too low, or the node fails.</exception>
    /// <exception cref="StepFailedException">There is no desk for the chain, or there are no keys.</exception>
    internal async Task<Refusal?> CancelAsync(ResourceId id, string by, string reason, CancellationToken cancellation, long? expectedVersion = null)
    {
        var (_, refusal) = await office.DecideAsync(id, new TransferCommand.Cancel(office.Now, by, reason), cancellation, expectedVersion).ConfigureAwait(false);
        return refusal is { Code: "already_broadcast" } ? await ReplaceAsync(id, TransactionPurpose.Cancellation, expectedVersion, cancellation).ConfigureAwait(false) : refusal;
    }

    /// <summary>Gives up a replacement or cancellation that no node was asked to sign; what it was to replace goes on.</summary>
    /// <returns>Why not; null where it is withdrawn.</returns>
    internal async Task<Refusal?> WithdrawAsync(ResourceId id, string reason, CancellationToken cancellation, long? expectedVersion = null)
    {
        var state = await office.ReadAsync(id, cancellation).ConfigureAwait(false);
        return (await office.DecideAsync(id, new TransferCommand.Withdraw(office.Now, state.CurrentIndex, reason), cancellation, expectedVersion).ConfigureAwait(false)).Refusal;
    }

    async Task<Refusal?> ReplaceAsync(ResourceId id, TransactionPurpose purpose, long? expectedVersion, CancellationToken cancellation)
    {
        var state = await office.ReadAsync(id, cancellation).ConfigureAwait(false);
        var replaced = state.Transactions.Select((t, i) => (t, i)).LastOrDefault(x => x.t.IsLive && !x.t.Signatures.IsEmpty && !x.t.IsInBlock, (null!, -1)).Item2;
        if (replaced < 0 || state.Phase == TransferPhase.Ended)
            return new("nothing_to_replace", "Nothing of it is signed and in no block.");
        var (desk, wallet) = await office.FindAsync(state, cancellation).ConfigureAwait(false);
        var draft = await desk.ReplaceAsync(state, wallet, replaced, purpose == TransactionPurpose.Cancellation, cancellation).ConfigureAwait(false);
        // What cancels takes approvals of its own, and has time for them: also where the transfer's is over.
        var expires = office.Now + office.Options.CancellationLifetime;
        var prepared = IntentMaker.Make(
            state, wallet, desk, draft, purpose, replaced, expires > state.Draft!.ExpiresAt ? expires : state.Draft.ExpiresAt);
        return (await office.DecideAsync(id, new TransferCommand.Prepare(office.Now, prepared), cancellation, expectedVersion).ConfigureAwait(false)).Refusal;
    }
}
