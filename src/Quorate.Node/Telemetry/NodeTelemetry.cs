using System.Diagnostics;
using System.Diagnostics.Metrics;
using Quorate.Node.Gate;
using Quorate.Node.V1;
using Quorate.Rpc;

namespace Quorate.Node.Telemetry;

/// <summary>
/// What an OpenTelemetry SDK subscribes to: an activity source and a meter, both named <see cref="Name"/>. What is judged and
/// signed is in neither, only ids. It decides nothing, and costs nothing while nobody listens.
/// </summary>
public static class NodeTelemetry
{
    /// <summary>The name of the activity source and of the meters.</summary>
    public const string Name = "Quorate.Node";

    /// <summary>Length of a traceparent of version 00.</summary>
    const int TraceParentLength = 55;

    /// <summary>The longest id of a request in a span, in characters.</summary>
    const int MaxId = 64;

    static readonly Meter meter = new(Name);

    static readonly Histogram<double> questions = Duration("quorate.node.question.duration", "How long the node took to answer what the server asked by way of the relay.");
    static readonly Histogram<double> sessions = Duration("quorate.node.session.duration", "How long sessions took, from finding each other to their end.");
    static readonly Histogram<double> rounds = Duration("quorate.node.round.duration", "How long rounds took; round 0 is that of finding each other.");

    static readonly UpDownCounter<int> active = meter.CreateUpDownCounter<int>("quorate.node.sessions.active", "{session}", "Sessions in flight.");
    static readonly Counter<long> rulings = meter.CreateCounter<long>("quorate.node.gate.rulings", "{ruling}", "What the release gate has answered.");

    internal static ActivitySource Source { get; } = new(Name);

    /// <summary>Whether anybody would hear of a session.</summary>
    internal static bool HearsSessions => Source.HasListeners() || sessions.Enabled || rounds.Enabled || active.Enabled;

    /// <summary>
    /// Begins to answer a question of the server. Its trace context may be anything: a well-formed one of version 00 is the
    /// parent, and counts as sampled whatever it says, for what is traced here is this node's affair; anything else is none.
    /// </summary>
    internal static (Activity? Activity, string Method, long Began) BeginQuestion(string method, string traceParent)
    {
        // A name of the contract or none: a label must not be the server's to choose.
        var known = NodeReflection.Descriptor.Services[0].FindMethodByName(method) is { Name: var name } ? name : "unknown";
        if (!Source.HasListeners())
            return (null, known, Stopwatch.GetTimestamp());
        // Not below the connection, which lives for days.
        Activity.Current = null;
        return (Source.StartActivity(known, ActivityKind.Server, ParentOf(traceParent))?.SetTag("rpc.system", "quorate.relay").SetTag("rpc.method", known),
            known, Stopwatch.GetTimestamp());
    }

    internal static void QuestionEnded(in (Activity? Activity, string Method, long Began) question, StatusCode status)
    {
        questions.Record(Stopwatch.GetElapsedTime(question.Began).TotalSeconds, new("method", question.Method), new("status", status.ToString()));
        if (status != StatusCode.OK)
            question.Activity?.SetStatus(ActivityStatusCode.Error, status.ToString());
        question.Activity?.Dispose();
    }

    internal static ActivityContext ParentOf(string traceParent) =>
        traceParent.Length == TraceParentLength && traceParent.StartsWith("00-", StringComparison.Ordinal) && ActivityContext.TryParse(traceParent, null, isRemote: true, out var parent)
            ? new(parent.TraceId, parent.SpanId, ActivityTraceFlags.Recorded, isRemote: true) : default;

    /// <summary>The gate begins to judge a request, or to lend a share for it.</summary>
    internal static Activity? BeginGate(string stage, string request) =>
        Source.StartActivity(stage)?.SetTag("quorate.transfer", request.Length <= MaxId ? request : request[..MaxId]);

    /// <summary>The gate has answered; null is yes.</summary>
    internal static void Ruled(Activity? activity, string stage, Refusal? refusal)
    {
        var (verdict, reason) = refusal is { } no ? ("refused", no.ToString()) : ("permitted", "");
        rulings.Add(1, new("stage", stage), new("verdict", verdict), new("reason", reason));
        activity?.SetTag("quorate.verdict", verdict).SetTag("quorate.reason", reason);
    }

    internal static void SessionBegan(string protocol) => active.Add(1, new KeyValuePair<string, object?>("protocol", protocol));

    internal static void RoundEnded(string protocol, int round, string outcome, TimeSpan took) =>
        rounds.Record(took.TotalSeconds, new("protocol", protocol), new("round", round), new("outcome", outcome));

    internal static void SessionEnded(string protocol, string outcome, TimeSpan took)
    {
        active.Add(-1, new KeyValuePair<string, object?>("protocol", protocol));
        sessions.Record(took.TotalSeconds, new("protocol", protocol), new("outcome", outcome));
    }

    static Histogram<double> Duration(string name, string description) => meter.CreateHistogram(name, "s", description, null, new InstrumentAdvice<double>
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180],
    });
}
