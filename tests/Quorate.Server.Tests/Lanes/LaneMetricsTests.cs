using System.Diagnostics.Metrics;
using Quorate.Server.Lanes;
using Quorate.Server.Tests.Sagas;

namespace Quorate.Server.Tests.Lanes;

public sealed class LaneMetricsTests
{
    [Fact]
    public async Task What_is_reserved_and_what_is_refused_is_told_by_kind_and_chain_and_by_no_account()
    {
        var lanes = new LaneStreams<FundsLane, FundsEvent>(
            new SimDatabase(new(1, 0), new()).Direct, FundsEvent.Catalog, FundsLane.Initial, (l, e) => l.After(e), l => l.Holds.Count);
        var told = new List<(string Name, long Value, string Tags)>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, l) => { if (instrument.Meter.Name == "Quorate.Server") l.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<int>((i, value, tags, _) => Note(i, value, tags));
        listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Note(i, value, tags));
        listener.Start();

        foreach (var account in (string[])["funds/test:lanes/a", "funds/test:lanes/b"])
        {
            await lanes.DecideAsync(account, l => l.Observe("coin", 10UL, 0), default);
            await lanes.DecideAsync(account, l => l.Hold("x", [new("coin", 4UL)]), default);
        }
        await lanes.DecideAsync("funds/test:lanes/b", l => l.Hold("y", [new("coin", 4UL)]), default);
        Assert.Equal(LaneRefusal.Insufficient, (await lanes.DecideAsync("funds/test:lanes/b", l => l.Hold("z", [new("coin", 4UL)]), default)).Refusal);
        listener.RecordObservableInstruments();
        Assert.Equal(
            [("quorate.lane.refusals", 1, "funds test:lanes Insufficient"), ("quorate.lane.reserved", 3, "funds test:lanes"), ("quorate.lane.fullest", 2, "funds test:lanes")], told);

        // A lane in which nothing is reserved is not told.
        told.Clear();
        foreach (var (account, holder) in ((string, string)[])[("funds/test:lanes/a", "x"), ("funds/test:lanes/b", "x"), ("funds/test:lanes/b", "y")])
            await lanes.DecideAsync(account, l => l.Release(holder), default);
        listener.RecordObservableInstruments();
        Assert.Empty(told);

        void Note(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var words = string.Join(' ', tags.ToArray().Select(t => t.Value));
            // Other tests have lanes, too.
            if (words.Contains("test:lanes", StringComparison.Ordinal))
                told.Add((instrument.Name, value, words));
        }
    }
}
