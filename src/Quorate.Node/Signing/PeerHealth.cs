using Quorate.Policies;

namespace Quorate.Node.Signing;

/// <summary>What is seen of one peer.</summary>
/// <param name="State">Its circuit breaker.</param>
/// <param name="IsAdmitted">Whether the breaker lets one more session through.</param>
/// <param name="HasFailedLately">Whether it has failed within the breaker's window.</param>
/// <param name="Latency">How long its last sessions took, as a running mean; null where there were none.</param>
readonly record struct PeerView(CircuitState State, bool IsAdmitted, bool HasFailedLately, TimeSpan? Latency);

/// <summary>What this node has seen of its peers: a circuit breaker for each, and how fast they are. Thread-safe; in memory only.</summary>
sealed class PeerHealth(TimeProvider time)
{
    /// <summary>Weight of the latest measurement in the running mean of a peer's latency.</summary>
    internal const double LatencyWeight = 0.2;

    readonly Lock access = new();
    readonly long start = time.GetTimestamp();
    readonly Dictionary<NodeId, Peer> peers = [];

    sealed class Peer
    {
        internal CircuitBreaker Breaker { get; } = new();

        internal TimeSpan? Latency { get; set; }
    }

    /// <summary>What is seen of a peer now.</summary>
    internal PeerView Look(NodeId peer)
    {
        lock (access)
        {
            var (seen, now) = (Of(peer), Now());
            return new(seen.Breaker.StateAt(now), seen.Breaker.Admits(now), seen.Breaker.HasFailedLately(now), seen.Latency);
        }
    }

    /// <summary>The right to ask a peer once, or null.</summary>
    internal CircuitBreaker.Ticket? TryEnter(NodeId peer)
    {
        lock (access)
            return Of(peer).Breaker.TryEnter(Now());
    }

    /// <summary>A peer did its part, in this time.</summary>
    internal void Succeeded(NodeId peer, CircuitBreaker.Ticket ticket, TimeSpan latency)
    {
        lock (access)
        {
            var seen = Of(peer);
            seen.Breaker.Succeeded(ticket, Now());
            seen.Latency = seen.Latency is { } before ? before + LatencyWeight * (latency - before) : latency;
        }
    }

    /// <summary>A peer did not do its part.</summary>
    internal void Failed(NodeId peer, CircuitBreaker.Ticket ticket)
    {
        lock (access)
            Of(peer).Breaker.Failed(ticket, Now());
    }

    /// <summary>A peer was not put to the test.</summary>
    internal void Left(NodeId peer, CircuitBreaker.Ticket ticket)
    {
        lock (access)
            Of(peer).Breaker.Left(ticket);
    }

    Peer Of(NodeId peer)
    {
        if (!peers.TryGetValue(peer, out var seen))
            peers.Add(peer, seen = new());
        return seen;
    }

    TimeSpan Now() => time.GetElapsedTime(start);
}
