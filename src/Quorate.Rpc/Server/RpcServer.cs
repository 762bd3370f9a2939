using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Quorate.Rpc.Health;
using Quorate.Rpc.Transcoding;

namespace Quorate.Rpc.Server;

/// <summary>
/// A process' RPC server with nothing else in it. An application that serves more puts <see cref="RpcMiddleware.UseRpc"/>
/// into its own pipeline.
/// </summary>
public sealed class RpcServer : IAsyncDisposable
{
    readonly WebApplication app;
    readonly RpcServices services;
    readonly HealthService? health;
    readonly TimeSpan drain;

    RpcServer(WebApplication app, RpcServices services, HealthService? health, TimeSpan drain) =>
        (this.app, this.services, this.health, this.drain) = (app, services, health, drain);

    /// <summary>The addresses that clients use, with the port that was taken: the first speaks gRPC.</summary>
    public IReadOnlyList<Uri> Addresses =>
    [
        .. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(a => new Uri(a)),
    ];

    /// <summary>Calls that have begun and not ended.</summary>
    public int ActiveCalls => services.ActiveCalls;

    /// <summary>Listens, and answers from then on.</summary>
    /// <param name="services">What to serve.</param>
    /// <param name="options">Where; on a free port of the loopback interface when null.</param>
    /// <param name="health">Told when the server begins to stop.</param>
    /// <param name="cancellationToken">Stops waiting for the start.</param>
    /// <exception cref="IOException">The address is taken.</exception>
    public static async Task<RpcServer> StartAsync(
        RpcServices services, RpcServerOptions? options = null, HealthService? health = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(services);
        options ??= new();
        // Empty: no files, environment variables or console that a library has no business with.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenRpc(options, services.Options));
        // The host's own limit of 30 seconds would cut a longer drain short.
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = Timeout.InfiniteTimeSpan);
        var app = builder.Build();
        app.UseRpc(services);
        app.Run(JsonDispatch.NothingHere);
        await app.StartAsync(cancellationToken).ConfigureAwait(false);
        return new(app, services, health, TimeSpan.FromSeconds(options.DrainSeconds));
    }

    /// <summary>
    /// Stops: health says not serving, connections are told to go away (GOAWAY) and take no new calls, calls under way have
    /// the drain time to end, then they are cut off and their connections with them, whatever clients do. A method that
    /// ignores its token is not waited for.
    /// </summary>
    public async Task StopAsync()
    {
        health?.ShutDown();
        using var cutOff = new CancellationTokenSource(drain);
        await app.StopAsync(cutOff.Token).ConfigureAwait(false);
    }

    /// <summary>Stops and releases everything.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        await app.DisposeAsync().ConfigureAwait(false);
    }
}
