using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Quorate.Rpc.Telemetry;
using Quorate.Rpc.Tests.Services;
using Quorate.Rpc.Tests.V1;

namespace Quorate.Rpc.Tests.Calls;

/// <summary>The trace goes from the caller through the client to the server, and calls are measured at both ends.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task One_trace_joins_caller_client_and_server()
    {
        var seen = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name is RpcTelemetry.Name or nameof(TelemetryTests),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = seen.Add,
        };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource(nameof(TelemetryTests));
        await using var server = await TestServer.StartAsync();

        ActivityTraceId trace;
        using (var caller = source.StartActivity("caller")!)
        {
            caller.TraceStateString = "vendor=1";
            trace = caller.TraceId;
            using var call = server.Channel.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest { FailCode = 5 });
            await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        }
        await server.Quiet();
        await Patience.Until(() => seen.Count(a => a.TraceId == trace) >= 3);

        var root = Assert.Single(seen, a => a.TraceId == trace && a.OperationName == "caller");
        var client = Assert.Single(seen, a => a.TraceId == trace && a.Kind == ActivityKind.Client);
        var atServer = Assert.Single(seen, a => a.TraceId == trace && a.Kind == ActivityKind.Server);
        Assert.Equal(root.SpanId, client.ParentSpanId);
        Assert.Equal("vendor=1", atServer.TraceStateString);
        Assert.Equal("quorate.rpc.tests.v1.Echo/Unary", atServer.OperationName);
        Assert.Equal("grpc", atServer.GetTagItem("rpc.system"));
        Assert.Equal(5, atServer.GetTagItem("rpc.grpc.status_code"));
        // Not found is the client's failure and not the server's.
        Assert.Equal((ActivityStatusCode.Error, ActivityStatusCode.Unset), (client.Status, atServer.Status));
    }

    [Fact]
    public async Task Calls_are_measured_at_both_ends()
    {
        var durations = new ConcurrentBag<(string Name, object? Status)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Meter.Name == RpcTelemetry.Name)
                    l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((i, value, tags, _) =>
        {
            if (tags.ToArray().Any(t => t is { Key: "rpc.method", Value: "Collect" }))
                durations.Add((i.Name, tags.ToArray().Single(t => t.Key == "rpc.grpc.status_code").Value));
        });
        listener.Start();
        await using var server = await TestServer.StartAsync();
        using var call = server.Channel.AsyncClientStreamingCall(EchoMethods.Collect);
        await call.RequestStream.WriteAsync(new() { FailCode = 15 });
        await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        await server.Quiet();
        await Patience.Until(() => durations.Count >= 2);

        Assert.Contains(("rpc.client.call.duration", 15), durations);
        Assert.Contains(("rpc.server.call.duration", 15), durations);
    }
}
