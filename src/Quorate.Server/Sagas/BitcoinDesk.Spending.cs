using System.Collections.Immutable;
using System.Text;
using Quorate.Chains;
using Quorate.Chains.Bitcoin;
using Quorate.Server.Lanes;
using Quorate.Server.Transfers;

namespace Quorate.Server.Sagas;

// What is spent, at which fee, and again at a higher one.
sealed partial class BitcoinDesk
{
    public async Task<Draft> ReplaceAsync(TransferState transfer, SigningWallet wallet, int replaced, bool cancels, CancellationToken cancellation)
    {
        var (account, old) = (From(transfer), transfer.Transactions[replaced]);
        if (transfer.Draft!.Subject is TransferSubject.Unsigned && !cancels)
            throw new ChainException(ChainError.Unsupported, "What the caller has built only the caller can build again.");
        var chain = accounts.Of(account);
        var lane = await lanes.ReadAsync(Stream(account), cancellation).ConfigureAwait(false);
        if (lane.SpendOf(Holder(transfer)) is not { } spend)
            throw new ChainException(ChainError.Stale, "It holds no coins any more.");
        if (lane.HasChild(Holder(transfer)))
            throw new ChainException(ChainError.Unsupported, "Another transfer spends its change: speeding that one up pays for both.");

        var psbt = Psbt.Decode(old.Prepared.Unsigned.Bytes.Span);
        var points = PointsOf(old.Prepared.Unsigned.Bytes);
        var coins = await CoinsAsync(account, lane, points, cancellation).ConfigureAwait(false);
        var request = await RequestAsync(transfer, account, lane, points, cancellation).ConfigureAwait(false);
        request = request with
        {
            Payments = cancels ? [] : request.Payments, Memo = cancels ? default : request.Memo,
            // Change stays where it is.
            Change = chain.FindOwn(old.Prepared.Unsigned.Bytes).FirstOrDefault(o => o.IsChange)?.Owner ?? request.Change,
            IsReplaceable = psbt.Transaction.Inputs.Any(i => i.Sequence <= TxInput.ReplaceableSequence),
        };
        var fee = Satoshi(old.Prepared.MaxFee!.Value);
        var original = new PlannedSpend(
            psbt, request, coins, fee, BitcoinTransaction.Decode(old.Signed!.Value.Bytes.Span).VirtualSize, ChangeIndex: null);
        // One that was bound after it and came to nothing may exist all the same: more than any is paid.
        var above = spend.Bound.Max(b => b.Fee) - fee;
        PlannedSpend Replace(FeeRate rate) => Spending.Replace(accounts.Network, original, rate, request.MaxFee, accounts.Random, above);
        try
        {
            return new(Replace(request.FeeRate).Psbt.Encode(), old.Prepared.Uses);
        }
        catch (ChainException e) when (e.Error == ChainError.FeeTooHigh)
        {
            // The rate of today is above what may be paid: as little more as replaces it, then.
            return new(Replace(FeeRate.Minimum).Psbt.Encode(), old.Prepared.Uses);
        }
    }

    /// <summary>What a payment asks for, at the rate of today, without coins.</summary>
    async Task<SpendRequest> RequestAsync(TransferState transfer, Address account, CoinLane lane, IReadOnlyCollection<string> points, CancellationToken cancellation)
    {
        var (chain, draft) = (accounts.Of(account), transfer.Draft!);
        var wish = draft.Subject as TransferSubject.Payment;
        if (wish is not null && wish.Asset != accounts.Coin)
            throw new ChainException(ChainError.Unsupported, $"{wish.Asset} is not this chain's coin, and there is no other asset on it.");
        var to = wish is null ? account : Format.ParseAddress(wish.To);
        // Nothing to oneself only moves coins together, or pays for parents.
        var isNothing = wish is null || (wish.Amount.IsZero && accounts.Of(account).Wallet.Owns(to));
        return new()
        {
            Payments = isNothing ? [] : [new(to, Satoshi(wish!.Amount))],
            Memo = wish?.Memo is { } memo ? Encoding.UTF8.GetBytes(memo) : default,
            // Of those that are being built at the same time each has another.
            Change = chain.ScriptAt(isChange: true, lane.NextChange + (uint)lane.Spends.Values.Count(s => s.Holder != Holder(transfer) && s.Bound.All(b => b.Transaction is null))),
            FeeRate = await chain.GetFeeRateAsync(cancellation).ConfigureAwait(false),
            MaxFee = Satoshi(draft.MaxFee!.Amount),
            Ancestors = await AncestorsAsync(chain, lane, points, cancellation).ConfigureAwait(false),
        };
    }

    static async Task<UnconfirmedAncestors?> AncestorsAsync(BitcoinChain chain, CoinLane lane, IReadOnlyCollection<string> points, CancellationToken cancellation)
    {
        var (fees, size) = (0UL, 0);
        foreach (var parent in lane.AncestorsOf(points))
            if (await chain.GetVirtualSizeAsync(TxId.Parse(parent.Transaction!), cancellation).ConfigureAwait(false) is { } known)
                (fees, size) = (fees + parent.Fee, size + known);
        return size == 0 ? null : new(fees, size);
    }

    /// <summary>With what the ancestors lack where the limit on the fee lets it, else for itself alone.</summary>
    PlannedSpend BuildWithin(SpendRequest request)
    {
        try
        {
            return Spending.Build(accounts.Network, request, accounts.Random);
        }
        catch (ChainException e) when (request is { Ancestors: not null, Payments.IsEmpty: false } && e.Error is ChainError.FeeTooHigh or ChainError.InsufficientFunds)
        {
            return Spending.Build(accounts.Network, request with { Ancestors = null }, accounts.Random);
        }
    }

    async Task<ImmutableArray<Coin>> CoinsAsync(Address account, CoinLane lane, IReadOnlyCollection<string> points, CancellationToken cancellation)
    {
        var coins = ImmutableArray.CreateBuilder<Coin>(points.Count);
        foreach (var point in points)
        {
            var coin = lane.Coins.GetValueOrDefault(point) ?? throw Gone(point);
            coins.Add(await accounts.Of(account).GetCoinAsync(OutPoint.Parse(point), coin.Value, coin.IsChange, coin.Index, coin.IsConfirmed, cancellation).ConfigureAwait(false));
        }
        return coins.MoveToImmutable();
    }

    ImmutableArray<Coin> Known(Address account, CoinLane lane, IEnumerable<string> points) =>
        [.. points.Select(p => Unproven(account, lane.Coins.GetValueOrDefault(p) ?? throw Gone(p)))];

    // Enough for choosing; whoever builds has the transaction that proves it.
    Coin Unproven(Address account, LaneCoin coin) =>
        new(OutPoint.Parse(coin.Point), coin.Value, accounts.Of(account).ScriptAt(coin.IsChange, coin.Index), null, coin.IsConfirmed);

    static ChainException Gone(string point) => new(ChainError.Stale, $"{point} is no coin any more.");
}
