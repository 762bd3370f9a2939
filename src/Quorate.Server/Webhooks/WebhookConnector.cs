using System.Net;
using System.Net.Sockets;

namespace Quorate.Server.Webhooks;

/// <summary>An endpoint may not be called where it is.</summary>
sealed class EndpointRefusedException(string message) : IOException(message);

/// <summary>
/// Connections to endpoints. A name is resolved once for each connection, what comes out is judged, and that very address is
/// connected to: there is no moment at which a name could change its mind. No proxy, no redirect, no cookie, no credentials.
/// </summary>
static class WebhookConnector
{
    const int MaxHeaderKilobytes = 16;
    const int MaxDrainBytes = 64 << 10;

    /// <summary>A client for endpoints.</summary>
    /// <param name="guard">Judges addresses.</param>
    /// <param name="options">How many connections, and how long they may take.</param>
    /// <param name="resolve">The addresses of a name; null for the system's resolver.</param>
    internal static HttpClient Create(AddressGuard guard, WebhookOptions options, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        resolve ??= Dns.GetHostAddressesAsync;
        return new(new SocketsHttpHandler
        {
            UseProxy = false, AllowAutoRedirect = false, UseCookies = false, PreAuthenticate = false, ActivityHeadersPropagator = null,
            ConnectTimeout = options.Timeout, MaxConnectionsPerServer = options.PerEndpoint, MaxResponseHeadersLength = MaxHeaderKilobytes,
            MaxResponseDrainSize = MaxDrainBytes, ResponseDrainTimeout = TimeSpan.FromSeconds(1),
            // Judged anew now and then, should a name or the configuration have changed.
            PooledConnectionLifetime = TimeSpan.FromMinutes(2), PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            ConnectCallback = (context, cancellation) => ConnectAsync(context, guard, resolve, cancellation),
        }, disposeHandler: true)
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    static async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, AddressGuard guard, Func<string, CancellationToken, Task<IPAddress[]>> resolve, CancellationToken cancellation)
    {
        var host = context.DnsEndPoint.Host;
        var isPlain = context.InitialRequestMessage.RequestUri!.Scheme == Uri.UriSchemeHttp;
        var found = IPAddress.TryParse(host, out var literal) ? [literal] : await resolve(host, cancellation).ConfigureAwait(false);
        IPAddress[] fine = [.. found.Where(address => isPlain ? guard.IsAllowed(address) : guard.IsFine(address))];
        if (found.Length > 0 && fine.Length == 0)
            throw new EndpointRefusedException(isPlain && found.Any(guard.IsFine)
                ? "Without TLS only networks that the server's configuration allows are called."
                : "The endpoint's address is not of the public internet, and the server's configuration does not allow it.");
        Exception last = new SocketException((int)SocketError.HostNotFound);
        foreach (var address in fine)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, context.DnsEndPoint.Port), cancellation).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (Exception problem)
            {
                socket.Dispose();
                if (problem is not SocketException)
                    throw;
                last = problem;
            }
        }
        throw last;
    }
}
