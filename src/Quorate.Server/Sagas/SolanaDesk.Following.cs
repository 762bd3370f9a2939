using Quorate.Chains;
using Quorate.Chains.Solana;
using Quorate.Server.Lanes;
using Quorate.Server.Transfers;

namespace Quorate.Server.Sagas;

// What became of what was sent, told to the lanes.
sealed partial class SolanaDesk
{
    public async Task<TransactionStatus> LookAsync(TransferState transfer, int transaction, CancellationToken cancellation)
    {
        var (from, holder, t, life) = (From(transfer), Holder(transfer), transfer.Transactions[transaction], LifeOf(transfer, transaction));
        var status = await network.StatusAsync(t.Signed!.Value.Bytes, life.Window, cancellation).ConfigureAwait(false);
        var isFailedForGood = status.State == TransactionState.Failed && status.Confirmations >= SolanaChain.FinalConfirmations;
        if (status.State == TransactionState.Finalized || isFailedForGood)
            await TellAsync(from, l => l.Settle(holder), cancellation).ConfigureAwait(false);
        if (status.State == TransactionState.Dead)
            status = await BuryAsync(transfer, transaction, status, life, from, cancellation).ConfigureAwait(false);
        var isIncluded = status.State is TransactionState.Confirmed or TransactionState.Finalized or TransactionState.Failed;
        if (isIncluded || t.IsInBlock)
            await funds.IncludeAsync(from, holder, isIncluded, cancellation).ConfigureAwait(false);
        // The cluster's own rule says what is final, whatever number of confirmations is asked for elsewhere.
        return isFailedForGood ? status with { Confirmations = Math.Max(status.Confirmations, options.FinalConfirmations) } : status;
    }

    public Task SettleAsync(TransferState transfer, NotedReservation reservation, CancellationToken cancellation)
    {
        var (noted, holder) = (reservation.Reservation, Holder(transfer));
        if (noted.Kind == ReservationKind.Funds)
            return funds.ReleaseAsync(noted.Lane, holder, cancellation);
        if (reservation.Outcome == ReservationOutcome.Consume)
            return TellAsync(From(transfer), l => l.Settle(holder), cancellation);
        // Another life that the transfer has by now is in the same place of the lane, and stays.
        return NotedLives(transfer).Any() ? Task.CompletedTask : TellAsync(From(transfer), l => l.Release(holder), cancellation);
    }

    public async Task<LaneGap?> TidyAsync(Address account, Func<string, Task<bool>> hasEnded, CancellationToken cancellation)
    {
        var lane = await ObserveAsync(account, cancellation).ConfigureAwait(false);
        foreach (var (holder, _) in lane.Lives.Where(l => !l.Value.IsAbandoned).OrderBy(l => l.Key, StringComparer.Ordinal).ToArray())
            if (await hasEnded(holder).ConfigureAwait(false))
                lane = await TellAsync(account, l => l.Release(holder), cancellation).ConfigureAwait(false);
        var abandoned = lane.Lives.Where(l => l.Value.IsAbandoned).OrderBy(l => l.Key, StringComparer.Ordinal).ToArray();
        if (abandoned.Length > 0)
        {
            // Nobody follows it any more: whether it got in or not, it is over when it can not.
            var (_, final) = await network.HeightsAsync(cancellation).ConfigureAwait(false);
            foreach (var (holder, life) in abandoned)
                foreach (var bound in life.Bound)
                    if (bound.LastHeight is { } last ? final > last : lane.Nonces[life.Nonce!].Value is { } now && now != bound.Value)
                        await TellAsync(account, l => l.End(holder, bound.Value), cancellation).ConfigureAwait(false);
        }
        await funds.TidyAsync(account, hasEnded, cancellation).ConfigureAwait(false);
        // Nobody waits for a place that nobody has: coins and messages have no order.
        return null;
    }

    /// <summary>
    /// A message is dead. Under a durable nonce that can be because another of the transfer was executed, and the lane may
    /// only be told that nothing was when all of them are dead.
    /// </summary>
    async Task<TransactionStatus> BuryAsync(
        TransferState transfer, int transaction, TransactionStatus dead, KeptLife life, Address from, CancellationToken cancellation)
    {
        for (var i = 0; i < transfer.Transactions.Length; i++)
        {
            var other = transfer.Transactions[i];
            if (i == transaction || other.Signed is not { } signed || !other.Prepared.Uses.SequenceEqual(transfer.Transactions[transaction].Prepared.Uses))
                continue;
            var status = await network.StatusAsync(signed.Bytes, life.Window, cancellation).ConfigureAwait(false);
            if (status.State == TransactionState.Finalized || (status.State == TransactionState.Failed && status.Confirmations >= SolanaChain.FinalConfirmations))
                return dead with { ReplacedBy = SolanaFormat.TransactionId(signed.Bytes.Span) };
            if (status.State != TransactionState.Dead)
                return new(TransactionState.Unknown, Reason: "Another message of the transfer may have taken its place.");
        }
        await TellAsync(from, l => l.End(Holder(transfer), life.Value.ToString()), cancellation).ConfigureAwait(false);
        return dead;
    }

    async Task<LifetimeLane> ObserveAsync(Address account, CancellationToken cancellation)
    {
        var lane = await lanes.ReadAsync(LifetimeLane.Stream(account), cancellation).ConfigureAwait(false);
        foreach (var nonce in lane.Nonces.Keys)
            if (await network.DurableAsync(Format.ParseAddress(nonce), cancellation).ConfigureAwait(false) is { Lifetime: MessageLifetime.Durable now } life)
                lane = await TellAsync(account, l => l.Observe(nonce, now.Value.ToString(), life.Window.FirstSlot), cancellation).ConfigureAwait(false);
        return lane;
    }

    /// <summary>Has the lane take note. What it does not take stays as it is; what it could not be told is told again.</summary>
    async Task<LifetimeLane> TellAsync(Address account, Func<LifetimeLane, LaneDecision<LifetimeEvent>> what, CancellationToken cancellation)
    {
        var (lane, refusal) = await lanes.DecideAsync(LifetimeLane.Stream(account), what, cancellation).ConfigureAwait(false);
        return refusal == LaneRefusal.Busy ? throw new ChainException(ChainError.Unavailable, "Others have been quicker in the lane time and again.") : lane;
    }
}
