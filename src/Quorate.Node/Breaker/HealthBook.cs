using Quorate.Policies;

namespace Quorate.Node.Breaker;

/// <summary>
/// What this node has measured of the others: their health and the timeout that follows from it. One for all sessions of a
/// kind, which may run beside each other. In memory: after a restart everybody is unknown, which means trusted.
/// </summary>
public sealed class HealthBook
{
    readonly Lock access = new();
    readonly Dictionary<NodeId, PartyHealth> nodes = [];
    readonly AdaptiveTimeout timeout;

    /// <summary>An empty book.</summary>
    /// <exception cref="ArgumentException">The limits are none.</exception>
    public HealthBook(TimeoutLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        limits.Validate();
        timeout = new(limits);
    }

    /// <summary>A node's record.</summary>
    public PartyHealth this[NodeId node]
    {
        get
        {
            lock (access)
                return nodes.GetValueOrDefault(node, PartyHealth.Unknown);
        }
    }

    /// <summary>The present timeout of a round for a node of good health.</summary>
    public TimeSpan Timeout
    {
        get
        {
            lock (access)
                return timeout.Current;
        }
    }

    /// <summary>The present timeout of a round for one node.</summary>
    public TimeSpan TimeoutOf(NodeId node)
    {
        lock (access)
            return timeout.For(nodes.GetValueOrDefault(node, PartyHealth.Unknown).State);
    }

    /// <summary>A new attempt begins after a rest: open breakers are half-open, and one more failure opens them again.</summary>
    public void TryAgain(IEnumerable<NodeId> with)
    {
        ArgumentNullException.ThrowIfNull(with);
        lock (access)
            foreach (var node in with)
                if (nodes.TryGetValue(node, out var health))
                    nodes[node] = health.OnTrial();
    }

    internal void Message(NodeId node, TimeSpan latency, TimeSpan allowed)
    {
        lock (access)
        {
            nodes[node] = nodes.GetValueOrDefault(node, PartyHealth.Unknown).AfterMessage(latency, allowed);
            timeout.Observe(latency);
        }
    }

    /// <param name="node">Who was silent.</param>
    /// <param name="waited">How long it was waited for in a round; null where the wait was no round's.</param>
    internal void Silence(NodeId node, TimeSpan? waited)
    {
        lock (access)
        {
            nodes[node] = nodes.GetValueOrDefault(node, PartyHealth.Unknown).AfterSilence();
            if (waited is { } latency)
                timeout.Observe(latency);
        }
    }

    internal void Invalid(NodeId node)
    {
        lock (access)
            nodes[node] = nodes.GetValueOrDefault(node, PartyHealth.Unknown).AfterInvalid();
    }
}
