using Google.Protobuf.WellKnownTypes;
using Quorate.Client.Calls;
using Quorate.V1;

namespace Quorate.Client.Services;

/// <summary>What the API is.</summary>
public sealed class ContractClient : ServiceClient
{
    internal ContractClient(ApiCalls calls)
        : base(calls, ContractReflection.Descriptor.Services[0])
    {
    }

    /// <summary>This document: OpenAPI 3.1, as this server has it.</summary>
    public Task<Struct> GetOpenApiAsync(GetOpenApiRequest? request = null, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<GetOpenApiRequest, Struct>(request ?? new(), options, cancellation);
}
