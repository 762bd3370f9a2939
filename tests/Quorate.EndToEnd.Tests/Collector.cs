using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Google.Protobuf;

namespace Quorate.EndToEnd.Tests;

/// <summary>A collector of OTLP over HTTP: keeps what it gets, and reads as much of the spans as tests ask about.</summary>
sealed class Collector : IDisposable
{
    readonly HttpListener listener = new();
    readonly ConcurrentQueue<byte[]> traces = [];
    readonly ConcurrentQueue<byte[]> all = [];

    /// <summary>A span: opentelemetry/proto/trace/v1/trace.proto.</summary>
    internal sealed record Span(string Service, string Trace, string Id, string Parent, string Name, IReadOnlyDictionary<string, string> Tags, IReadOnlyList<string> Links);

    internal Collector()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        Address = new($"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/");
        free.Stop();
        listener.Prefixes.Add(Address.ToString());
        listener.Start();
        _ = Task.Run(TakeAsync);
    }

    /// <summary>Where to send.</summary>
    internal Uri Address { get; }

    /// <summary>Every body that was sent, traces and metrics.</summary>
    internal IReadOnlyCollection<byte[]> Bodies => all;

    /// <summary>All spans so far.</summary>
    internal Span[] Spans => [.. traces.SelectMany(Read)];

    async Task TakeAsync()
    {
        while (listener.IsListening)
        {
            try
            {
                var http = await listener.GetContextAsync();
                using var body = new MemoryStream();
                await http.Request.InputStream.CopyToAsync(body);
                all.Enqueue(body.ToArray());
                if (http.Request.Url!.AbsolutePath == "/v1/traces")
                    traces.Enqueue(body.ToArray());
                http.Response.ContentType = "application/x-protobuf";
                http.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException)
            {
                // It is closed, or somebody has gone.
            }
        }
    }

    static IEnumerable<Span> Read(byte[] request)
    {
        foreach (var resourceSpans in Fields(request).Where(f => f.Number == 1))
        {
            var parts = Fields(resourceSpans.Bytes).ToArray();
            var service = Tags(Fields(parts.First(p => p.Number == 1).Bytes), 1).GetValueOrDefault("service.name", "");
            foreach (var span in parts.Where(p => p.Number == 2).SelectMany(scope => Fields(scope.Bytes)).Where(f => f.Number == 2))
            {
                var fields = Fields(span.Bytes).ToArray();
                string Hex(int number) => Convert.ToHexStringLower(fields.FirstOrDefault(f => f.Number == number).Bytes ?? []);
                yield return new(service, Hex(1), Hex(2), Hex(4), System.Text.Encoding.UTF8.GetString(fields.First(f => f.Number == 5).Bytes), Tags(fields, 9),
                    [.. fields.Where(f => f.Number == 13).Select(link => Convert.ToHexStringLower(Fields(link.Bytes).First(f => f.Number == 1).Bytes))]);
            }
        }
    }

    static Dictionary<string, string> Tags(IEnumerable<(int Number, byte[] Bytes)> fields, int number) => fields.Where(f => f.Number == number).ToDictionary(
        f => System.Text.Encoding.UTF8.GetString(Fields(f.Bytes).First(x => x.Number == 1).Bytes),
        f => System.Text.Encoding.UTF8.GetString(Fields(Fields(f.Bytes).First(x => x.Number == 2).Bytes).FirstOrDefault(x => x.Number == 1).Bytes ?? []));

    /// <summary>The length-delimited fields of a message; others are passed over.</summary>
    static List<(int Number, byte[] Bytes)> Fields(byte[] message)
    {
        var fields = new List<(int, byte[])>();
        var input = new CodedInputStream(message);
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            if (WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
                fields.Add((WireFormat.GetTagFieldNumber(tag), input.ReadBytes().ToByteArray()));
            else
                input.SkipLastField();
        }
        return fields;
    }

    public void Dispose() => listener.Close();
}
