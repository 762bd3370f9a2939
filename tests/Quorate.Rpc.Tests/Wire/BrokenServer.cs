using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Quorate.Rpc.Tests.V1;

namespace Quorate.Rpc.Tests.Wire;

/// <summary>A server of good HTTP/2 and bad gRPC: the request's metadata say in what way.</summary>
sealed class BrokenServer : IAsyncDisposable
{
    static readonly byte[] reply = Frames.Of(new EchoReply { Text = "reply" });

    readonly WebApplication app;
    int open;

    BrokenServer()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http2));
        app = builder.Build();
        app.Run(Answer);
    }

    internal string Address => app.Urls.First();

    /// <summary>Requests that have not ended.</summary>
    internal int Open => Volatile.Read(ref open);

    internal static async Task<BrokenServer> StartAsync()
    {
        var server = new BrokenServer();
        await server.app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    async Task Answer(HttpContext http)
    {
        Interlocked.Increment(ref open);
        try
        {
            await AnswerAsync(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
        }
        finally
        {
            Interlocked.Decrement(ref open);
        }
    }

    static async Task AnswerAsync(HttpContext http)
    {
        var answer = http.Request.Headers["answer"].ToString().Split(' ');
        var response = http.Response;
        response.ContentType = "application/grpc";
        var (body, status) = answer[0] switch
        {
            "flag" => (Frames.Raw(9, [1]), "0"),
            "cut" => (Frames.Raw(0, [1], 100), "0"),
            "long" => (Frames.Raw(0, [], uint.MaxValue), "0"),
            "compressed" => (Frames.Raw(1, [1, 2, 3]), "0"),
            "none" => ([], "0"),
            "two" => ([.. reply, .. reply], "0"),
            "no" => (reply, ""),
            "status" => (reply, answer[1]),
            _ => (reply, "0"),
        };
        switch (answer[0])
        {
            case "http":
                response.StatusCode = int.Parse(answer[1], null);
                return;
            case "html":
                response.ContentType = "text/html";
                return;
            case "reset":
                http.Features.Get<IHttpResetFeature>()!.Reset(int.Parse(answer[1], null));
                return;
            case "encoding":
                response.Headers["grpc-encoding"] = "snappy";
                break;
            case "stall":
                await Task.Delay(Timeout.Infinite, http.RequestAborted);
                break;
            case "metadata":
                response.Headers["broken-bin"] = "***";
                break;
        }
        await response.StartAsync();
        await response.Body.WriteAsync(body);
        if (answer[0] == "hang")
        {
            await response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        }
        if (status.Length > 0)
            response.AppendTrailer("grpc-status", status);
    }
}
