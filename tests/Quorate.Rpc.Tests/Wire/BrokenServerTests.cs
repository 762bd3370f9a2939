using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Quorate.Rpc.Client;
using Quorate.Rpc.Tests.Services;
using Quorate.Rpc.Tests.V1;

namespace Quorate.Rpc.Tests.Wire;

/// <summary>Our client with servers, proxies and strangers that do not answer gRPC as they should.</summary>
public sealed class BrokenServerTests : IAsyncLifetime
{
    static readonly byte[] reply = Frames.Of(new EchoReply { Text = "reply" });

    readonly WebApplication app = Build();
    RpcChannel channel = null!;

    public async Task InitializeAsync()
    {
        await app.StartAsync();
        channel = RpcChannel.ForAddress(app.Urls.First());
    }

    public async Task DisposeAsync()
    {
        channel.Dispose();
        await app.DisposeAsync();
    }

    [Theory]
    [InlineData("http 400", StatusCode.Internal)]
    [InlineData("http 401", StatusCode.Unauthenticated)]
    [InlineData("http 403", StatusCode.PermissionDenied)]
    [InlineData("http 404", StatusCode.Unimplemented)]
    [InlineData("http 429", StatusCode.Unavailable)]
    [InlineData("http 503", StatusCode.Unavailable)]
    [InlineData("http 500", StatusCode.Unknown)]
    [InlineData("http 302", StatusCode.Unknown)]
    [InlineData("html", StatusCode.Unknown)]
    [InlineData("no status", StatusCode.Unknown)]
    [InlineData("status x", StatusCode.Unknown)]
    [InlineData("status 99", StatusCode.Unknown)]
    [InlineData("status -1", StatusCode.Unknown)]
    [InlineData("reset 7", StatusCode.Unavailable)]
    [InlineData("reset 8", StatusCode.Cancelled)]
    [InlineData("reset 11", StatusCode.ResourceExhausted)]
    [InlineData("reset 2", StatusCode.Internal)]
    [InlineData("flag", StatusCode.Internal)]
    [InlineData("cut", StatusCode.Internal)]
    [InlineData("long", StatusCode.ResourceExhausted)]
    [InlineData("compressed", StatusCode.Internal)]
    [InlineData("encoding", StatusCode.Internal)]
    [InlineData("none", StatusCode.Unimplemented)]
    [InlineData("two", StatusCode.Unimplemented)]
    [InlineData("metadata", StatusCode.Internal)]
    public async Task Whatever_it_answers_is_a_status(string answer, StatusCode expected)
    {
        using var call = channel.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest(), new(new() { { "answer", answer } }, DateTime.UtcNow.AddSeconds(20)));
        Assert.Equal(expected, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync)).StatusCode);
        using var good = channel.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest());
        Assert.Equal("reply", (await good).Text);
    }

    static async Task Answer(HttpContext http)
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
            case "metadata":
                response.Headers["broken-bin"] = "***";
                break;
        }
        await response.StartAsync();
        await response.Body.WriteAsync(body);
        if (status.Length > 0)
            response.AppendTrailer("grpc-status", status);
    }

    static WebApplication Build()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http2));
        var app = builder.Build();
        app.Run(Answer);
        return app;
    }
}
