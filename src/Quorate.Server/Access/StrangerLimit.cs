using System.Net;
using System.Net.Sockets;
using Quorate.Rpc;
using Quorate.Rpc.Server;
using Quorate.Server.Limits;

namespace Quorate.Server.Access;

/// <summary>
/// How often an address may ask for a signature to be checked that then is none: a check costs a hundred microseconds and needs
/// no key. What is found to be somebody's is given back, so callers who are known are not counted, however often they call; while
/// an address has used up what it had, nobody is let in from there. Always in memory: asking elsewhere would cost more than the check.
/// </summary>
/// <param name="limiter">Where it is counted.</param>
/// <param name="options">How often, and where not.</param>
sealed class StrangerLimit(MemoryLimiter limiter, LimitOptions options)
{
    readonly Limit limit = new Limit.Bucket("strangers", options.Strangers);

    /// <summary>Finds out who calls, where there is anything left for it.</summary>
    /// <exception cref="RpcException">There is not; or what was found out.</exception>
    internal async Task<Caller> WatchAsync(ServerCallContext context, Func<Task<Caller>> authenticate)
    {
        var address = Normal(context.HttpContext.Connection.RemoteIpAddress ?? IPAddress.None);
        if (options.Exempt.Any(network => network.Contains(address)))
            return await authenticate().ConfigureAwait(false);
        var charge = new Charge(limit, Prefix(address), 1);
        // Before it is known, or a thousand at once would all be checked. Where there is no room to count, nobody is kept out.
        var taken = await limiter.TakeAsync([charge], context.CancellationToken).ConfigureAwait(false);
        if (taken.Outcome is TakenOutcome.Refused)
        {
            var ruling = new Ruling(RulingOutcome.Refused, [new(limit, taken.Standings[0])]);
            LimitMeters.Refused(ruling);
            ruling.Show(context);
            throw ruling.ToException();
        }
        try
        {
            var caller = await authenticate().ConfigureAwait(false);
            limiter.GiveBack(charge);
            return caller;
        }
        catch (RpcException known) when (known.StatusCode is not StatusCode.Unauthenticated)
        {
            limiter.GiveBack(charge);
            throw;
        }
    }

    static IPAddress Normal(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    // Who has an address of IPv6 has 2^64 of them.
    static string Prefix(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6
        ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
        : address.ToString();
}
