using Quorate.Client.Calls;
using Quorate.V1;

namespace Quorate.Client.Services;

/// <summary>What administrators decide: ceremonies, acts, freezes.</summary>
public sealed class GovernanceClient : ServiceClient
{
    internal GovernanceClient(ApiCalls calls)
        : base(calls, GovernanceReflection.Descriptor.Services[0])
    {
    }

    /// <summary>Takes an order for a ceremony, docs/spec/ceremonies.md. It is led as soon as enough administrators have signed it.</summary>
    public Task<Ceremony> CreateCeremonyAsync(CreateCeremonyRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<CreateCeremonyRequest, Ceremony>(request, options, cancellation);

    /// <summary>Reads a ceremony: how far it is.</summary>
    public Task<Ceremony> GetCeremonyAsync(GetCeremonyRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<GetCeremonyRequest, Ceremony>(request, options, cancellation);

    /// <summary>Hands in an administrator's signature of the order.</summary>
    public Task<Ceremony> ApproveCeremonyAsync(ApproveCeremonyRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<ApproveCeremonyRequest, Ceremony>(request, options, cancellation);

    /// <summary>Takes an administrators' act, docs/spec/genesis.md. It is handed to the nodes as soon as enough have signed it.</summary>
    public Task<Act> CreateActAsync(CreateActRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<CreateActRequest, Act>(request, options, cancellation);

    /// <summary>Reads an act.</summary>
    public Task<Act> GetActAsync(GetActRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<GetActRequest, Act>(request, options, cancellation);

    /// <summary>Hands in an administrator's signature of the act.</summary>
    public Task<Act> ApproveActAsync(ApproveActRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<ApproveActRequest, Act>(request, options, cancellation);

    /// <summary>Hands one administrator's order to stop to every node, at once.</summary>
    public Task<FreezeResponse> FreezeAsync(FreezeRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<FreezeRequest, FreezeResponse>(request, options, cancellation);

    /// <summary>What the server believes to be in force.</summary>
    public Task<Deployment> GetDeploymentAsync(GetDeploymentRequest? request = null, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<GetDeploymentRequest, Deployment>(request ?? new(), options, cancellation);
}
