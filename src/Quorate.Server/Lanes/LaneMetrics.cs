using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Quorate.Server.Lanes;

/// <summary>
/// How full lanes are and how often one has not had what was asked of it, by kind of lane and chain; no account is named. As
/// this server has seen them last: it looks at every lane that it has used at least as often as lanes are put in order.
/// </summary>
static class LaneMetrics
{
    static readonly ConcurrentDictionary<string, int> reserved = new(StringComparer.Ordinal);
    static readonly Meter meter = new("Quorate.Server");

    static readonly Counter<long> refusals = meter.CreateCounter<long>(
        "quorate.lane.refusals", "{refusal}", "Requests that a lane has refused, by reason: no place, no funds, coins that others have.");

    static LaneMetrics()
    {
        meter.CreateObservableGauge("quorate.lane.reserved", () => ByKind(all => all.Sum()), "{reservation}", "Reservations that stand: nonces in no block yet, transfers that hold coins, funds or lifetimes.");
        meter.CreateObservableGauge("quorate.lane.fullest", () => ByKind(all => all.Max()), "{reservation}", "Reservations in the lane that has most.");
    }

    /// <summary>A lane was looked at.</summary>
    internal static void Seen(string stream, int count)
    {
        if (count > 0)
            reserved[stream] = count;
        else
            reserved.TryRemove(stream, out _);
    }

    /// <summary>A lane has refused something.</summary>
    internal static void Refused(string stream, LaneRefusal refusal) => refusals.Add(1, [.. TagsOf(stream), new("reason", refusal.ToString())]);

    static IEnumerable<Measurement<int>> ByKind(Func<IEnumerable<int>, int> of) =>
        reserved.ToArray().GroupBy(lane => lane.Key[..lane.Key.LastIndexOf('/')], lane => lane.Value, StringComparer.Ordinal).Select(all => new Measurement<int>(of(all), TagsOf(all.Key)));

    // A lane's stream is kind/chain/account.
    static KeyValuePair<string, object?>[] TagsOf(string stream)
    {
        var parts = stream.Split('/');
        return [new("lane", parts[0]), new("chain", parts[1])];
    }
}
