using Quorate.Client.Calls;
using Quorate.V1;

namespace Quorate.Client.Services;

/// <summary>API keys: who may call, as what, from where, until when.</summary>
public sealed class KeysClient : ServiceClient
{
    internal KeysClient(ApiCalls calls)
        : base(calls, KeysReflection.Descriptor.Services[0])
    {
    }

    /// <summary>Registers a public key as a caller, with its roles.</summary>
    public Task<ApiKey> CreateKeyAsync(CreateKeyRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<CreateKeyRequest, ApiKey>(request, options, cancellation);

    /// <summary>Reads an API key.</summary>
    public Task<ApiKey> GetKeyAsync(GetKeyRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<GetKeyRequest, ApiKey>(request, options, cancellation);

    /// <summary>A page of API keys.</summary>
    public Task<ListKeysResponse> ListKeysAsync(ListKeysRequest? request = null, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<ListKeysRequest, ListKeysResponse>(request ?? new(), options, cancellation);

    /// <summary>The same, page after page to the end.</summary>
    public IAsyncEnumerable<ApiKey> AllKeysAsync(ListKeysRequest? request = null, CancellationToken cancellation = default) =>
        PagesAsync(ListKeysAsync, request ?? new(), r => r.Keys, cancellation);

    /// <summary>Another key pair under the same id. The one before stays good for as long as is said, at most a week.</summary>
    public Task<ApiKey> RotateKeyAsync(RotateKeyRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<RotateKeyRequest, ApiKey>(request, options, cancellation);

    /// <summary>Says from which networks the key is used.</summary>
    public Task<ApiKey> SetKeyNetworksAsync(SetKeyNetworksRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<SetKeyNetworksRequest, ApiKey>(request, options, cancellation);

    /// <summary>At once and for ever.</summary>
    public Task<ApiKey> RevokeKeyAsync(RevokeKeyRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<RevokeKeyRequest, ApiKey>(request, options, cancellation);

    /// <summary>The key that signed this request.</summary>
    public Task<ApiKey> GetCallerAsync(GetCallerRequest? request = null, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<GetCallerRequest, ApiKey>(request ?? new(), options, cancellation);
}
