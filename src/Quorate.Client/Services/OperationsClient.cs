using Quorate.Client.Calls;
using Quorate.V1;

namespace Quorate.Client.Services;

/// <summary>What operators look at: nodes, the head of the record, read models.</summary>
public sealed class OperationsClient : ServiceClient
{
    internal OperationsClient(ApiCalls calls)
        : base(calls, OperationsReflection.Descriptor.Services[0])
    {
    }

    /// <summary>What every node says of itself. Nothing in it is proven.</summary>
    public Task<ListNodesResponse> ListNodesAsync(ListNodesRequest? request = null, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<ListNodesRequest, ListNodesResponse>(request ?? new(), options, cancellation);

    /// <summary>The head of the server's journal, and the last one that nodes have co-signed.</summary>
    public Task<AuditHead> GetAuditHeadAsync(GetAuditHeadRequest? request = null, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<GetAuditHeadRequest, AuditHead>(request ?? new(), options, cancellation);

    /// <summary>How far read models are behind.</summary>
    public Task<ListReadModelsResponse> ListReadModelsAsync(ListReadModelsRequest? request = null, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<ListReadModelsRequest, ListReadModelsResponse>(request ?? new(), options, cancellation);
}
