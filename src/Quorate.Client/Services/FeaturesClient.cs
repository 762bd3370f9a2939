using Quorate.Client.Calls;
using Quorate.V1;

namespace Quorate.Client.Services;

/// <summary>Features: what is new, and which vaults have it.</summary>
public sealed class FeaturesClient : ServiceClient
{
    internal FeaturesClient(ApiCalls calls)
        : base(calls, FeaturesReflection.Descriptor.Services[0])
    {
    }

    /// <summary>Sets a feature, for the first time or anew. What it is set to already is no change and is not recorded.</summary>
    public Task<Feature> SetFeatureAsync(SetFeatureRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<SetFeatureRequest, Feature>(request, options, cancellation);

    /// <summary>Reads a feature with its changes.</summary>
    public Task<Feature> GetFeatureAsync(GetFeatureRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<GetFeatureRequest, Feature>(request, options, cancellation);

    /// <summary>A page of features.</summary>
    public Task<ListFeaturesResponse> ListFeaturesAsync(ListFeaturesRequest? request = null, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<ListFeaturesRequest, ListFeaturesResponse>(request ?? new(), options, cancellation);

    /// <summary>The same, page after page to the end.</summary>
    public IAsyncEnumerable<Feature> AllFeaturesAsync(ListFeaturesRequest? request = null, CancellationToken cancellation = default) =>
        PagesAsync(ListFeaturesAsync, request ?? new(), r => r.Features, cancellation);
}
