using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Quorate.Rpc.Telemetry;

/// <summary>
/// What an OpenTelemetry SDK subscribes to: an activity source and a meter, both named <see cref="Name"/>, with the names
/// of its semantic conventions for RPC. The trace context travels in traceparent and tracestate (W3C Trace Context).
/// </summary>
public static class RpcTelemetry
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "Quorate.Rpc";

    static readonly ActivitySource source = new(Name);
    static readonly Meter meter = new(Name);

    /// <summary>The longest tracestate that is taken in, in characters: W3C asks for no more.</summary>
    const int MaxTraceState = 512;

    static readonly InstrumentAdvice<double> seconds = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    };

    static readonly Histogram<double> serverDuration = meter.CreateHistogram(
        "rpc.server.call.duration", "s", "How long calls took at the server.", null, seconds);

    static readonly Histogram<double> clientDuration = meter.CreateHistogram(
        "rpc.client.call.duration", "s", "How long calls took as the client saw them.", null, seconds);

    static readonly UpDownCounter<int> serverActive = meter.CreateUpDownCounter<int>(
        "rpc.server.active_calls", "{call}", "Calls that the server has begun and not finished.");

    internal readonly record struct Span(Activity? Activity, long Started, string System, string Service, string Method, bool IsServer);

    /// <summary>Begins a call at the server, below the framework's own activity or else below what the headers say.</summary>
    internal static Span BeginServer(string system, string service, string method, string? traceParent, string? traceState)
    {
        if (traceState is { Length: > MaxTraceState })
            traceState = null;
        if (Activity.Current is not null || !ActivityContext.TryParse(traceParent, traceState, isRemote: true, out var parent))
            parent = default;
        serverActive.Add(1, new("rpc.service", service), new("rpc.method", method));
        return Begin(source.CreateActivity($"{service}/{method}", ActivityKind.Server, parent), system, service, method, true);
    }

    internal static Span BeginClient(string service, string method) =>
        Begin(source.CreateActivity($"{service}/{method}", ActivityKind.Client), "grpc", service, method, false);

    /// <summary>Writes the current context into a request's headers.</summary>
    internal static void Inject(Activity? activity, Action<string, string> setHeader)
    {
        if (activity is not null)
            DistributedContextPropagator.Current.Inject(activity, setHeader, static (set, name, value) => ((Action<string, string>)set!)(name, value));
    }

    internal static void End(in Span span, StatusCode status)
    {
        var tags = new TagList
        {
            { "rpc.system", span.System }, { "rpc.service", span.Service }, { "rpc.method", span.Method },
            { "rpc.grpc.status_code", (int)status },
        };
        (span.IsServer ? serverDuration : clientDuration).Record(Stopwatch.GetElapsedTime(span.Started).TotalSeconds, tags);
        if (span.IsServer)
            serverActive.Add(-1, new("rpc.service", span.Service), new("rpc.method", span.Method));
        if (span.Activity is { } activity)
        {
            activity.SetTag("rpc.grpc.status_code", (int)status);
            if (IsFailure(status, span.IsServer))
                activity.SetStatus(ActivityStatusCode.Error);
            activity.Dispose();
        }
    }

    // By the conventions every status but OK is an error to a client, and to a server only those that are its own doing.
    static bool IsFailure(StatusCode status, bool isServer) => !isServer
        ? status != StatusCode.OK
        : status is StatusCode.Unknown or StatusCode.DeadlineExceeded or StatusCode.Unimplemented
            or StatusCode.Internal or StatusCode.Unavailable or StatusCode.DataLoss;

    static Span Begin(Activity? activity, string system, string service, string method, bool isServer)
    {
        activity?.SetTag("rpc.system", system).SetTag("rpc.service", service).SetTag("rpc.method", method).Start();
        return new(activity, Stopwatch.GetTimestamp(), system, service, method, isServer);
    }
}
