using System.Net;
using Quorate.Rpc;
using Quorate.Rpc.Server;
using Quorate.Server.Api;
using Quorate.Server.ApiKeys;

namespace Quorate.Server.Access;

/// <summary>Whether an API key is worth anything: when a request comes, and for as long as a stream goes on.</summary>
static class StandingKey
{
    // What a timer can be set to is less than a key may have left.
    static readonly TimeSpan longest = TimeSpan.FromHours(1);

    /// <summary>Why a key is worth nothing here and now; null where it is.</summary>
    /// <param name="key">The API key.</param>
    /// <param name="used">The one of its public keys that was signed with; null where it has that no more.</param>
    /// <param name="context">The call.</param>
    /// <param name="now">The time.</param>
    internal static RpcException? Refusal(ApiKey key, TimedKey? used, ServerCallContext context, DateTimeOffset now) =>
        key.IsRevoked ? AccessRefusal.Unauthenticated("key_revoked", "The API key was revoked.")
        : used is null || now >= used.Until ? AccessRefusal.Unauthenticated("key_expired", used is null ? "The API key has that public key no more." : $"The API key's public key was good until {used.Until:u}.")
        : !key.IsFrom(context.HttpContext.Connection.RemoteIpAddress ?? IPAddress.None) ? AccessRefusal.Forbidden("network_not_allowed", "The API key is not used from there.")
        : null;

    /// <summary>Runs a stream for as long as its caller's key stands: what ends it is the key's end, or the stream's own.</summary>
    /// <param name="server">Where keys are, and who hears of their changes.</param>
    /// <param name="context">The call.</param>
    /// <param name="stream">The stream; its token ends it.</param>
    /// <exception cref="RpcException">The key was revoked, is over, or is not used from there any more.</exception>
    internal static async Task WhileAsync(ApiParts server, ServerCallContext context, Func<CancellationToken, Task> stream)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        var (end, streaming) = (EndAsync(server, context, over.Token), stream(over.Token));
        await Task.WhenAny(end, streaming).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        try
        {
            await streaming.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            throw await end.ConfigureAwait(false);
        }
        finally
        {
            // Whatever else it comes to, its failure is nobody's.
            await ((Task)end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    static async Task<RpcException> EndAsync(ApiParts server, ServerCallContext context, CancellationToken cancellation)
    {
        var caller = Caller.Of(context);
        while (true)
        {
            var (key, version) = await server.Store.ApiKeys.ReadAsync(caller.Key.ToString(), cancellation).ConfigureAwait(false);
            var used = key.Keys.LastOrDefault(k => k.PublicKey == caller.PublicKey);
            if (Refusal(key, used, context, server.Now) is { } refusal)
                return refusal;
            var left = used!.Until - server.Now;
            await server.Changed.WaitForAsync(caller.Key, version, left < longest ? left : longest, cancellation).ConfigureAwait(false);
        }
    }
}
