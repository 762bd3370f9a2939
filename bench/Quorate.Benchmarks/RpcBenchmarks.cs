using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Quorate.Rpc;
using Quorate.Rpc.Client;
using Quorate.Rpc.Server;
using Quorate.Rpc.Tests.V1;

namespace Quorate.Benchmarks;

/// <summary>
/// Calls over the loopback interface, client and server in this process, next to the framework's minimal API with JSON,
/// over HTTP/1.1 and over HTTP/2: one request of 100 bytes, one answer of the same. The three run in alternating slices.
/// </summary>
static class RpcBenchmarks
{
    const int Slices = 7, SliceMilliseconds = 500, WarmUpMilliseconds = 1200, PayloadSize = 100, Streamed = 20_000;

    static readonly Method<EchoRequest, EchoReply>
        unary = new(EchoReflection.Descriptor.Services[0], "Unary"),
        expand = new(EchoReflection.Descriptor.Services[0], "Expand"),
        collect = new(EchoReflection.Descriptor.Services[0], "Collect"),
        chat = new(EchoReflection.Descriptor.Services[0], "Chat");

    internal static void Run(string[] arguments) => RunAsync().GetAwaiter().GetResult();

    static async Task RunAsync()
    {
        await using var server = await RpcServer.StartAsync(new RpcServices().Add(EchoReflection.Descriptor.Services[0], new Answering()));
        using var channel = RpcChannel.ForAddress(server.Addresses[0]);
        await using var api = await StartMinimalApi();
        using var http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new(api.Urls.First()) };
        using var http2 = new HttpClient(new SocketsHttpHandler())
        {
            BaseAddress = new(api.Urls.Last()), DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        var request = new EchoRequest { Text = "benchmark", Payload = ByteString.CopyFrom(new byte[PayloadSize]) };
        var json = new JsonEcho("benchmark", new byte[PayloadSize]);
        async Task Ours()
        {
            using var call = channel.AsyncUnaryCall(unary, request);
            await call;
        }
        async Task Json(HttpClient client)
        {
            using var response = await client.PostAsJsonAsync("/echo", json);
            await response.Content.ReadFromJsonAsync<JsonEcho>();
        }
        Func<Task>[] calls = [Ours, () => Json(http), () => Json(http2)];

        Console.WriteLine($"{"unary, in flight",-18} {Heading("gRPC")} {Heading("JSON")} {Heading("JSON, h2")}");
        foreach (var inFlight in new[] { 1, 16, 64 })
        {
            foreach (var call in calls)
                await Slice(call, inFlight, WarmUpMilliseconds);
            Measured[] measured = [new(), new(), new()];
            for (var i = 0; i < Slices; i++)
                for (var c = 0; c < calls.Length; c++)
                    measured[c].Add(await Slice(calls[c], inFlight, SliceMilliseconds));
            Console.WriteLine($"{inFlight,-18} {string.Join(' ', measured.AsEnumerable())}");
        }
        Console.WriteLine();
        Console.WriteLine($"{"stream of 100-byte messages",-30} {"messages/s",14}");
        await Stream("server", () => Expand(channel, request));
        await Stream("client", () => Collect(channel, request));
        await Stream("both, without waiting", () => Chat(channel, request));
    }

    static string Heading(string name) => $"{name + " calls/s",16} {"p50 µs",8} {"p99 µs",8}";

    static async Task<WebApplication> StartMinimalApi()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k =>
        {
            k.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            k.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        app.UseRouting();
        app.MapPost("/echo", (JsonEcho echo) => echo);
        await app.StartAsync();
        return app;
    }

    // So many loops, each with one call at a time.
    static async Task<(double Rate, List<double> Microseconds)> Slice(Func<Task> call, int inFlight, int milliseconds)
    {
        var begun = Stopwatch.GetTimestamp();
        var until = begun + milliseconds * Stopwatch.Frequency / 1000;
        var loops = await Task.WhenAll(Enumerable.Range(0, inFlight).Select(_ => Task.Run(async () =>
        {
            var times = new List<double>();
            for (long at; (at = Stopwatch.GetTimestamp()) < until;)
            {
                await call();
                times.Add(Stopwatch.GetElapsedTime(at).TotalMicroseconds);
            }
            return times;
        })));
        var all = loops.SelectMany(t => t).ToList();
        return (all.Count / Stopwatch.GetElapsedTime(begun).TotalSeconds, all);
    }

    static async Task Stream(string name, Func<Task> run)
    {
        var rates = new List<double>();
        for (var i = 0; i < Slices; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            await run();
            rates.Add(Streamed / Stopwatch.GetElapsedTime(begun).TotalSeconds);
        }
        rates.Sort();
        Console.WriteLine($"{name,-30} {rates[rates.Count / 2],14:N0}");
    }

    static async Task Expand(RpcChannel channel, EchoRequest request)
    {
        using var call = channel.AsyncServerStreamingCall(expand, new EchoRequest(request) { Count = Streamed });
        while (await call.ResponseStream.MoveNext(default))
        {
        }
    }

    static async Task Collect(RpcChannel channel, EchoRequest request)
    {
        using var call = channel.AsyncClientStreamingCall(collect);
        for (var i = 0; i < Streamed; i++)
            await call.RequestStream.WriteAsync(request);
        await call.RequestStream.CompleteAsync();
        await call;
    }

    static async Task Chat(RpcChannel channel, EchoRequest request)
    {
        using var call = channel.AsyncDuplexStreamingCall(chat);
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < Streamed; i++)
                await call.RequestStream.WriteAsync(request);
            await call.RequestStream.CompleteAsync();
        });
        while (await call.ResponseStream.MoveNext(default))
        {
        }
        await writing;
    }

    sealed record JsonEcho(string Text, byte[] Payload);

    sealed class Measured
    {
        readonly List<double> rates = [], times = [];

        double Rate => Middle(rates, 0.5);

        internal void Add((double Rate, List<double> Microseconds) slice)
        {
            rates.Add(slice.Rate);
            times.AddRange(slice.Microseconds);
        }

        public override string ToString() => $"{Rate,16:N0} {Middle(times, 0.5),8:N0} {Middle(times, 0.99),8:N0}";

        static double Middle(List<double> values, double share)
        {
            values.Sort();
            return values[(int)(share * (values.Count - 1))];
        }
    }

    /// <summary>The service of the tests' definition, with nothing in it but the answer.</summary>
    public sealed class Answering
    {
        public Task<EchoReply> Unary(EchoRequest request, ServerCallContext context) => Task.FromResult(Reply(request));

        public async Task<EchoReply> Collect(IAsyncStreamReader<EchoRequest> requests, ServerCallContext context)
        {
            var reply = new EchoReply();
            await foreach (var _ in requests.ReadAllAsync())
                reply.Index++;
            return reply;
        }

        public async Task Expand(EchoRequest request, IServerStreamWriter<EchoReply> replies, ServerCallContext context)
        {
            for (var i = 0; i < request.Count; i++)
                await replies.WriteAsync(Reply(request));
        }

        public async Task Chat(IAsyncStreamReader<EchoRequest> requests, IServerStreamWriter<EchoReply> replies, ServerCallContext context)
        {
            await foreach (var request in requests.ReadAllAsync())
                await replies.WriteAsync(Reply(request));
        }

        static EchoReply Reply(EchoRequest request) => new() { Text = request.Text, Payload = request.Payload };
    }
}
