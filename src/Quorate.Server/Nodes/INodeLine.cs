using Quorate.Journal;
using Quorate.Policies;
using Quorate.Server.Audit;

namespace Quorate.Server.Nodes;

/// <summary>
/// A way to ask nodes. Adapters: the relay, over the connections that nodes have dialled, and a simulated one in tests.
/// Every question can be asked again: nodes answer by what they have recorded.
/// </summary>
interface INodeLine
{
    /// <summary>Whether a question would get as far as the node. Another server may have a way to it where this one has none.</summary>
    bool IsConnected(NodeId node);

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

    /// <summary>Has a node lead a ceremony, or says how the one that it leads goes on. Asked again it is the same ceremony.</summary>
    /// <returns>Null where the node does not answer in time.</returns>
    Task<CeremonyReport?> LeadAsync(NodeId node, ReadOnlyMemory<byte> order, ReadOnlyMemory<byte> approvals, TimeSpan timeout, CancellationToken cancellation);

    /// <summary>How far a ceremony is, as a node sees it.</summary>
    /// <returns>Null where the node does not answer in time, or has heard of none.</returns>
    Task<CeremonyReport?> CeremonyAsync(NodeId node, string order, TimeSpan timeout, CancellationToken cancellation);

    /// <summary>What a node has decided on a request, signed by it; nothing has been verified here.</summary>
    /// <returns>Null where it does not answer in time, or has not allowed it.</returns>
    Task<SignedDecision?> DecisionAsync(NodeId node, string request, TimeSpan timeout, CancellationToken cancellation);

    /// <summary>Asks a node to co-sign a head.</summary>
    /// <param name="node">The node.</param>
    /// <param name="head">The head.</param>
    /// <param name="digests">Digests of the events behind the last head that it has signed.</param>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Null where it does not answer in time.</returns>
    Task<CosignReply?> CosignAsync(NodeId node, Head head, IReadOnlyList<ChainHash> digests, TimeSpan timeout, CancellationToken cancellation);
}
