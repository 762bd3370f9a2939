using Quorate.Policies;

namespace Quorate.Node.Signing;

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

    /// <summary>Whether a peer would be asked now, and in which state its breaker is.</summary>
    internal (CircuitState State, bool IsAdmitted, TimeSpan? Latency) Look(NodeId peer)
    {
        lock (access)
        {
            var (seen, now) = (Of(peer), Now());
            return (seen.Breaker.StateAt(now), seen.Breaker.Admits(now), seen.Latency);
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
