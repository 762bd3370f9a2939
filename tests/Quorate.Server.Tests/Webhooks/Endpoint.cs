using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Quorate.Server.Tests.Webhooks;

/// <summary>A delivery as it came.</summary>
sealed record Received(string Id, string Timestamp, string Signatures, string UserAgent, byte[] Body)
{
    internal string? Header(string name) => name switch { "webhook-id" => Id, "webhook-timestamp" => Timestamp, "webhook-signature" => Signatures, _ => null };

    internal System.Text.Json.JsonElement Json()
    {
        using var json = System.Text.Json.JsonDocument.Parse(Body);
        return json.RootElement.Clone();
    }

    internal string Resource => Json().GetProperty("resource").GetString()!;

    internal string Type => Json().GetProperty("type").GetString()!;
}

/// <summary>A real HTTP server on the loopback interface that takes deliveries and answers as it is told.</summary>
sealed class Endpoint : IAsyncDisposable
{
    readonly HttpListener listener = new();
    readonly ConcurrentQueue<Received> received = new();
    readonly Task serving;

    internal Endpoint(Func<Received, HttpListenerResponse, Task>? answer = null)
    {
        Answer = answer ?? ((_, _) => Task.CompletedTask);
        while (true)
        {
            using (var probe = new TcpListener(IPAddress.Loopback, 0))
            {
                probe.Start();
                Url = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/hook";
            }
            try
            {
                listener.Prefixes.Clear();
                listener.Prefixes.Add(Url[..^4]);
                listener.Start();
                break;
            }
            catch (HttpListenerException)
            {
                // Somebody was faster with the port.
            }
        }
        serving = ServeAsync();
    }

    /// <summary>Where deliveries go.</summary>
    internal string Url { get; }

    /// <summary>How each is answered; 200 where it does nothing.</summary>
    internal Func<Received, HttpListenerResponse, Task> Answer { get; set; }

    /// <summary>What came, in order.</summary>
    internal IReadOnlyList<Received> All => [.. received];

    /// <summary>Answers with a status.</summary>
    internal static Func<Received, HttpListenerResponse, Task> Status(int status) => (_, response) =>
    {
        response.StatusCode = status;
        return Task.CompletedTask;
    };

    async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception over) when (over is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            _ = Task.Run(() => AnswerAsync(context));
        }
    }

    async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            var headers = context.Request.Headers;
            var came = new Received(
                headers["webhook-id"]!, headers["webhook-timestamp"]!, headers["webhook-signature"]!, headers["user-agent"]!, body.ToArray());
            received.Enqueue(came);
            await Answer(came, context.Response);
            context.Response.Close();
        }
        catch (Exception gone) when (gone is HttpListenerException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The other end has heard enough.
        }
    }

    public async ValueTask DisposeAsync()
    {
        listener.Close();
        await serving;
    }
}
