using System.Collections.Immutable;
using System.Globalization;
using Quorate.Chains;
using Quorate.Server.Lanes;
using Quorate.Server.Transfers;

namespace Quorate.Server.Sagas;

/// <summary>Transfers on one chain of Ethereum's kind: a nonce of the account's lane, and its funds.</summary>
sealed partial class EthereumDesk(IEthereumNetwork network, LaneStreams<NonceLane, NonceEvent> lanes, HeldFunds funds, SagaOptions options, TimeProvider time) : ITransferDesk
{
    readonly System.Collections.Concurrent.ConcurrentDictionary<Address, DateTimeOffset> observed = [];
    readonly System.Collections.Concurrent.ConcurrentDictionary<(string Stream, ulong Nonce, string Holder), DateTimeOffset> waiting = [];

    /// <summary>With its lanes in a log.</summary>
    internal EthereumDesk(IEthereumNetwork network, IEventLog log, SagaOptions options, TimeProvider time)
        : this(network, new(log, NonceEvent.Catalog, NonceLane.Initial, (l, e) => l.After(e), l => l.InFlight), new(log, network.BalanceAsync), options, time)
    {
    }

    public ITransactionFormat Format => network.Format;

    public ITransferDesk Over(IEventLog other) => new EthereumDesk(network, lanes.Over(other), funds.Over(other), options, time);

    public Task<(ImmutableArray<Reservation> Reservations, DeskRefusal? Refusal)> ReserveAsync(TransferState transfer, CancellationToken cancellation) =>
        transfer.Draft!.Subject switch
        {
            TransferSubject.Payment wish => ReserveAsync(transfer.Draft, wish, cancellation),
            TransferSubject.Unsigned given => ReserveAsync(transfer.Draft, given, cancellation),
            // A message goes to no network.
            _ => Task.FromResult<(ImmutableArray<Reservation>, DeskRefusal?)>(([], null)),
        };

    async Task<(ImmutableArray<Reservation> Reservations, DeskRefusal? Refusal)> ReserveAsync(
        TransferDraft draft, TransferSubject.Payment wish, CancellationToken cancellation)
    {
        var (from, holder) = (From(draft), draft.Id.ToString());
        if (await IsStillFullAsync(from, holder, cancellation).ConfigureAwait(false))
            return ([], Full(from));
        // The funds first: who can not pay takes no nonce.
        var (held, missing) = await funds.HoldAsync(draft, from, wish.Asset, wish.Amount, cancellation).ConfigureAwait(false);
        if (held is null)
            return ([], Missing(from, missing));
        await ObserveAsync(from, cancellation).ConfigureAwait(false);
        var (lane, refusal) = await lanes.DecideAsync(NonceLane.Stream(from), l => l.Reserve(holder, draft.MaxFee!.Amount), cancellation).ConfigureAwait(false);
        if (refusal == LaneRefusal.Full)
            return ([held], Full(from));
        if (refusal is not null || lane.NonceOf(holder) is not { } nonce)
            return ([held], new($"The nonces of {from}: {refusal}."));
        // Used by another: what it was built on is settled when that is final.
        return nonce < lane.Mined
            ? ([held], new($"Nonce {nonce} of {from} is used, and not yet for good."))
            : ([held, Noted(from, nonce)], null);
    }

    public async Task<Draft> BuildAsync(TransferState transfer, SigningWallet wallet, ImmutableArray<Reservation> reservations, CancellationToken cancellation)
    {
        var draft = transfer.Draft!;
        if (draft.Subject.Given is { } given)
            return new(given.Bytes, [.. reservations.Select(r => r.Id)]);
        var wish = (TransferSubject.Payment)draft.Subject;
        var nonce = ulong.Parse(reservations.Single(r => r.Kind == ReservationKind.Nonce).Slots[0], CultureInfo.InvariantCulture);
        var unsigned = await network.BuildAsync(
            new(wallet.Context.Signer, Format.ParseAddress(wish.To), wish.Asset, wish.Amount, wish.Memo), draft.MaxFee!.Amount, nonce, cancellation).ConfigureAwait(false);
        return new(unsigned, [.. reservations.Select(r => r.Id)]);
    }

    public async Task<Draft> ReplaceAsync(TransferState transfer, SigningWallet wallet, int replaced, bool cancels, CancellationToken cancellation)
    {
        var old = transfer.Transactions[replaced].Prepared;
        return new(await network.ReplaceAsync(old.Unsigned.Bytes, wallet.Context, transfer.Draft!.MaxFee!.Amount, cancels, cancellation).ConfigureAwait(false), old.Uses);
    }

    public async Task<bool> IsHeldAsync(TransferState transfer, int transaction, CancellationToken cancellation) =>
        transfer.IsMessage || (await lanes.ReadAsync(NonceLane.Stream(From(transfer)), cancellation).ConfigureAwait(false))
            .NonceOf(transfer.Draft!.Id.ToString()) == NonceOf(transfer.Transactions[transaction].Prepared.Unsigned.Bytes);

    public async Task<LaneRefusal?> BindAsync(TransferState transfer, SigningWallet wallet, int transaction, CancellationToken cancellation)
    {
        if (transfer.IsMessage)
            return null;
        var prepared = transfer.Transactions[transaction].Prepared;
        var nonce = NonceOf(prepared.Unsigned.Bytes);
        var holder = transfer.Draft!.Id.ToString();
        return (await lanes.DecideAsync(NonceLane.Stream(From(transfer)),
            l => l.NonceOf(holder) == nonce ? l.Bind(holder, prepared.Hash.ToString(), prepared.MaxFee!.Value) : LaneRefusal.NotHeld, cancellation).ConfigureAwait(false)).Refusal;
    }

    public Task<string> SendAsync(TransferState transfer, int transaction, CancellationToken cancellation) =>
        network.SendAsync(transfer.Transactions[transaction].Signed!.Value.Bytes, cancellation);

    public async Task<TransactionStatus> LookAsync(TransferState transfer, int transaction, CancellationToken cancellation)
    {
        var (from, t) = (From(transfer), transfer.Transactions[transaction]);
        // What is final is looked at before the transaction: so it was final when the transaction was not to be seen.
        var lane = await ObserveAsync(from, cancellation).ConfigureAwait(false);
        var status = await network.StatusAsync(t.Signed!.Value.Bytes, cancellation).ConfigureAwait(false);
        if (status.State == TransactionState.Dead && NonceOf(t.Prepared.Unsigned.Bytes) >= lane.Final)
            return new(TransactionState.Unknown, ReplacedBy: status.ReplacedBy, Reason: status.Reason);
        var isIncluded = status.State is TransactionState.Confirmed or TransactionState.Finalized or TransactionState.Failed;
        if (isIncluded || t.IsInBlock)
            await funds.IncludeAsync(from, transfer.Draft!.Id.ToString(), isIncluded, cancellation).ConfigureAwait(false);
        return status;
    }

    public Task SettleAsync(TransferState transfer, NotedReservation reservation, CancellationToken cancellation)
    {
        var (noted, holder) = (reservation.Reservation, transfer.Draft!.Id.ToString());
        if (noted.Kind == ReservationKind.Funds)
            return funds.ReleaseAsync(noted.Lane, holder, cancellation);
        // Used up, the nonce leaves the lane by itself. Otherwise the lane knows what was signed with it; and if the transfer
        // has another by now, that one stays.
        return reservation.Outcome == ReservationOutcome.Consume
            ? Task.CompletedTask
            : lanes.DecideAsync(noted.Lane, l => l.NonceOf(holder) is { } nonce && IdOf(nonce) == noted.Id ? l.Release(holder) : LaneDecision<NonceEvent>.Nothing, cancellation);
    }

    public async Task<LaneGap?> TidyAsync(Address account, Func<string, Task<bool>> hasEnded, CancellationToken cancellation)
    {
        var stream = NonceLane.Stream(account);
        var lane = await ObserveAsync(account, cancellation).ConfigureAwait(false);
        foreach (var slot in lane.Slots.Values.Where(s => !s.IsAbandoned).ToArray())
            if (await hasEnded(slot.Holder).ConfigureAwait(false))
                lane = (await lanes.DecideAsync(stream, l => l.Release(slot.Holder), cancellation).ConfigureAwait(false)).State;
        await funds.TidyAsync(account, hasEnded, cancellation).ConfigureAwait(false);

        var now = time.GetUtcNow();
        var gaps = lane.Gaps().ToArray();
        foreach (var gap in gaps)
            if (gap.Holder is { } holder && now - waiting.GetOrAdd((stream, gap.Nonce, holder), now) >= options.Patience)
                await lanes.DecideAsync(stream, l => l.Recall(gap.Nonce), cancellation).ConfigureAwait(false);
        foreach (var key in waiting.Keys.Where(k => k.Stream == stream && !gaps.Contains(new(k.Nonce, k.Holder))))
            waiting.TryRemove(key, out _);
        lane = await lanes.ReadAsync(stream, cancellation).ConfigureAwait(false);
        return lane.Gaps().FirstOrDefault(g => g.Holder is null) is { } free
            ? new(account, TextOf(free.Nonce), lane.Slots.First(s => s.Key > free.Nonce && s.Value is { IsAbandoned: false, Bound.IsEmpty: false }).Value.Holder)
            : null;
    }

    /// <summary>
    /// Whether there was no place just now: many may wait, each looks often, and the chain need not be asked for each. What is
    /// in the lane is followed anyway, by which it is observed, and so this sees a place as soon as there is one.
    /// </summary>
    async Task<bool> IsStillFullAsync(Address account, string holder, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        // Of those who find that it was long ago, one looks.
        if (!observed.TryGetValue(account, out var at) || (now - at >= options.PlaceEvery && observed.TryUpdate(account, now, at)))
            return false;
        var lane = await lanes.ReadAsync(NonceLane.Stream(account), cancellation).ConfigureAwait(false);
        return lane.InFlight >= NonceLane.MaxInFlight && lane.NonceOf(holder) is null;
    }

    static DeskRefusal Full(Address account) => new($"{NonceLane.MaxInFlight} transactions of {account} are in no block yet.", FullLane: NonceLane.Stream(account));

    async Task<NonceLane> ObserveAsync(Address account, CancellationToken cancellation)
    {
        observed[account] = time.GetUtcNow();
        var (mined, pending, final) = await network.CountsAsync(account, cancellation).ConfigureAwait(false);
        return (await lanes.DecideAsync(NonceLane.Stream(account), l => l.Observe(mined, pending, final), cancellation).ConfigureAwait(false)).State;
    }

    static DeskRefusal Missing(Address from, LaneRefusal? missing) => missing == LaneRefusal.Insufficient
        ? new($"{from} has not enough that no other transfer takes.")
        : new($"The funds of {from}: {missing}.");

    static Reservation Noted(Address from, ulong nonce) => new(IdOf(nonce), ReservationKind.Nonce, NonceLane.Stream(from), [TextOf(nonce)]);

    Address From(TransferState transfer) => From(transfer.Draft!);

    Address From(TransferDraft draft) => Format.ParseAddress(draft.Subject.From);

    static string TextOf(ulong nonce) => nonce.ToString(CultureInfo.InvariantCulture);

    static string IdOf(ulong nonce) => string.Create(CultureInfo.InvariantCulture, $"nonce-{nonce}");
}
