using System.Diagnostics;
using System.Diagnostics.Metrics;
using Quorate.Rpc;
using Quorate.Server.Audit;
using Quorate.Server.Sagas;

namespace Quorate.Server.Telemetry;

/// <summary>
/// What an OpenTelemetry SDK subscribes to: an activity source and a meter, both named <see cref="Name"/>. Ids of transfers
/// and nodes are in spans only; amounts, addresses, payloads and documents are in neither. Costs nothing while nobody listens.
/// </summary>
public static class ServerTelemetry
{
    /// <summary>The name of the activity source and of the meters.</summary>
    public const string Name = "Quorate.Server";

    /// <summary>Bounds of what takes from a disk's time to minutes.</summary>
    static readonly InstrumentAdvice<double> seconds = new()
    {
        HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180],
    };

    static readonly Meter meter = new(Name);

    static readonly Histogram<double> steps = meter.CreateHistogram(
        "quorate.saga.step.duration", "s", "How long a step of a transfer took.", null, seconds);

    static readonly Counter<long> retries = meter.CreateCounter<long>(
        "quorate.saga.retries", "{retry}", "Transfers that were given back after a failure, to be tried again later.");

    static readonly Histogram<double> questions = meter.CreateHistogram(
        "quorate.relay.question.duration", "s", "How long nodes took to answer what they were asked by way of the relay.", null, seconds);

    static readonly Counter<long> refused = meter.CreateCounter<long>(
        "quorate.relay.refused", "{envelope}", "Envelopes that the relay had no room for; their senders send them again.");

    static readonly Counter<long> expired = meter.CreateCounter<long>(
        "quorate.relay.expired", "{envelope}", "Envelopes that nobody fetched in time.");

    static readonly Counter<long> dropped = meter.CreateCounter<long>(
        "quorate.relay.receipts.dropped", "{receipt}", "Receipts for nodes that do not read.");

    static readonly Counter<long> failures = meter.CreateCounter<long>(
        "quorate.work.failures", "{failure}", "Rounds of the server's periodic work that failed.");

    static readonly Counter<long> cosignatures = meter.CreateCounter<long>(
        "quorate.audit.cosignatures", "{answer}", "What nodes have said to heads of the journal that they were to co-sign.");

    internal static ActivitySource Source { get; } = new(Name);

    /// <summary>Whether anybody would hear of a step or question.</summary>
    internal static bool IsHeard => Source.HasListeners() || steps.Enabled || questions.Enabled;

    internal static void StepEnded(Activity? activity, SagaStep step, string outcome, long began)
    {
        steps.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, new("step", step.GetType().Name), new("outcome", outcome));
        if (outcome != "done")
            activity?.SetStatus(ActivityStatusCode.Error, outcome);
        activity?.Dispose();
    }

    internal static void Retried(bool isExpected) => retries.Add(1, new KeyValuePair<string, object?>("cause", isExpected ? "expected" : "unexpected"));

    /// <summary>A question to a node. The method is one that this program knows.</summary>
    internal static Activity? BeginQuestion(string method) =>
        Source.StartActivity($"node/{method}", ActivityKind.Client)?.SetTag("rpc.system", "quorate.relay").SetTag("rpc.method", method);

    internal static void QuestionEnded(Activity? activity, string method, StatusCode status, long began)
    {
        questions.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, new("method", method), new("status", status.ToString()));
        if (status != StatusCode.OK)
            activity?.SetStatus(ActivityStatusCode.Error, status.ToString());
        activity?.Dispose();
    }

    internal static void Refused() => refused.Add(1);

    internal static void Expired() => expired.Add(1);

    internal static void Dropped() => dropped.Add(1);

    internal static void Cosigned(string node, CosignOutcome outcome) => cosignatures.Add(1, new("node", node), new("outcome", outcome switch
    {
        CosignOutcome.Signed => "signed",
        CosignOutcome.Silent => "silent",
        _ => "refused",
    }));

    internal static void WorkFailed(string work) => failures.Add(1, new KeyValuePair<string, object?>("work", work));
}
