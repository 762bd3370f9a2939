using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Quorate.Chains.Telemetry;

/// <summary>
/// What can be seen of calls to chains' nodes: an activity source and a meter, both named <see cref="Name"/>. The method and
/// the node's host, never what is asked or answered. Costs nothing while nobody listens.
/// </summary>
public static class ChainTelemetry
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "Quorate.Chains";

    static readonly ActivitySource source = new(Name);
    static readonly Meter meter = new(Name);

    static readonly Histogram<double> duration = meter.CreateHistogram(
        "quorate.chain.call.duration", "s", "How long a chain's node took to answer, or not to.", null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] });

    /// <summary>One request to a node.</summary>
    internal readonly record struct Call(Activity? Activity, long Began, string Method);

    /// <summary>Begins a request.</summary>
    /// <param name="node">The endpoint; its path may be a password, and is left out.</param>
    /// <param name="method">As this program calls it: JSON-RPC's method, or verb and first segment.</param>
    /// <param name="count">Calls in the request.</param>
    internal static Call Begin(Uri node, string method, int count)
    {
        if (!source.HasListeners() && !duration.Enabled)
            return default;
        var activity = source.StartActivity(method, ActivityKind.Client)?.SetTag("rpc.method", method).SetTag("server.address", node.Host).SetTag("server.port", node.Port);
        if (count > 1)
            activity?.SetTag("quorate.chain.calls", count);
        return new(activity, Stopwatch.GetTimestamp(), method);
    }

    /// <summary>Ends it, with the HTTP status, or the kind of failure where there is none.</summary>
    internal static void End(in Call call, int? status)
    {
        if (call.Method is null)
            return;
        var outcome = status is null ? "unavailable" : status < 400 ? "done" : status is 429 or >= 500 ? "unavailable" : "refused";
        duration.Record(Stopwatch.GetElapsedTime(call.Began).TotalSeconds, new("method", call.Method), new("outcome", outcome));
        if (call.Activity is not { } activity)
            return;
        if (status is not null)
            activity.SetTag("http.response.status_code", status.Value);
        if (outcome != "done")
            activity.SetStatus(ActivityStatusCode.Error, outcome);
        activity.Dispose();
    }
}
