using Quorate.Client.Calls;
using Quorate.V1;

namespace Quorate.Client.Services;

/// <summary>Wallets, their addresses and balances.</summary>
public sealed class WalletsClient : ServiceClient
{
    internal WalletsClient(ApiCalls calls)
        : base(calls, WalletsReflection.Descriptor.Services[0])
    {
    }

    /// <summary>Plans a wallet. Its keys are made by a ceremony that names it (Ceremonies), and appear here when nodes report them.</summary>
    public Task<Wallet> CreateWalletAsync(CreateWalletRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<CreateWalletRequest, Wallet>(request, options, cancellation);

    /// <summary>Reads a wallet with its keys and addresses.</summary>
    public Task<Wallet> GetWalletAsync(GetWalletRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<GetWalletRequest, Wallet>(request, options, cancellation);

    /// <summary>A page of wallets.</summary>
    public Task<ListWalletsResponse> ListWalletsAsync(ListWalletsRequest? request = null, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<ListWalletsRequest, ListWalletsResponse>(request ?? new(), options, cancellation);

    /// <summary>The same, page after page to the end.</summary>
    public IAsyncEnumerable<Wallet> AllWalletsAsync(ListWalletsRequest? request = null, CancellationToken cancellation = default) =>
        PagesAsync(ListWalletsAsync, request ?? new(), r => r.Wallets, cancellation);

    /// <summary>Gives out the next address on a chain.</summary>
    public Task<Address> CreateAddressAsync(CreateAddressRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<CreateAddressRequest, Address>(request, options, cancellation);

    /// <summary>In the order they were given out.</summary>
    public Task<ListAddressesResponse> ListAddressesAsync(ListAddressesRequest? request = null, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<ListAddressesRequest, ListAddressesResponse>(request ?? new(), options, cancellation);

    /// <summary>The same, page after page to the end.</summary>
    public IAsyncEnumerable<Address> AllAddressesAsync(ListAddressesRequest? request = null, CancellationToken cancellation = default) =>
        PagesAsync(ListAddressesAsync, request ?? new(), r => r.Addresses, cancellation);

    /// <summary>Reads an address by its id.</summary>
    public Task<Address> GetAddressAsync(GetAddressRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<GetAddressRequest, Address>(request, options, cancellation);

    /// <summary>Lets transfers of a Solana address live by a durable nonce account that it may use: approvals can take days then.</summary>
    public Task<AddNonceResponse> AddNonceAsync(AddNonceRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<AddNonceRequest, AddNonceResponse>(request, options, cancellation);

    /// <summary>What the chains said last, less what transfers keep.</summary>
    public Task<Balances> GetBalancesAsync(GetBalancesRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<GetBalancesRequest, Balances>(request, options, cancellation);
}
