using Quorate.Client.Calls;
using Quorate.V1;

namespace Quorate.Client.Services;

/// <summary>Vaults: what wallets are kept in.</summary>
public sealed class VaultsClient : ServiceClient
{
    internal VaultsClient(ApiCalls calls)
        : base(calls, VaultsReflection.Descriptor.Services[0])
    {
    }

    /// <summary>Makes a vault.</summary>
    public Task<Vault> CreateVaultAsync(CreateVaultRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<CreateVaultRequest, Vault>(request, options, cancellation);

    /// <summary>Reads a vault.</summary>
    public Task<Vault> GetVaultAsync(GetVaultRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<GetVaultRequest, Vault>(request, options, cancellation);

    /// <summary>A page of vaults, oldest first.</summary>
    public Task<ListVaultsResponse> ListVaultsAsync(ListVaultsRequest? request = null, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<ListVaultsRequest, ListVaultsResponse>(request ?? new(), options, cancellation);

    /// <summary>The same, page after page to the end.</summary>
    public IAsyncEnumerable<Vault> AllVaultsAsync(ListVaultsRequest? request = null, CancellationToken cancellation = default) =>
        PagesAsync(ListVaultsAsync, request ?? new(), r => r.Vaults, cancellation);

    /// <summary>The server starts nothing more for the vault's wallets. What stops nodes is an order of an administrator: Governance.Freeze.</summary>
    public Task<Vault> FreezeVaultAsync(FreezeVaultRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<FreezeVaultRequest, Vault>(request, options, cancellation);

    /// <summary>Ends what FreezeVault began.</summary>
    public Task<Vault> ThawVaultAsync(ThawVaultRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<ThawVaultRequest, Vault>(request, options, cancellation);
}
