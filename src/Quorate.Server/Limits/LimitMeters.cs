using System.Diagnostics.Metrics;
using Quorate.Server.Recording;

namespace Quorate.Server.Limits;

/// <summary>What limits measure, under the server's meter.</summary>
static class LimitMeters
{
    /// <summary>The meter's name.</summary>
    internal const string Name = "Quorate.Server";

    static readonly Meter meter = new(Name);
    static readonly Counter<long> calls = meter.CreateCounter<long>("quorate.limits.calls", "{call}", "Calls by class and by what was said to them.");
    static readonly Counter<long> refusals = meter.CreateCounter<long>("quorate.limits.refusals", "{refusal}", "What was refused, by the limit that was exceeded.");
    static readonly Counter<long> alerts = meter.CreateCounter<long>("quorate.limits.alerts", "{alert}", "Callers who were refused repeatedly, once in a window.");
    static readonly Histogram<double> duration = meter.CreateHistogram<double>("quorate.limits.duration", "s", "How long it took to ask the limiter.");

    internal static void Ruled(CallClass asked, Ruling ruling, TimeSpan took)
    {
        calls.Add(1, new("class", SnakeCase.Text(asked)), new KeyValuePair<string, object?>("outcome", SnakeCase.Text(ruling.Outcome)));
        duration.Record(took.TotalSeconds);
        if (ruling.Outcome is RulingOutcome.Refused)
            Refused(ruling);
    }

    internal static void Refused(Ruling ruling)
    {
        foreach (var ruled in ruling.Limits)
            if (ruled.IsViolated)
                refusals.Add(1, new KeyValuePair<string, object?>("limit", ruled.Limit.Name));
    }

    internal static void Alerted() => alerts.Add(1);
}
