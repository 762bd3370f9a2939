using System.Collections.Immutable;
using Quorate.Chains;
using Quorate.Chains.Solana;
using Quorate.Policies;
using Quorate.Server.Lanes;
using Quorate.Server.Transfers;

namespace Quorate.Server.Sagas;

/// <summary>
/// Transfers on one of Solana's clusters: something to live by from the account's lane, and its funds. An account that has
/// durable nonces uses them as long as one is free, so that approvals can take days; without, a message lives for about a
/// minute and is made anew until approvals come within one.
/// </summary>
sealed partial class SolanaDesk(ISolanaNetwork network, LaneStreams<LifetimeLane, LifetimeEvent> lanes, HeldFunds funds, SagaOptions options) : ITransferDesk
{
    /// <summary>With its lanes in a log.</summary>
    internal SolanaDesk(ISolanaNetwork network, IEventLog log, SagaOptions options)
        : this(network, new(log, LifetimeEvent.Catalog, LifetimeLane.Initial, (l, e) => l.After(e), l => l.Lives.Count), new(log, network.BalanceAsync), options)
    {
    }

    public ITransactionFormat Format => network.Format;

    public ITransferDesk Over(IEventLog other) => new SolanaDesk(network, lanes.Over(other), funds.Over(other), options);

    /// <summary>Uses a durable nonce of an account's from now on. Doing it twice does nothing more.</summary>
    /// <returns>Why not; null where it does.</returns>
    /// <exception cref="ChainException">The node fails.</exception>
    internal async Task<DeskRefusal?> AddNonceAsync(Address account, Address nonce, CancellationToken cancellation)
    {
        if (await network.DurableAsync(nonce, cancellation).ConfigureAwait(false) is not { Lifetime: MessageLifetime.Durable held } life)
            return new($"{nonce} is no durable nonce, or not in a final block yet.");
        if (held.Authority.ToString() != account.Text)
            return new($"The nonce {nonce} is {held.Authority}'s to use, and not {account}'s.", IsFinal: true);
        await TellAsync(account, l => l.Add(nonce.Text), cancellation).ConfigureAwait(false);
        await TellAsync(account, l => l.Observe(nonce.Text, held.Value.ToString(), life.Window.FirstSlot), cancellation).ConfigureAwait(false);
        return null;
    }

    public async Task<(ImmutableArray<Reservation> Reservations, DeskRefusal? Refusal)> ReserveAsync(TransferState transfer, CancellationToken cancellation)
    {
        var draft = transfer.Draft!;
        if (draft.Subject is TransferSubject.Message)
            return ([], new("A message takes nothing from the network.", IsFinal: true));
        var from = From(transfer);
        var (amounts, fault) = AmountsOf(transfer, from);
        if (fault is not null)
            return ([], new(fault, IsFinal: true));
        // The funds first: who can not pay takes no nonce.
        var (held, missing) = await funds.HoldAsync(draft, from, amounts[0].Asset, amounts[0].Amount, cancellation, [.. amounts.Skip(1)]).ConfigureAwait(false);
        if (held is null)
            return ([], missing == LaneRefusal.Insufficient
                ? new($"{from} has not enough that no other transfer takes.")
                : new($"The funds of {from}: {missing}."));
        var lane = await ObserveAsync(from, cancellation).ConfigureAwait(false);
        var (life, refusal) = draft.Subject is TransferSubject.Unsigned raw
            ? await TakeAsync(transfer, from, lane, raw, cancellation).ConfigureAwait(false)
            : await TakeAsync(transfer, from, lane, cancellation).ConfigureAwait(false);
        return life is null ? ([held], refusal) : ([held, life.Note(transfer, LifetimeLane.Stream(from))], null);
    }

    public async Task<Draft> BuildAsync(TransferState transfer, SigningWallet wallet, ImmutableArray<Reservation> reservations, CancellationToken cancellation)
    {
        var uses = reservations.Select(r => r.Id).ToImmutableArray();
        if (transfer.Draft!.Subject is not TransferSubject.Payment wish)
            return new(((TransferSubject.Unsigned)transfer.Draft.Subject).Bytes.Bytes, uses);
        var (from, life) = (From(transfer), KeptLife.Read(reservations.Single(r => r.Kind == ReservationKind.Lifetime)));
        return new(await network.BuildAsync(
            new(from, Format.ParseAddress(wish.To), wish.Asset, wish.Amount, wish.Memo), transfer.Draft.MaxFee!.Amount,
            life.For(network.Format.ToBytes(from)), cancellation).ConfigureAwait(false), uses);
    }

    public async Task<Draft> ReplaceAsync(TransferState transfer, SigningWallet wallet, int replaced, bool cancels, CancellationToken cancellation)
    {
        // What the caller has built as well: nothing but the price differs. Above the price of all that were made, whatever has
        // become of them: only then is it another message.
        var old = transfer.Transactions[replaced].Prepared;
        var top = transfer.Transactions.Select(t => t.Prepared)
            .Where(p => (p.Purpose == TransactionPurpose.Cancellation) == cancels && p.Replaces is not null && p.Uses.SequenceEqual(old.Uses))
            .MaxBy(p => p.MaxFee) ?? old;
        return new(await network.ReplaceAsync(top.Unsigned.Bytes, transfer.Draft!.MaxFee!.Amount, cancels, cancellation).ConfigureAwait(false), old.Uses);
    }

    public async Task<bool> IsHeldAsync(TransferState transfer, int transaction, CancellationToken cancellation)
    {
        var life = LifeOf(transfer, transaction);
        var lane = await lanes.ReadAsync(LifetimeLane.Stream(From(transfer)), cancellation).ConfigureAwait(false);
        if (lane.Lives.GetValueOrDefault(Holder(transfer)) is not { IsAbandoned: false } held || held.Nonce != life.Nonce)
            return false;
        return life.Nonce is { } nonce
            ? lane.Nonces[nonce].Value == life.Value.ToString()
            : await IsFreshAsync(life, cancellation).ConfigureAwait(false);
    }

    public async Task<LaneRefusal?> BindAsync(TransferState transfer, SigningWallet wallet, int transaction, CancellationToken cancellation)
    {
        var (life, prepared) = (LifeOf(transfer, transaction), transfer.Transactions[transaction].Prepared);
        // Signing takes its time: what would be too old by then is made anew instead.
        if (life.Nonce is null && !transfer.Transactions[transaction].IsExposed && !await IsFreshAsync(life, cancellation).ConfigureAwait(false))
            return LaneRefusal.Stale;
        return (await lanes.DecideAsync(LifetimeLane.Stream(From(transfer)),
            l => l.Lives.GetValueOrDefault(Holder(transfer))?.Nonce != life.Nonce ? LaneRefusal.NotHeld
                : l.Bind(Holder(transfer), prepared.Hash.ToString(), life.Value.ToString(), life.Window.FirstSlot, life.Window.LastHeight), cancellation).ConfigureAwait(false)).Refusal;
    }

    public Task<string> SendAsync(TransferState transfer, int transaction, CancellationToken cancellation) =>
        network.SendAsync(transfer.Transactions[transaction].Signed!.Value.Bytes, cancellation);

    /// <summary>A life for a payment: the one it has while that is good, else another.</summary>
    async Task<(KeptLife? Life, DeskRefusal? Refusal)> TakeAsync(TransferState transfer, Address from, LifetimeLane lane, CancellationToken cancellation)
    {
        var holder = Holder(transfer);
        var hasFree = lane.Nonces.Keys.Except(lane.Lives.Values.Where(l => !l.IsAbandoned && l.Nonce is not null).Select(l => l.Nonce!), StringComparer.Ordinal).Any();
        // Who needs people waits for a nonce; who does not is done before a blockhash gets old.
        var isDurable = hasFree || (!lane.Nonces.IsEmpty && transfer.Judged?.Verdict == Verdict.NeedsApprovals);
        if (lane.Lives.GetValueOrDefault(holder) is { IsAbandoned: false, Nonce: null } recent)
        {
            if (await WhyAliveAsync(from, holder, recent, cancellation).ConfigureAwait(false) is { } alive)
                return (null, alive);
            if (isDurable)
                await TellAsync(from, l => l.Release(holder), cancellation).ConfigureAwait(false);
        }
        (lane, var refusal) = await lanes.DecideAsync(LifetimeLane.Stream(from), l => l.Reserve(holder, isDurable), cancellation).ConfigureAwait(false);
        if (refusal is not null || lane.Lives.GetValueOrDefault(holder) is not { IsAbandoned: false } life)
            return (null, new($"What messages of {from} live by: {refusal}."));
        if (life.Nonce is not { } nonce)
            return (await RecentAsync(transfer, cancellation).ConfigureAwait(false), null);
        return lane.Nonces[nonce] is { Value: { } value, Slot: var slot }
            ? (new(Blockhash.Parse(value), nonce, new(slot, null)), null)
            : (null, new($"The nonce {nonce} was used, and what it holds now is in no final block yet."));
    }

    /// <summary>The life that the caller's own message has: held as it is, or not at all.</summary>
    async Task<(KeptLife? Life, DeskRefusal? Refusal)> TakeAsync(
        TransferState transfer, Address from, LifetimeLane lane, TransferSubject.Unsigned raw, CancellationToken cancellation)
    {
        var (value, nonce) = network.Format.LifeOf(raw.Bytes.Bytes);
        if (nonce is not null && !lane.Nonces.ContainsKey(nonce.Text))
            return (null, new($"The message lives by the nonce {nonce}, which is not among those of {from} that are kept here.", IsFinal: true));
        if (nonce is not null && lane.Nonces[nonce.Text].Value is { } now && now != value.ToString())
            return (null, new($"The message lives by a value that the nonce {nonce} does not have.", IsFinal: true));
        var (at, refusal) = await lanes.DecideAsync(LifetimeLane.Stream(from), l => l.Reserve(Holder(transfer), nonce is not null, nonce?.Text), cancellation).ConfigureAwait(false);
        if (refusal is not null)
            return (null, new(refusal == LaneRefusal.Full ? $"The nonce {nonce} is kept for another transfer." : $"What messages of {from} live by: {refusal}."));
        if (nonce is not null)
            return (new(value, nonce.Text, new(at.Nonces[nonce.Text].Slot, null)), null);
        if (NotedLives(transfer).FirstOrDefault(l => l.Value == value) is { } noted)
            return (noted, null);
        // Nobody has signed it before now, and no blockhash that there is now is good for longer than the newest.
        var newest = KeptLife.Of(await network.RecentAsync(cancellation).ConfigureAwait(false), null);
        return (newest with { Value = value }, null);
    }

    /// <summary>What a message under a blockhash was bound and can still get in; null where it is over, which the lane is told.</summary>
    async Task<DeskRefusal?> WhyAliveAsync(Address from, string holder, Life life, CancellationToken cancellation)
    {
        if (life.Bound.IsEmpty)
            return null;
        var (_, final) = await network.HeightsAsync(cancellation).ConfigureAwait(false);
        if (life.Bound.FirstOrDefault(b => final <= b.LastHeight) is { } alive)
            return new($"What was to be signed before may get in until height {alive.LastHeight}; block {final} is final.");
        foreach (var over in life.Bound)
            await TellAsync(from, l => l.End(holder, over.Value), cancellation).ConfigureAwait(false);
        return null;
    }

    /// <summary>A blockhash that was noted for the transfer and no message has yet, else the newest.</summary>
    async Task<KeptLife> RecentAsync(TransferState transfer, CancellationToken cancellation)
    {
        var unused = transfer.Reservations.Where(r => r.IsHeld && r.Reservation.Kind == ReservationKind.Lifetime
            && !transfer.Transactions.Any(t => t.Prepared.Uses.Contains(r.Reservation.Id))).Select(r => KeptLife.Read(r.Reservation)).Where(l => l.Nonce is null);
        foreach (var life in unused)
            if (await IsFreshAsync(life, cancellation).ConfigureAwait(false))
                return life;
        return KeptLife.Of(await network.RecentAsync(cancellation).ConfigureAwait(false), null);
    }

    async Task<bool> IsFreshAsync(KeptLife life, CancellationToken cancellation) =>
        (await network.HeightsAsync(cancellation).ConfigureAwait(false)).Newest + options.FreshHeights <= life.Window.LastHeight;

    /// <summary>What a transfer takes of each asset besides the fee, or why the caller's message can not be held.</summary>
    (ImmutableArray<(AssetId Asset, Amount Amount)> Amounts, string? Fault) AmountsOf(TransferState transfer, Address from)
    {
        if (transfer.Draft!.Subject is TransferSubject.Payment wish)
            return ([(wish.Asset, wish.Amount)], null);
        if (transfer.Current is { IsLive: false })
            return ([], "The message can not get in any more, and only who has built it can build another.");
        var bytes = ((TransferSubject.Unsigned)transfer.Draft.Subject).Bytes.Bytes;
        try
        {
            var context = new DecodeContext(from, Quorate.Cryptography.Derivation.Bip32Path.Root);
            var effects = Format.Decode(bytes, context);
            if (Format.GetSigningInputs(bytes, context).FirstOrDefault(i => i.Signer != from) is { } other)
                return ([], $"The message takes a signature of {other.Signer} as well.");
            if (effects.Fee is not { } fee || fee.Maximum > transfer.Draft.MaxFee!.Amount)
                return ([], $"The message costs {effects.Fee?.Maximum.ToString() ?? "more than can be told"}; {transfer.Draft.MaxFee!.Amount} lamports are allowed.");
            return (
            [
                (network.Format.Coin, Amount.Zero),
                .. effects.Items.OfType<Effect.Transfer>().Where(t => t.Payer == from && !t.ToSelf).Select(t => (t.Asset, t.Amount)),
                .. effects.Items.OfType<Effect.AccountCreation>().Where(a => a.Payer == from).Select(a => (a.Asset, a.Deposit)),
            ], null);
        }
        catch (FormatException e)
        {
            return ([], $"The message is not one that can be signed here: {e.Message}");
        }
    }

    static IEnumerable<KeptLife> NotedLives(TransferState transfer) =>
        transfer.Reservations.Where(r => r.IsHeld && r.Reservation.Kind == ReservationKind.Lifetime).Select(r => KeptLife.Read(r.Reservation));

    static KeptLife LifeOf(TransferState transfer, int transaction)
    {
        var uses = transfer.Transactions[transaction].Prepared.Uses;
        return KeptLife.Read(transfer.Reservations.Single(r => r.Reservation.Kind == ReservationKind.Lifetime && uses.Contains(r.Reservation.Id)).Reservation);
    }

    static string Holder(TransferState transfer) => transfer.Draft!.Id.ToString();

    Address From(TransferState transfer) => Format.ParseAddress(transfer.Draft!.Subject.From);
}
