using Quorate.Policies;

namespace Quorate.Server.Nodes;

/// <summary>
/// A way to ask nodes. Adapters: the relay, over the connections that nodes have dialled, and a simulated one in tests.
/// Every question can be asked again: nodes answer by what they have recorded.
/// </summary>
interface INodeLine
{
    /// <summary>What the node is and has pinned; null where it does not answer in time.</summary>
    Task<NodeReport?> ReportAsync(NodeId node, TimeSpan timeout, CancellationToken cancellation);

    /// <summary>Asks for signatures. That the node is away is an answer too.</summary>
    Task<NodeAnswer> SignAsync(NodeId node, SigningQuestion question, TimeSpan timeout, CancellationToken cancellation);

    /// <summary>Hands over administrators' acts, each with its approvals, both in JSON.</summary>
    /// <returns>Empty where all were taken, else why not; null where the node does not answer in time.</returns>
    Task<string?> TakeActsAsync(
        NodeId node, IReadOnlyList<(ReadOnlyMemory<byte> Act, ReadOnlyMemory<byte> Approvals)> acts, TimeSpan timeout, CancellationToken cancellation);

    /// <summary>Hands over one administrator's order to freeze.</summary>
    /// <returns>As <see cref="TakeActsAsync"/>.</returns>
    Task<string?> FreezeAsync(NodeId node, ReadOnlyMemory<byte> order, ReadOnlyMemory<byte> approval, TimeSpan timeout, CancellationToken cancellation);
}
