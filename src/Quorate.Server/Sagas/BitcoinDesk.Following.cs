using Quorate.Chains;
using Quorate.Chains.Bitcoin;
using Quorate.Server.Lanes;
using Quorate.Server.Transfers;

namespace Quorate.Server.Sagas;

// What became of what was sent, told to the lane.
sealed partial class BitcoinDesk
{
    public async Task<TransactionStatus> LookAsync(TransferState transfer, int transaction, CancellationToken cancellation)
    {
        var account = From(transfer);
        var (chain, stream, holder) = (accounts.Of(account), Stream(account), Holder(transfer));
        await NoteAsync(transfer, transaction, account, cancellation).ConfigureAwait(false);
        var signed = BitcoinTransaction.Decode(transfer.Transactions[transaction].Signed!.Value.Bytes.Span);
        var id = signed.Id.ToString();
        var status = await FinalAsync(chain, await chain.GetStatusAsync(signed, cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false);
        var lane = await TellAsync(stream, l => status.State switch
        {
            TransactionState.Confirmed => l.Include(holder, id),
            TransactionState.Finalized => l.End(holder, id),
            TransactionState.Dead => l.End(holder, l.SpendOf(holder)?.Bound.FirstOrDefault(b => b.Transaction == status.ReplacedBy)?.Transaction),
            _ => l.SpendOf(holder)?.Included == id ? l.Include(holder, null) : LaneDecision<CoinEvent>.Nothing,
        }, cancellation).ConfigureAwait(false);
        if (status.State is not (TransactionState.Unknown or TransactionState.Pending) || !lane.IsHopeless(holder))
            return status;
        // A coin that it spends was spent for good by another transfer, or will never be made.
        await TellAsync(stream, l => l.IsHopeless(holder) ? l.End(holder, null) : LaneDecision<CoinEvent>.Nothing, cancellation).ConfigureAwait(false);
        return new(TransactionState.Dead, Reason: "A coin that it spends is spent for good, or will never be there.");
    }

    public async Task<LaneGap?> TidyAsync(Address account, Func<string, Task<bool>> hasEnded, CancellationToken cancellation)
    {
        var (chain, stream) = (accounts.Of(account), Stream(account));
        var lane = await ObserveAsync(account, cancellation).ConfigureAwait(false);
        foreach (var spend in lane.Spends.Values.Where(s => !s.IsAbandoned).OrderBy(s => s.Holder, StringComparer.Ordinal).ToArray())
            if (await hasEnded(spend.Holder).ConfigureAwait(false))
                lane = await TellAsync(stream, l => l.Release(spend.Holder), cancellation).ConfigureAwait(false);
        // What nobody wants is followed here, since its transfer has ended: it may get in, or what has its coins now may.
        foreach (var ghost in lane.Spends.Values.Where(s => s.IsAbandoned).OrderBy(s => s.Holder, StringComparer.Ordinal).ToArray())
            await FollowAsync(chain, stream, ghost, cancellation).ConfigureAwait(false);
        // Nobody waits for a place that nobody has: coins and messages have no order.
        return null;
    }

    /// <summary>The child that would pay for a transfer which is stuck and whose change is free; null where there is none.</summary>
    /// <remarks>
    /// It conflicts with nothing, so it is a transfer of its own, with a fee and approvals of its own. It pays what its parents
    /// lack to the rate, as everything does here that spends change on its way.
    /// </remarks>
    internal async Task<TransferSubject.Payment?> ChildForAsync(TransferState transfer, CancellationToken cancellation)
    {
        var account = From(transfer);
        var lane = await lanes.ReadAsync(Stream(account), cancellation).ConfigureAwait(false);
        return lane.ChangeToAccelerate(Holder(transfer)) is { } change
            ? new(accounts.Coin, Amount.Zero, account.Text, account.Text, null, new([change.Point]))
            : null;
    }

    async Task FollowAsync(BitcoinChain chain, string stream, CoinSpend ghost, CancellationToken cancellation)
    {
        string? included = null;
        foreach (var sent in ghost.Bound.Where(b => b.Transaction is not null))
        {
            var status = await chain.GetStatusAsync(sent.Transaction!, cancellation).ConfigureAwait(false);
            if (status.State == TransactionState.Finalized)
            {
                await TellAsync(stream, l => l.End(ghost.Holder, sent.Transaction), cancellation).ConfigureAwait(false);
                return;
            }
            included = status.State == TransactionState.Confirmed ? sent.Transaction : included;
        }
        var isSpentOtherwise = included is null && await IsSpentForGoodAsync(chain, ghost, cancellation).ConfigureAwait(false);
        await TellAsync(stream, l => l.IsHopeless(ghost.Holder) || isSpentOtherwise ? l.End(ghost.Holder, null) : l.Include(ghost.Holder, included), cancellation).ConfigureAwait(false);
    }

    static async Task<bool> IsSpentForGoodAsync(BitcoinChain chain, CoinSpend ghost, CancellationToken cancellation)
    {
        foreach (var coin in ghost.Coins)
            if (await chain.GetSpenderAsync(OutPoint.Parse(coin), cancellation).ConfigureAwait(false) is { } spender
                && ghost.Bound.All(b => b.Transaction != spender.ToString())
                && (await chain.GetStatusAsync(spender.ToString(), cancellation).ConfigureAwait(false)).State == TransactionState.Finalized)
                return true;
        return false;
    }

    /// <summary>A rival in a block that can still go back has not won: only a final one has.</summary>
    static async Task<TransactionStatus> FinalAsync(BitcoinChain chain, TransactionStatus status, CancellationToken cancellation) =>
        status is { State: TransactionState.Dead, ReplacedBy: { } rival }
        && (await chain.GetStatusAsync(rival, cancellation).ConfigureAwait(false)).State != TransactionState.Finalized
            ? new(TransactionState.Unknown, ReplacedBy: rival, Reason: status.Reason)
            : status;

    /// <summary>Under which id it will be known, and which coin it makes: before it is sent, and before it is looked for.</summary>
    Task<CoinLane> NoteAsync(TransferState transfer, int transaction, Address account, CancellationToken cancellation)
    {
        var t = transfer.Transactions[transaction];
        var id = BitcoinTransaction.Decode(t.Signed!.Value.Bytes.Span).Id.ToString();
        var change = accounts.Of(account).FindOwn(t.Prepared.Unsigned.Bytes).FirstOrDefault(o => o.IsChange) is { } own
            ? new LaneCoin(new OutPoint(TxId.Parse(id), own.Index).ToString(), own.Value, IsChange: true, own.ScriptIndex, IsConfirmed: false)
            : null;
        return TellAsync(Stream(account), l => l.SpendOf(Holder(transfer)) is null ? LaneDecision<CoinEvent>.Nothing : l.Send(Holder(transfer), t.Prepared.Hash.ToString(), id, change), cancellation);
    }

    async Task<CoinLane> ObserveAsync(Address account, CancellationToken cancellation)
    {
        var (chain, stream) = (accounts.Of(account), Stream(account));
        var asked = await lanes.ReadAsync(stream, cancellation).ConfigureAwait(false);
        // Where change was before, change is looked for: the addresses between may be empty again.
        if (asked.NextChange > 0)
            chain.Wallet.Change(asked.NextChange - 1);
        var outputs = await chain.GetOutputsAsync(cancellation).ConfigureAwait(false);
        LaneCoin[] unspent = [.. outputs.Where(o => o.Output.IsConfirmed).Select(o => new LaneCoin(o.Output.Point.ToString(), o.Output.Value, o.IsChange, o.Index))];
        return await TellAsync(stream, l => l.Observe(unspent, asked), cancellation).ConfigureAwait(false);
    }

    /// <summary>Has the lane take note. What it does not take stays as it is; what it could not be told is told again.</summary>
    async Task<CoinLane> TellAsync(string stream, Func<CoinLane, LaneDecision<CoinEvent>> what, CancellationToken cancellation)
    {
        var (lane, refusal) = await lanes.DecideAsync(stream, what, cancellation).ConfigureAwait(false);
        return refusal == LaneRefusal.Busy ? throw new ChainException(ChainError.Unavailable, "Others have been quicker in the lane time and again.") : lane;
    }
}
