using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Quorate.Rpc.Health;

namespace Quorate.Cli.Telemetry;

/// <summary>
/// Where a process is looked at: <c>/metrics</c> for Prometheus, <c>/healthz</c> (it is alive, for it answers) and
/// <c>/readyz</c> (it can do its work, or why not: 503). Nothing secret is there, and nobody is asked who he is, so it listens
/// on the loopback interface unless its operator says otherwise.
/// </summary>
sealed class MetricsServer : IAsyncDisposable
{
    readonly WebApplication app;
    readonly PrometheusExporter metrics;

    MetricsServer(WebApplication app, PrometheusExporter metrics) => (this.app, this.metrics) = (app, metrics);

    /// <summary>Where it answers.</summary>
    internal Uri Address => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>What readiness takes.</summary>
    internal Func<CancellationToken, Task<IReadOnlyList<ReadinessCheck>>> Check { get; set; } =
        _ => Task.FromResult<IReadOnlyList<ReadinessCheck>>([new("start", false, "starting")]);

    /// <summary>Listens, and answers from then on.</summary>
    /// <exception cref="IOException">The address is taken.</exception>
    internal static async Task<MetricsServer> StartAsync(IPEndPoint end, PrometheusExporter metrics, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = 64;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
            kestrel.Listen(end);
        });
        var server = new MetricsServer(builder.Build(), metrics);
        server.app.Run(server.AnswerAsync);
        await server.app.StartAsync(cancellation);
        return server;
    }

    async Task AnswerAsync(HttpContext http)
    {
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }
        switch (http.Request.Path.Value)
        {
            case "/metrics" when metrics.Scrape() is { } text:
                await WriteAsync(http, StatusCodes.Status200OK, PrometheusText.ContentType, Encoding.UTF8.GetBytes(text));
                break;
            case "/metrics":
                http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                break;
            case "/healthz":
                await WriteAsync(http, StatusCodes.Status200OK, "application/json", """{"alive":true}"""u8.ToArray());
                break;
            case "/readyz":
                var checks = await Check(http.RequestAborted);
                await WriteAsync(http, checks.All(c => c.IsReady) ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, "application/json", Json(checks));
                break;
            default:
                http.Response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }

    static byte[] Json(IReadOnlyList<ReadinessCheck> checks)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteBoolean("ready", checks.All(c => c.IsReady));
            json.WriteStartArray("checks");
            foreach (var check in checks)
            {
                json.WriteStartObject();
                json.WriteString("name", check.Name);
                json.WriteBoolean("ready", check.IsReady);
                json.WriteString("reason", check.Reason);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    static async Task WriteAsync(HttpContext http, int status, string type, byte[] body)
    {
        (http.Response.StatusCode, http.Response.ContentType, http.Response.ContentLength) = (status, type, body.Length);
        http.Response.Headers.CacheControl = "no-store";
        if (HttpMethods.IsGet(http.Request.Method))
            await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    /// <summary>Listens no more.</summary>
    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
    }
}
