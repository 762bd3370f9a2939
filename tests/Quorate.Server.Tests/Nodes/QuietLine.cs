using Quorate.Journal;
using Quorate.Policies;
using Quorate.Server.Audit;
using Quorate.Server.Nodes;

namespace Quorate.Server.Tests.Nodes;

/// <summary>Nodes that answer nothing; a test says what they answer otherwise.</summary>
class QuietLine : INodeLine
{
    public virtual bool IsConnected(NodeId node) => true;

    public virtual Task<NodeReport?> ReportAsync(NodeId node, TimeSpan timeout, CancellationToken cancellation) => Task.FromResult<NodeReport?>(null);

    public virtual Task<NodeAnswer> SignAsync(NodeId node, SigningQuestion question, TimeSpan timeout, CancellationToken cancellation) =>
        Task.FromResult<NodeAnswer>(new NodeAnswer.Silent("away"));

    public virtual Task<string?> TakeActsAsync(
        NodeId node, IReadOnlyList<(ReadOnlyMemory<byte> Act, ReadOnlyMemory<byte> Approvals)> acts, TimeSpan timeout, CancellationToken cancellation) =>
        Task.FromResult<string?>(null);

    public virtual Task<string?> FreezeAsync(NodeId node, ReadOnlyMemory<byte> order, ReadOnlyMemory<byte> approval, TimeSpan timeout, CancellationToken cancellation) =>
        Task.FromResult<string?>(null);

    public virtual Task<CeremonyReport?> LeadAsync(
        NodeId node, ReadOnlyMemory<byte> order, ReadOnlyMemory<byte> approvals, TimeSpan timeout, CancellationToken cancellation) =>
        Task.FromResult<CeremonyReport?>(null);

    public virtual Task<CeremonyReport?> CeremonyAsync(NodeId node, string order, TimeSpan timeout, CancellationToken cancellation) =>
        Task.FromResult<CeremonyReport?>(null);

    public virtual Task<SignedDecision?> DecisionAsync(NodeId node, string request, TimeSpan timeout, CancellationToken cancellation) =>
        Task.FromResult<SignedDecision?>(null);

    public virtual Task<CosignReply?> CosignAsync(NodeId node, Head head, IReadOnlyList<ChainHash> digests, TimeSpan timeout, CancellationToken cancellation) =>
        Task.FromResult<CosignReply?>(null);
}
