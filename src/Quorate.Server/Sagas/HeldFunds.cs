using System.Collections.Immutable;
using Quorate.Chains;
using Quorate.Server.Lanes;
using Quorate.Server.Transfers;

namespace Quorate.Server.Sagas;

/// <summary>The funds lane of chains on which an account has a balance, for the desks of those chains.</summary>
sealed class HeldFunds(LaneStreams<FundsLane, FundsEvent> lanes, Func<Address, AssetId, CancellationToken, Task<Amount>> balance)
{
    /// <summary>Id of the reservation, of which a transfer has one.</summary>
    internal const string Id = "funds";

    /// <summary>In a log.</summary>
    internal HeldFunds(IEventLog log, Func<Address, AssetId, CancellationToken, Task<Amount>> balance)
        : this(new LaneStreams<FundsLane, FundsEvent>(log, FundsEvent.Catalog, FundsLane.Initial, (l, e) => l.After(e), l => l.Holds.Count), balance)
    {
    }

    /// <inheritdoc cref="LaneStreams{TState, TEvent}.Over"/>
    internal HeldFunds Over(IEventLog log) => new(lanes.Over(log), balance);

    /// <summary>Holds what a transfer takes at most, after asking the chain what there is.</summary>
    /// <param name="draft">Whose, with the fee's maximum.</param>
    /// <param name="from">The account that pays.</param>
    /// <param name="asset">What it takes most of all.</param>
    /// <param name="amount">How much of that.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="others">What else it takes.</param>
    internal async Task<(Reservation? Reservation, LaneRefusal? Refusal)> HoldAsync(
        TransferDraft draft, Address from, AssetId asset, Amount amount, CancellationToken cancellation, params (AssetId Asset, Amount Amount)[] others)
    {
        var stream = FundsLane.Stream(from);
        (AssetId Asset, Amount Amount)[] taken = [(asset, amount), (draft.MaxFee!.Asset, draft.MaxFee.Amount), .. others];
        ImmutableArray<HeldAmount> amounts = [.. taken.Select(t => new HeldAmount(t.Asset.ToString(), t.Amount))];
        foreach (var kind in taken.Select(t => t.Asset).Distinct())
        {
            // First the count of moves, then the question: what moves meanwhile makes the answer worthless.
            var moves = (await lanes.ReadAsync(stream, cancellation).ConfigureAwait(false)).Moves;
            var has = await balance(from, kind, cancellation).ConfigureAwait(false);
            await lanes.DecideAsync(stream, l => l.Observe(kind.ToString(), has, moves), cancellation).ConfigureAwait(false);
        }
        var (_, refusal) = await lanes.DecideAsync(stream, l => l.Hold(draft.Id.ToString(), amounts), cancellation).ConfigureAwait(false);
        // All of it that is the same asset, with the fee: a fee in another is noted in the draft.
        var noted = asset == draft.MaxFee.Asset ? amount + draft.MaxFee.Amount : amount;
        return refusal is null ? (new(Id, ReservationKind.Funds, stream, [], asset, noted), null) : (null, refusal);
    }

    /// <summary>The transfer is in a block, or is not.</summary>
    internal Task IncludeAsync(Address from, string holder, bool isIncluded, CancellationToken cancellation) =>
        lanes.DecideAsync(FundsLane.Stream(from), l => l.Include(holder, isIncluded), cancellation);

    /// <summary>The transfer takes nothing any more.</summary>
    internal Task ReleaseAsync(string stream, string holder, CancellationToken cancellation) =>
        lanes.DecideAsync(stream, l => l.Release(holder), cancellation);

    /// <summary>Who has ended takes nothing any more.</summary>
    internal async Task TidyAsync(Address account, Func<string, Task<bool>> hasEnded, CancellationToken cancellation)
    {
        var stream = FundsLane.Stream(account);
        foreach (var holder in (await lanes.ReadAsync(stream, cancellation).ConfigureAwait(false)).Holds.Keys.Order(StringComparer.Ordinal).ToArray())
            if (await hasEnded(holder).ConfigureAwait(false))
                await ReleaseAsync(stream, holder, cancellation).ConfigureAwait(false);
    }
}
