using System.Buffers.Binary;
using System.Collections.Immutable;
using Quorate.Policies;

namespace Quorate.Server.Nodes;

/// <summary>
/// Which node to ask. Any may lead, so the choice saves time and decides nothing: an intent goes to the same node first on
/// every server, which has its signatures if there are any, and to the next one with every further try. Who has not
/// answered lately comes last. In memory; what is forgotten costs one timeout.
/// </summary>
sealed class NodeFleet(INodeLine line, ImmutableArray<NodeId> nodes, TimeProvider time)
{
    /// <summary>How long a node that did not answer is passed over, doubled with every further silence.</summary>
    static readonly TimeSpan firstPause = TimeSpan.FromSeconds(5);

    /// <summary>Doublings of it: five minutes and twenty seconds at most.</summary>
    const int MaxDoublings = 6;

    sealed record Health(int Silences, DateTimeOffset Until);

    readonly Lock gate = new();
    readonly Dictionary<NodeId, Health> unwell = [];

    /// <summary>The nodes.</summary>
    internal ImmutableArray<NodeId> Nodes => nodes;

    /// <summary>Whether any node can be asked from here.</summary>
    internal bool IsAnyConnected => nodes.Any(line.IsConnected);

    /// <summary>The node to ask about an intent, at its n-th try, from 1.</summary>
    internal NodeId Choose(Digest intent, int attempt)
    {
        var first = (int)(BinaryPrimitives.ReadUInt32BigEndian(intent.ToArray()) % (uint)nodes.Length);
        var now = time.GetUtcNow();
        lock (gate)
        {
            var order = Enumerable.Range(0, nodes.Length).Select(i => nodes[(first + i) % nodes.Length]).ToArray();
            NodeId[] well = [.. order.Where(n => !unwell.TryGetValue(n, out var health) || health.Until <= now)];
            // With nobody well, whoever may be well again first.
            return well.Length > 0 ? well[(attempt - 1) % well.Length] : order.MinBy(n => unwell[n].Until)!;
        }
    }

    /// <summary>Asks a node to sign, and remembers whether it answered.</summary>
    internal async Task<NodeAnswer> SignAsync(NodeId node, SigningQuestion question, TimeSpan timeout, CancellationToken cancellation)
    {
        var answer = await line.SignAsync(node, question, timeout, cancellation).ConfigureAwait(false);
        Note(node, answer is not NodeAnswer.Silent);
        return answer;
    }

    /// <summary>What a node says of itself; null where it does not answer.</summary>
    internal async Task<NodeReport?> ReportAsync(NodeId node, TimeSpan timeout, CancellationToken cancellation)
    {
        var report = await line.ReportAsync(node, timeout, cancellation).ConfigureAwait(false);
        Note(node, report is not null);
        return report;
    }

    /// <summary>Hands administrators' acts to a node. Acts that it has already it skips.</summary>
    /// <returns>Empty where it has them, else why not; null where it does not answer.</returns>
    internal async Task<string?> TakeActsAsync(
        NodeId node, IReadOnlyList<(ReadOnlyMemory<byte> Act, ReadOnlyMemory<byte> Approvals)> acts, TimeSpan timeout, CancellationToken cancellation)
    {
        var answer = await line.TakeActsAsync(node, acts, timeout, cancellation).ConfigureAwait(false);
        Note(node, answer is not null);
        return answer;
    }

    /// <summary>Hands an order to freeze to every node; each that takes it stops by itself.</summary>
    /// <returns>By node: empty where it is done, else why not; null where it does not answer.</returns>
    internal async Task<IReadOnlyDictionary<NodeId, string?>> FreezeAsync(
        ReadOnlyMemory<byte> order, ReadOnlyMemory<byte> approval, TimeSpan timeout, CancellationToken cancellation)
    {
        var answers = await Task.WhenAll(nodes.Select(async n =>
            (Node: n, Answer: await line.FreezeAsync(n, order, approval, timeout, cancellation).ConfigureAwait(false)))).ConfigureAwait(false);
        foreach (var (node, answer) in answers)
            Note(node, answer is not null);
        return answers.ToDictionary(a => a.Node, a => a.Answer);
    }

    void Note(NodeId node, bool hasAnswered)
    {
        lock (gate)
        {
            if (hasAnswered)
            {
                unwell.Remove(node);
                return;
            }
            var silences = (unwell.GetValueOrDefault(node)?.Silences ?? 0) + 1;
            unwell[node] = new(silences, time.GetUtcNow() + firstPause * (1 << Math.Min(silences - 1, MaxDoublings)));
        }
    }
}
