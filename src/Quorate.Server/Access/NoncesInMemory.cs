using Quorate.Rpc;
using Quorate.Rpc.V1;

namespace Quorate.Server.Access;

/// <summary>Nonces in this process. It holds no more than so many; one more is refused, since nothing may be forgotten early.</summary>
/// <param name="time">The clock.</param>
/// <param name="max">Nonces held, some 150 bytes each.</param>
sealed class NoncesInMemory(TimeProvider time, int max) : ISeenNonces
{
    readonly Lock gate = new();
    readonly Dictionary<string, DateTimeOffset> held = new(StringComparer.Ordinal);
    DateTimeOffset nextSweep;

    public Task<bool> IsNewAsync(string nonce, DateTimeOffset until, bool changes, CancellationToken cancellation)
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            if (now >= nextSweep)
            {
                foreach (var old in held.Where(h => h.Value < now).Select(h => h.Key).ToArray())
                    held.Remove(old);
                nextSweep = now + RequestAuthentication.MaxSkew;
            }
            if (held.ContainsKey(nonce))
                return Task.FromResult(false);
            if (held.Count >= max)
                throw new Problem { Code = "too_many_requests", Retryable = true }.ToRpcException(StatusCode.Unavailable, "More requests in two minutes than can be remembered.");
            held.Add(nonce, until);
            return Task.FromResult(true);
        }
    }
}
