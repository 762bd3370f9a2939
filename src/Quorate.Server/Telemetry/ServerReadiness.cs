using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Quorate.Rpc.Health;
using Quorate.Server.Nodes;
using Quorate.Server.Store;

namespace Quorate.Server.Telemetry;

/// <summary>Whether a server can do its work now. What is asked has two seconds to answer.</summary>
static class ServerReadiness
{
    /// <summary>Behind by more a read model shows what is not so any more.</summary>
    internal static readonly TimeSpan MaxLag = TimeSpan.FromSeconds(30);

    static readonly TimeSpan patience = TimeSpan.FromSeconds(2);

    internal static async Task<ImmutableArray<ReadinessCheck>> CheckAsync(ServerStore store, Uri relay, NodeWatch nodes, CancellationToken cancellation) =>
    [
        await AskAsync("journal", async token =>
        {
            var head = await store.Journal.HeadAsync(token).ConfigureAwait(false);
            return (true, string.Create(CultureInfo.InvariantCulture, $"open, at event {head.Position}"));
        }, cancellation).ConfigureAwait(false),
        await AskAsync("relay", async token =>
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(AddressOf(relay), relay.Port, token).ConfigureAwait(false);
            return (true, "answers");
        }, cancellation).ConfigureAwait(false),
        await AskAsync("projections", async token =>
        {
            var worst = (await ServerMeasures.LagsAsync(store, token).ConfigureAwait(false)).MaxBy(l => l.Lag.Time);
            return (worst.Lag.Time <= MaxLag, string.Create(CultureInfo.InvariantCulture, $"{worst.Name} is {worst.Lag.Events} events and {worst.Lag.Time.TotalSeconds:0.0} s behind"));
        }, cancellation).ConfigureAwait(false),
        new("nodes", nodes.Latest.Count >= nodes.Needed,
            string.Create(CultureInfo.InvariantCulture, $"{nodes.Latest.Count} of {nodes.Count} answer, {nodes.Needed} are needed")),
    ];

    // Where it listens on all interfaces, this machine's own is one.
    static IPAddress AddressOf(Uri relay) => IPAddress.TryParse(relay.Host.Trim('[', ']'), out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)
        ? address : IPAddress.Loopback;

    static async Task<ReadinessCheck> AskAsync(string name, Func<CancellationToken, Task<(bool IsReady, string Reason)>> ask, CancellationToken cancellation)
    {
        try
        {
            using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            late.CancelAfter(patience);
            var (isReady, reason) = await ask(late.Token).WaitAsync(patience, cancellation).ConfigureAwait(false);
            return new(name, isReady, reason);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested && e is not OutOfMemoryException)
        {
            // Its kind: what it says may be somebody else's words.
            return new(name, false, e is TimeoutException or OperationCanceledException ? "does not answer in time" : e.GetType().Name);
        }
    }
}
