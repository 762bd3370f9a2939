using System.Collections.Immutable;
using Quorate.Chains;

namespace Quorate.Policies;

/// <summary>
/// What has been spent and what is promised, as a pure value: an intent that is allowed reserves its charges, which either
/// commit, when signatures leave, or are released. No counter ever exceeds its limit, whatever the interleaving
/// (docs/spec/policies.md has the argument). A node folds it out of its journal: the three calls are the events.
/// </summary>
/// <remarks>
/// Assumes a clock that does not go backwards. One that has gone back makes counters fuller than they are; one that runs ahead
/// ends windows early, and what has aged out meanwhile does not come back when it is set right.
/// </remarks>
public sealed class CounterLedger
{
    readonly record struct Entry(string Reservation, Amount Amount, long Time, bool IsOpen);

    sealed record Counter(CounterWindow Window, ImmutableArray<Entry> Entries);

    readonly record struct Reservation(ImmutableArray<Charge> Charges, bool IsOpen);

    readonly ImmutableDictionary<string, Counter> counters;
    readonly ImmutableDictionary<string, Reservation> reservations;

    CounterLedger(ImmutableDictionary<string, Counter> counters, ImmutableDictionary<string, Reservation> reservations) =>
        (this.counters, this.reservations) = (counters, reservations);

    /// <summary>Nothing spent, nothing promised.</summary>
    public static CounterLedger Empty { get; } = new(
        ImmutableDictionary.Create<string, Counter>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, Reservation>(StringComparer.Ordinal));

    /// <summary>The counters that hold something, in ordinal order.</summary>
    public IEnumerable<string> Counters => counters.Keys.Order(StringComparer.Ordinal);

    /// <summary>
    /// What counts now: everything reserved, however old, and what was committed within the window. Saturates at
    /// <see cref="Amount.MaxValue"/>.
    /// </summary>
    public Amount Usage(string counter, CounterWindow window, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(counter);
        ArgumentNullException.ThrowIfNull(window);
        return counters.TryGetValue(counter, out var found) ? Sum(found.Entries, window, now.ToUnixTimeSeconds()) : Amount.Zero;
    }

    /// <summary>
    /// Reserves all charges or none. The same id with the same charges again changes nothing and succeeds, so that a retry
    /// after a crash does not count twice.
    /// </summary>
    /// <param name="id">What the charges are for: the intent's hash.</param>
    /// <param name="charges">The charges of a decision.</param>
    /// <param name="now">The time.</param>
    /// <param name="ledger">The ledger afterwards; this one where it fails.</param>
    /// <returns>Null when reserved; otherwise why not, in words that name the counter.</returns>
    public string? TryReserve(string id, ImmutableArray<Charge> charges, DateTimeOffset now, out CounterLedger ledger)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        ledger = this;
        if (reservations.TryGetValue(id, out var before))
            return before.Charges.SequenceEqual(charges) ? null : $"{id} has reserved other charges before";

        var time = now.ToUnixTimeSeconds();
        var changed = counters.ToBuilder();
        foreach (var charge in charges)
        {
            // What has aged out of its window leaves here, so the ledger stays as small as its windows.
            var kept = changed.TryGetValue(charge.Counter, out var counter) ? Live(counter.Entries, charge.Window, time) : [];
            if (!Sum(kept, charge.Window, time).TryAdd(charge.Amount, out var total) || total > charge.Limit)
                return $"{charge.Counter} would exceed {charge.Limit}";
            changed[charge.Counter] = new(charge.Window, kept.Add(new(id, charge.Amount, time, IsOpen: true)));
        }
        ledger = new(changed.ToImmutable(), reservations.SetItem(id, new(charges, IsOpen: true)));
        return null;
    }

    /// <summary>The intent's signatures may have left: its charges are spent, now. Harmless when repeated.</summary>
    /// <exception cref="InvalidOperationException">Nothing is reserved under this id.</exception>
    public CounterLedger Commit(string id, DateTimeOffset now)
    {
        var reservation = Find(id);
        var time = now.ToUnixTimeSeconds();
        // Stamped with the later time: what counts from its reservation on must not stop counting sooner.
        var changed = Change(id, reservation, entries => [.. entries.Select(e =>
            e.Reservation == id && e.IsOpen ? e with { Time = Math.Max(e.Time, time), IsOpen = false } : e)]);
        return new(changed, reservations.SetItem(id, reservation with { IsOpen = false }));
    }

    /// <summary>No signature left and none will: what was reserved is free again.</summary>
    /// <exception cref="InvalidOperationException">Nothing is reserved under this id, or it is committed.</exception>
    public CounterLedger Release(string id)
    {
        var reservation = Find(id);
        if (!reservation.IsOpen)
            throw new InvalidOperationException($"{id} is committed: what is spent stays spent.");
        return new(Change(id, reservation, entries => entries.RemoveAll(e => e.Reservation == id)), reservations.Remove(id));
    }

    /// <summary>Without what no window can see any more. Changes nothing that <see cref="Usage"/> says from now on.</summary>
    public CounterLedger Prune(DateTimeOffset now)
    {
        var time = now.ToUnixTimeSeconds();
        var kept = counters
            .Select(pair => (pair.Key, Counter: pair.Value with { Entries = Live(pair.Value.Entries, pair.Value.Window, time) }))
            .Where(pair => !pair.Counter.Entries.IsEmpty)
            .ToImmutableDictionary(pair => pair.Key, pair => pair.Counter, StringComparer.Ordinal);
        var alive = kept.Values.SelectMany(counter => counter.Entries).Select(entry => entry.Reservation).ToHashSet(StringComparer.Ordinal);
        return new(kept, reservations.RemoveRange(reservations.Where(pair => !pair.Value.IsOpen && !alive.Contains(pair.Key)).Select(pair => pair.Key)));
    }

    Reservation Find(string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return reservations.TryGetValue(id, out var found) ? found : throw new InvalidOperationException($"Nothing is reserved under {id}.");
    }

    ImmutableDictionary<string, Counter> Change(
        string id, Reservation reservation, Func<ImmutableArray<Entry>, ImmutableArray<Entry>> change)
    {
        var changed = counters.ToBuilder();
        foreach (var name in reservation.Charges.Select(charge => charge.Counter))
        {
            // Committed long ago and forgotten since: there is nothing left to change.
            if (!changed.TryGetValue(name, out var counter))
                continue;
            var entries = change(counter.Entries);
            if (entries.IsEmpty)
                changed.Remove(name);
            else
                changed[name] = counter with { Entries = entries };
        }
        return changed.ToImmutable();
    }

    static ImmutableArray<Entry> Live(ImmutableArray<Entry> entries, CounterWindow window, long now)
    {
        var start = window.StartAt(now);
        return entries.RemoveAll(entry => !entry.IsOpen && entry.Time < start);
    }

    static Amount Sum(ImmutableArray<Entry> entries, CounterWindow window, long now)
    {
        var start = window.StartAt(now);
        var sum = Amount.Zero;
        foreach (var entry in entries)
            if ((entry.IsOpen || entry.Time >= start) && !sum.TryAdd(entry.Amount, out sum))
                return Amount.MaxValue;
        return sum;
    }
}
