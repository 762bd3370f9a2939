using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Quorate.Rpc.Client;
using Quorate.Rpc.Telemetry;
using Quorate.Rpc.Tests.Services;
using Quorate.Rpc.Tests.V1;

namespace Quorate.Rpc.Tests.Wire;

/// <summary>Tests that measure the process, and want it for themselves.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

/// <summary>What remains of calls that went wrong, at either end: nothing.</summary>
[Collection(nameof(Alone))]
public sealed class LeakTests
{
    const int Calls = 1000, BytesMax = 3 << 20;

    [Fact]
    public async Task A_thousand_broken_requests_cost_the_server_no_memory_in_the_end()
    {
        await using var server = await TestServer.StartAsync();
        await Round(100);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await Round(Calls);
        await server.Quiet();
        await AssertHeap(before);

        async Task Round(int calls)
        {
            await using var connection = await Http2Connection.OpenAsync(server.EndPoint);
            for (var i = 0; i < calls; i++)
            {
                var id = 2 * i + 1;
                await connection.SendCallAsync(id, (i % 2 == 0 ? EchoMethods.Unary : EchoMethods.Chat).FullName);
                await connection.SendAsync(Http2Connection.Data, Http2Connection.EndStream, id, Frames.Raw(7, []));
                Assert.NotNull(await connection.EndOfAsync(id));
            }
        }
    }

    // The channels stay open and in use: what hangs on them would stay too.
    [Fact]
    public async Task A_client_keeps_nothing_of_a_thousand_calls_that_went_wrong()
    {
        await using var broken = await BrokenServer.StartAsync();
        await using var frames = BrokenFrameServer.Start();
        using var channel = RpcChannel.ForAddress(broken.Address);
        using var shattered = RpcChannel.ForAddress(frames.Address);
        await Round(channel, shattered, 200);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var calls = await Round(channel, shattered, Calls);

        await Patience.Until(() => broken.Open == 0, "Streams are left.");
        await AssertHeap(before);
        // The last ones may still be on the stack of a thread that rests.
        Assert.InRange(calls.Count(c => c.IsAlive), 0, 20);
        Assert.Equal(Calls, calls.Count);
        using var good = channel.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest());
        Assert.Equal("reply", (await good).Text);
    }

    [Fact]
    public async Task The_measure_of_active_calls_returns_to_zero()
    {
        var (begun, active) = (0, 0);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Meter.Name == RpcTelemetry.Name && instrument.Name == "rpc.server.active_calls")
                    l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<int>((_, change, tags, _) =>
        {
            if (!tags.ToArray().Any(t => t is { Key: "rpc.method", Value: "Expand" or "Chat" }))
                return;
            if (change > 0)
                Interlocked.Increment(ref begun);
            Interlocked.Add(ref active, change);
        });
        listener.Start();
        await using var server = await TestServer.StartAsync();
        await using var connection = await Http2Connection.OpenAsync(server.EndPoint);
        for (var i = 0; i < 100; i++)
        {
            await connection.SendCallAsync(2 * i + 1, EchoMethods.Chat.FullName);
            await Patience.Until(() => Volatile.Read(ref active) == 1);
            await connection.SendAsync(Http2Connection.Reset, 0, 2 * i + 1, [0, 0, 0, 8]);
            await Patience.Until(() => Volatile.Read(ref active) == 0);
        }
        await Parallel.ForAsync(0, 100, async (i, _) =>
        {
            var options = new CallOptions(Deadline: i % 2 == 0 ? DateTime.UtcNow.AddMilliseconds(500) : null);
            using var call = server.Channel.AsyncServerStreamingCall(EchoMethods.Expand, new EchoRequest { Count = int.MaxValue, ReplySize = 10, Stubborn = true }, options);
            try
            {
                Assert.True(await call.ResponseStream.MoveNext(default));
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.DeadlineExceeded)
            {
            }
        });
        await Patience.Until(() => Volatile.Read(ref active) == 0);
        Assert.InRange(begun, 150, 200);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static async Task<List<WeakReference>> Round(RpcChannel channel, RpcChannel shattered, int count)
    {
        string[] answers = ["reset 8", "reset 2", "cut", "flag", "long", "compressed", "metadata", "http 500", "no status", "two"];
        var calls = new ConcurrentBag<WeakReference>();
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
        {
            var request = new EchoRequest { Text = "text" };
            var failure = (i % 5) switch
            {
                0 => await Fails(channel.AsyncUnaryCall(EchoMethods.Unary, request, new(new() { { "answer", answers[i / 5 % answers.Length] } })), c => c.ResponseAsync),
                1 => await Fails(channel.AsyncUnaryCall(EchoMethods.Unary, request, new(new() { { "answer", "stall" } }, DateTime.UtcNow.AddMilliseconds(50))), c => c.ResponseAsync),
                2 => await Fails(shattered.AsyncUnaryCall(EchoMethods.Unary, request), c => c.ResponseAsync),
                // One message comes and no other; the call is dropped.
                3 => await Fails(channel.AsyncServerStreamingCall(EchoMethods.Expand, request, new(new() { { "answer", "hang" } })), async c =>
                {
                    Assert.True(await c.ResponseStream.MoveNext(default));
                    var waiting = c.ResponseStream.MoveNext(default);
                    c.Dispose();
                    await waiting;
                }),
                _ => await Fails(channel.AsyncDuplexStreamingCall(EchoMethods.Chat, new(new() { { "answer", i % 2 == 0 ? "stall" : "reset 2" } }, DateTime.UtcNow.AddMilliseconds(100))), async c =>
                {
                    while (true)
                        await c.RequestStream.WriteAsync(request);
                }),
            };
            Assert.NotEqual(StatusCode.OK, failure);
        });
        return [.. calls];

        async Task<StatusCode> Fails<T>(T call, Func<T, Task> use) where T : AsyncCall<EchoReply>
        {
            calls.Add(new(call.Call));
            using (call)
                return (await Assert.ThrowsAsync<RpcException>(() => use(call))).StatusCode;
        }
    }

    // Sockets and timers let go a little later.
    static async Task AssertHeap(long before)
    {
        for (var i = 0; ; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            var more = GC.GetTotalMemory(forceFullCollection: true) - before;
            if (more < BytesMax)
                return;
            Assert.True(i < 300, $"{more >> 10} KiB more than before.");
            await Task.Delay(100);
        }
    }
}
