using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Quorate.Chains;
using Quorate.Chains.Bitcoin;
using Quorate.Server.Lanes;
using Quorate.Server.Transfers;

namespace Quorate.Server.Sagas;

/// <summary>Transfers on one of Bitcoin's networks: coins of the account's lane, which are its funds as well.</summary>
sealed partial class BitcoinDesk(BitcoinAccounts accounts, LaneStreams<CoinLane, CoinEvent> lanes) : ITransferDesk
{
    /// <summary>How often others may take coins between their being chosen and reserved.</summary>
    const int MaxChoices = 8;

    /// <summary>With its lanes in a log.</summary>
    internal BitcoinDesk(BitcoinAccounts accounts, IEventLog log)
        : this(accounts, new LaneStreams<CoinLane, CoinEvent>(log, CoinEvent.Catalog, CoinLane.Initial, (l, e) => l.After(e), l => l.Spends.Count))
    {
    }

    public ITransferDesk Over(IEventLog other) => new BitcoinDesk(accounts, lanes.Over(other));

    public ITransactionFormat Format => accounts;

    public async Task<(ImmutableArray<Reservation> Reservations, DeskRefusal? Refusal)> ReserveAsync(TransferState transfer, CancellationToken cancellation)
    {
        var subject = transfer.Draft!.Subject;
        if (subject is not (TransferSubject.Payment or TransferSubject.Unsigned))
            return ([], new("A message takes nothing from the network.", IsFinal: true));
        var account = From(transfer);
        if (subject is TransferSubject.Unsigned raw && WhyNot(transfer, raw, account) is { } reason)
            return ([], new(reason, IsFinal: true));
        try
        {
            return await ReserveAsync(transfer, account, NamedBy(subject), cancellation).ConfigureAwait(false);
        }
        catch (ChainException e) when (e.Error is ChainError.Unsupported or ChainError.Dust)
        {
            return ([], new(e.Message, IsFinal: true));
        }
    }

    public async Task<Draft> BuildAsync(TransferState transfer, SigningWallet wallet, ImmutableArray<Reservation> reservations, CancellationToken cancellation)
    {
        var uses = reservations.Select(r => r.Id).ToImmutableArray();
        if (transfer.Draft!.Subject is TransferSubject.Unsigned raw)
            return new(raw.Bytes.Bytes, uses);
        var account = From(transfer);
        var lane = await lanes.ReadAsync(Stream(account), cancellation).ConfigureAwait(false);
        var points = reservations.Single(r => r.Kind == ReservationKind.Coins).Slots;
        var request = await RequestAsync(transfer, account, lane, points, cancellation).ConfigureAwait(false);
        var coins = await CoinsAsync(account, lane, points, cancellation).ConfigureAwait(false);
        return new(BuildWithin(request with { Required = coins }).Psbt.Encode(), uses);
    }

    public async Task<bool> IsHeldAsync(TransferState transfer, int transaction, CancellationToken cancellation)
    {
        var lane = await lanes.ReadAsync(Stream(From(transfer)), cancellation).ConfigureAwait(false);
        return lane.SpendOf(Holder(transfer)) is { IsAbandoned: false } spend
            && spend.Coins.ToHashSet(StringComparer.Ordinal).SetEquals(PointsOf(transfer.Transactions[transaction].Prepared.Unsigned.Bytes))
            && spend.Coins.All(lane.Coins.ContainsKey);
    }

    public async Task<LaneRefusal?> BindAsync(TransferState transfer, SigningWallet wallet, int transaction, CancellationToken cancellation)
    {
        var prepared = transfer.Transactions[transaction].Prepared;
        var (points, fee) = (PointsOf(prepared.Unsigned.Bytes), Satoshi(prepared.MaxFee!.Value));
        return (await lanes.DecideAsync(
            Stream(From(transfer)), l => l.Bind(Holder(transfer), prepared.Hash.ToString(), points, fee), cancellation).ConfigureAwait(false)).Refusal;
    }

    public async Task<string> SendAsync(TransferState transfer, int transaction, CancellationToken cancellation)
    {
        var account = From(transfer);
        await NoteAsync(transfer, transaction, account, cancellation).ConfigureAwait(false);
        return await accounts.Of(account).BroadcastAsync(transfer.Transactions[transaction].Signed!.Value.Bytes, cancellation).ConfigureAwait(false);
    }

    public async Task SettleAsync(TransferState transfer, NotedReservation reservation, CancellationToken cancellation)
    {
        // What is used up has left the lane when its final block was seen.
        if (reservation.Outcome == ReservationOutcome.Consume)
            return;
        // Other coins that the transfer has by now, or the same again, stay.
        var noted = reservation.Reservation.Slots;
        if (transfer.Reservations.Any(r => r.IsHeld && r.Reservation.Slots.SequenceEqual(noted)))
            return;
        await TellAsync(reservation.Reservation.Lane, l =>
            l.SpendOf(Holder(transfer)) is { } spend && spend.Coins.SequenceEqual(noted) ? l.Release(spend.Holder) : LaneDecision<CoinEvent>.Nothing,
            cancellation).ConfigureAwait(false);
    }

    async Task<(ImmutableArray<Reservation> Reservations, DeskRefusal? Refusal)> ReserveAsync(
        TransferState transfer, Address account, IReadOnlyCollection<string>? named, CancellationToken cancellation)
    {
        var (stream, holder, envelope) = (Stream(account), Holder(transfer), Satoshi(transfer.Draft!.MaxFee!.Amount));
        var lane = await ObserveAsync(account, cancellation).ConfigureAwait(false);
        for (var tries = 0; tries < MaxChoices; tries++)
        {
            if (lane.SpendOf(holder) is { IsAbandoned: false } held)
            {
                if (!held.Bound.IsEmpty || (lane.CanSpend(holder) && await SufficesAsync(transfer, account, lane, held.Coins, cancellation).ConfigureAwait(false)))
                    return ([Noted(transfer, account, held.Coins)], null);
                // A coin has vanished, or the fee is not what it was: others, which nobody has approved yet.
                lane = await TellAsync(stream, l => l.Release(holder), cancellation).ConfigureAwait(false);
            }
            var chosen = named ?? await ChooseAsync(transfer, account, lane, cancellation).ConfigureAwait(false);
            if (named is not null && await WhyNotAsync(transfer, account, lane, named, cancellation).ConfigureAwait(false) is { } refused)
                return ([], refused);
            (lane, var refusal) = await lanes.DecideAsync(stream, l => l.Reserve(holder, chosen, envelope), cancellation).ConfigureAwait(false);
            if (refusal is null && lane.SpendOf(holder) is { } spend)
                return ([Noted(transfer, account, spend.Coins)], null);
            if (refusal != LaneRefusal.Taken)
                return ([], new($"The coins of {account}: {refusal}."));
        }
        return ([], new($"Others have been quicker with the coins of {account} time and again."));
    }

    /// <summary>Which coins pay: confirmed ones where they suffice, and change on its way besides where not.</summary>
    async Task<string[]> ChooseAsync(TransferState transfer, Address account, CoinLane lane, CancellationToken cancellation)
    {
        var free = lane.Free().ToArray();
        var request = await RequestAsync(transfer, account, lane, [], cancellation).ConfigureAwait(false);
        try
        {
            return Choose(free.Where(c => c.IsConfirmed));
        }
        catch (ChainException e) when (e.Error == ChainError.InsufficientFunds && free.Any(c => !c.IsConfirmed))
        {
            return Choose(free);
        }

        string[] Choose(IEnumerable<LaneCoin> from) =>
            [.. Spending.Choose(accounts.Network, request with { Available = [.. from.Select(c => Unproven(account, c))] }, accounts.Random).Select(c => c.Point.ToString())];
    }

    async Task<bool> SufficesAsync(TransferState transfer, Address account, CoinLane lane, ImmutableArray<string> points, CancellationToken cancellation)
    {
        if (transfer.Draft!.Subject is TransferSubject.Unsigned)
            return true;
        var request = await RequestAsync(transfer, account, lane, points, cancellation).ConfigureAwait(false);
        try
        {
            Spending.Choose(accounts.Network, request with { Required = Known(account, lane, points), Ancestors = null }, accounts.Random);
            return true;
        }
        catch (ChainException e) when (e.Error == ChainError.InsufficientFunds)
        {
            return false;
        }
    }

    /// <summary>Why the coins that somebody named can not pay; null where they can.</summary>
    async Task<DeskRefusal?> WhyNotAsync(TransferState transfer, Address account, CoinLane lane, IReadOnlyCollection<string> named, CancellationToken cancellation)
    {
        if (named.FirstOrDefault(p => !lane.Coins.ContainsKey(p)) is { } unknown)
            return new($"{unknown} is no coin of {account}: unknown, spent, or in no block yet.");
        var free = lane.Free().Select(c => c.Point).ToHashSet(StringComparer.Ordinal);
        if (named.FirstOrDefault(p => !free.Contains(p)) is { } taken)
            return new($"{taken} is kept for another transfer, or can not be spent at the moment.");
        if (transfer.Draft!.Subject is TransferSubject.Unsigned || await SufficesAsync(transfer, account, lane, [.. named], cancellation).ConfigureAwait(false))
            return null;
        return new("The coins that were named do not suffice for the payment and its fee.", IsFinal: true);
    }

    /// <summary>Why a transaction that the caller has built can not be held; null where it can.</summary>
    string? WhyNot(TransferState transfer, TransferSubject.Unsigned raw, Address account)
    {
        if (transfer.Current is { IsLive: false })
            return "The transaction can not confirm any more, and only who has built it can build another.";
        try
        {
            var effects = accounts.Decode(raw.Bytes.Bytes, new(account, new(0, 0)));
            if (!accounts.Of(account).OwnsInputs(raw.Bytes.Bytes))
                return $"The transaction spends a coin that is not {account}'s.";
            return effects.Fee is not { } fee ? "The transaction does not prove what it costs."
                : fee.Maximum > transfer.Draft!.MaxFee!.Amount ? $"The transaction costs {fee.Maximum} satoshi; {transfer.Draft.MaxFee.Amount} are allowed."
                : null;
        }
        catch (FormatException e)
        {
            return $"The transaction is not one that can be signed here: {e.Message}";
        }
    }

    Reservation Noted(TransferState transfer, Address account, ImmutableArray<string> coins) => new(
        ReservationNames.Of(transfer, NameOf(coins)), ReservationKind.Coins, Stream(account), coins, accounts.Coin,
        (transfer.Draft!.Subject is TransferSubject.Payment wish ? wish.Amount : Amount.Zero) + transfer.Draft.MaxFee!.Amount);

    static IReadOnlyCollection<string>? NamedBy(TransferSubject subject) => subject switch
    {
        TransferSubject.Unsigned raw => PointsOf(raw.Bytes.Bytes),
        TransferSubject.Payment { Coins.Points: { IsDefaultOrEmpty: false } named } => named,
        _ => null,
    };

    static ImmutableArray<string> PointsOf(ReadOnlyMemory<byte> unsigned) => [.. Psbt.Decode(unsigned.Span).Transaction.Inputs.Select(i => i.Previous.ToString())];

    /// <summary>Another set of coins is another reservation.</summary>
    static string NameOf(IEnumerable<string> coins) =>
        $"coins-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(' ', coins.Order(StringComparer.Ordinal)))).AsSpan(0, 8))}";

    static string Holder(TransferState transfer) => transfer.Draft!.Id.ToString();

    static string Stream(Address account) => CoinLane.Stream(account.Chain, account.Text);

    static ulong Satoshi(Amount amount) => amount.TryToUInt64(out var value) && value <= BitcoinTransaction.MaxMoney ? value : BitcoinTransaction.MaxMoney;

    Address From(TransferState transfer) => accounts.AccountOf(Format.ParseAddress(transfer.Draft!.Subject.From));
}
