using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Quorate.Chains;
using Quorate.Testing;

namespace Quorate.Policies.Tests;

public class CounterLedgerTests
{
    static readonly DateTimeOffset t0 = new(2026, 3, 28, 12, 0, 0, TimeSpan.Zero);
    static readonly CounterWindow rolling = new CounterWindow.Rolling(3600);

    static ImmutableArray<Charge> Charges(ulong amount, ulong limit = 10) => [new("cap", rolling, amount, limit)];

    static CounterLedger Reserve(CounterLedger ledger, string id, ulong amount, DateTimeOffset at)
    {
        Assert.Null(ledger.TryReserve(id, Charges(amount), at, out var after));
        return after;
    }

    [Fact]
    public void What_is_reserved_counts_at_once_and_what_is_released_no_more()
    {
        var ledger = Reserve(CounterLedger.Empty, "a", 7, t0);
        Assert.Equal((Amount)7, ledger.Usage("cap", rolling, t0));
        Assert.Contains("cap", ledger.TryReserve("b", Charges(4), t0, out var same), StringComparison.Ordinal);
        Assert.Same(ledger, same);
        Assert.Equal(Amount.Zero, ledger.Release("a").Usage("cap", rolling, t0));
        Assert.Empty(ledger.Release("a").Counters);
        Reserve(ledger.Release("a"), "b", 10, t0);
    }

    [Fact]
    public void What_is_committed_leaves_a_rolling_window_to_the_second()
    {
        var ledger = Reserve(CounterLedger.Empty, "a", 10, t0).Commit("a", t0.AddMinutes(5));
        Assert.Equal((Amount)10, ledger.Usage("cap", rolling, t0.AddMinutes(65).AddSeconds(-1)));
        Assert.Equal(Amount.Zero, ledger.Usage("cap", rolling, t0.AddMinutes(65)));
    }

    [Fact]
    public void A_reservation_counts_however_old_it_is()
    {
        var ledger = Reserve(CounterLedger.Empty, "a", 10, t0);
        Assert.NotNull(ledger.TryReserve("b", Charges(1), t0.AddDays(30), out _));
        Assert.Equal((Amount)10, ledger.Prune(t0.AddDays(30)).Usage("cap", rolling, t0.AddDays(30)));
    }

    [Fact]
    public void A_repeated_reservation_counts_once_and_another_under_the_same_id_is_refused()
    {
        var ledger = Reserve(CounterLedger.Empty, "a", 6, t0);
        Assert.Null(ledger.TryReserve("a", Charges(6), t0.AddMinutes(1), out var again));
        Assert.Same(ledger, again);
        Assert.NotNull(ledger.TryReserve("a", Charges(1), t0, out _));
        var committed = ledger.Commit("a", t0);
        Assert.Null(committed.TryReserve("a", Charges(6), t0, out again));
        Assert.Same(committed, again);
    }

    [Fact]
    public void All_charges_or_none()
    {
        ImmutableArray<Charge> both = [new("one", rolling, 5, 10), new("two", rolling, 5, 4)];
        Assert.NotNull(CounterLedger.Empty.TryReserve("a", both, t0, out var ledger));
        Assert.Same(CounterLedger.Empty, ledger);
    }

    [Fact]
    public void Commit_is_final_and_repeatable_and_only_for_what_was_reserved()
    {
        var ledger = Reserve(CounterLedger.Empty, "a", 6, t0).Commit("a", t0);
        Assert.Equal((Amount)6, ledger.Commit("a", t0.AddMinutes(50)).Usage("cap", rolling, t0.AddMinutes(59)));
        Assert.Equal(Amount.Zero, ledger.Commit("a", t0.AddMinutes(50)).Usage("cap", rolling, t0.AddMinutes(60)));
        Assert.Throws<InvalidOperationException>(() => ledger.Release("a"));
        Assert.Throws<InvalidOperationException>(() => ledger.Commit("b", t0));
        Assert.Throws<InvalidOperationException>(() => ledger.Release("b"));
    }

    [Fact]
    public void A_reservation_without_charges_is_one_too()
    {
        Assert.Null(CounterLedger.Empty.TryReserve("a", [], t0, out var ledger));
        ledger.Prune(t0.AddYears(1)).Commit("a", t0);
        ledger.Release("a");
    }

    [Fact]
    public void Sums_beyond_the_largest_amount_are_full_and_not_empty()
    {
        ImmutableArray<Charge> most = [new("cap", rolling, Amount.MaxValue, Amount.MaxValue)];
        Assert.Null(CounterLedger.Empty.TryReserve("a", most, t0, out var ledger));
        Assert.NotNull(ledger.TryReserve("b", [new("cap", rolling, 1, Amount.MaxValue)], t0, out _));
    }

    [Theory]
    // Berlin's day of 23 hours, its day of 25 hours, a week over the change, a month.
    [InlineData(CalendarPeriod.Day, "Europe/Berlin", "2026-03-29T10:00:00Z", "2026-03-28T23:00:00Z")]
    [InlineData(CalendarPeriod.Day, "Europe/Berlin", "2026-03-29T22:00:00Z", "2026-03-29T22:00:00Z")]
    [InlineData(CalendarPeriod.Day, "Europe/Berlin", "2026-10-25T22:59:59Z", "2026-10-24T22:00:00Z")]
    [InlineData(CalendarPeriod.Week, "Europe/Berlin", "2026-03-29T10:00:00Z", "2026-03-22T23:00:00Z")]
    [InlineData(CalendarPeriod.Week, "Europe/Berlin", "2026-03-29T22:00:00Z", "2026-03-29T22:00:00Z")]
    [InlineData(CalendarPeriod.Month, "America/New_York", "2026-03-31T12:00:00Z", "2026-03-01T05:00:00Z")]
    // Beirut skips midnight when it sets clocks forward; Havana has it twice when it sets them back.
    [InlineData(CalendarPeriod.Day, "Asia/Beirut", "2026-03-29T10:00:00Z", "2026-03-28T22:00:00Z")]
    [InlineData(CalendarPeriod.Day, "America/Havana", "2026-11-01T12:00:00Z", "2026-11-01T04:00:00Z")]
    // A zone off the whole hour.
    [InlineData(CalendarPeriod.Day, "Asia/Kathmandu", "2026-05-01T00:00:00Z", "2026-04-30T18:15:00Z")]
    public void A_fixed_window_begins_when_the_wall_clock_says(CalendarPeriod period, string zone, string now, string start)
    {
        var window = new CounterWindow.Fixed(period, TimeZoneInfo.FindSystemTimeZoneById(zone));
        Assert.Equal(DateTimeOffset.Parse(start).ToUnixTimeSeconds(), window.StartAt(DateTimeOffset.Parse(now).ToUnixTimeSeconds()));
    }

    /// <summary>
    /// Several intents at once: reserved at any time, committed or released later in any order, windows of every kind. What
    /// was committed within a window never adds up to more than the limit, at any instant.
    /// </summary>
    [Fact]
    public void A_counter_never_exceeds_its_limit_under_any_interleaving() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            using var random = new SeededRandom((ulong)seed, "interleaving");
            var berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
            CounterWindow[] windows = [new CounterWindow.Rolling(7200), new CounterWindow.Fixed(CalendarPeriod.Day, berlin), new CounterWindow.Fixed(CalendarPeriod.Week, berlin)];
            Amount[] limits = [10, 14, 30];
            var (ledger, now, open, committed) = (CounterLedger.Empty, t0, new List<(string Id, ImmutableArray<Charge> Charges)>(), new List<(DateTimeOffset At, Charge Charge)>());
            for (var step = 0; step < 120; step++)
            {
                now = now.AddMinutes(random.Below(random.Below(4) == 0 ? 600 : 20));
                switch (random.Below(4))
                {
                    case 0 or 1:
                        ImmutableArray<Charge> charges = [.. Enumerable.Range(0, 3).Where(_ => random.Below(3) > 0).Select(w => new Charge($"c{w}", windows[w], (ulong)random.Below(9), limits[w]))];
                        if (ledger.TryReserve($"{step}", charges, now, out ledger) is null)
                            open.Add(($"{step}", charges));
                        break;
                    case 2 when open.Count > 0:
                        var done = open[random.Below(open.Count)];
                        open.Remove(done);
                        ledger = ledger.Commit(done.Id, now);
                        committed.AddRange(done.Charges.Select(c => (now, c)));
                        break;
                    case 3 when open.Count > 0:
                        var given = open[random.Below(open.Count)];
                        open.Remove(given);
                        ledger = ledger.Release(given.Id);
                        break;
                }
                if (random.Below(5) == 0)
                    ledger = ledger.Prune(now);
                for (var w = 0; w < windows.Length; w++)
                {
                    Assert.True(ledger.Usage($"c{w}", windows[w], now) <= limits[w]);
                    var spent = committed.Where(c => c.Charge.Counter == $"c{w}" && c.At.ToUnixTimeSeconds() >= windows[w].StartAt(now.ToUnixTimeSeconds()))
                        .Aggregate(Amount.Zero, (sum, c) => sum + c.Charge.Amount);
                    var promised = open.SelectMany(o => o.Charges).Where(c => c.Counter == $"c{w}").Aggregate(Amount.Zero, (sum, c) => sum + c.Amount);
                    Assert.True(spent <= limits[w]);
                    Assert.Equal(spent + promised, ledger.Usage($"c{w}", windows[w], now));
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
}
