using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Quorate.Chains;
using Quorate.Rpc.Server;
using Quorate.Server.Deciding;
using Quorate.Server.Hosting;
using Quorate.Server.Ids;
using Quorate.Server.Recording;
using Quorate.Server.Views;
using Quorate.Server.Wallets;
using Quorate.V1;
using Address = Quorate.V1.Address;
using Wallet = Quorate.V1.Wallet;

namespace Quorate.Server.Api;

/// <summary>quorate.v1.Wallets.</summary>
sealed class WalletsApi(ApiParts server)
{
    readonly AssetUnits units = new(server);

    /// <summary>Tries to give out an address while others give out theirs.</summary>
    const int MaxTries = 16;

    public Task<Wallet> CreateWallet(CreateWalletRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var (vault, _) = await server.Store.Vaults.FindAsync(request.Vault, ResourceKind.Vault, context).ConfigureAwait(false);
        var id = server.Store.Ids.Next(ResourceKind.Wallet);
        context.HttpStatusCode = 201;
        return await server.Store.Wallets.DoAsync(
            id, new WalletCommand.Plan(server.Now, id, vault.Id, request.Name, Answers.Text(request.Label)), Message, context).ConfigureAwait(false);
    });

    public Task<Wallet> GetWallet(GetWalletRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var (state, version) = await FindAsync(request.Wallet, context).ConfigureAwait(false);
        return Message(state, version);
    });

    public Task<ListWalletsResponse> ListWallets(ListWalletsRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var vault = request.Vault.Length == 0 ? null : Answers.Id(request.Vault, ResourceKind.Vault, "/vault").ToString();
        var response = new ListWalletsResponse();
        response.NextPageToken = await server.Store.ListAsync(
            server.Store.Wallets, "wallet", vault, request.PageSize, request.PageToken, (state, version) => response.Wallets.Add(Message(state, version)), context).ConfigureAwait(false);
        return response;
    });

    public Task<Address> CreateAddress(CreateAddressRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var connection = server.ChainOf(request.Chain);
        var chain = connection.Chain;
        var scheme = SchemeOf(request.Scheme, connection);
        for (var tries = 1; ; tries++)
        {
            var (wallet, _) = await FindAsync(request.Wallet, context).ConfigureAwait(false);
            if (server.Features.Withheld(chain, wallet.Vault) is { } withheld)
                throw Answers.Problem(withheld);
            if (wallet.Keys?.Keys.FirstOrDefault(k => k.Scheme == scheme) is not { } key)
                throw Answers.Problem(new("no_key", "Too few nodes have reported a key for that yet.", IsRetryable: true));
            var index = wallet.NextIndex(chain, scheme);
            var id = server.Store.Ids.Next(ResourceKind.Address);
            context.HttpStatusCode = 201;
            var outcome = await server.Store.Wallets.TryAsync(wallet.Id.ToString(),
                new WalletCommand.IssueAddress(server.Now, id, chain, scheme, index, connection.AddressOf(key, index).Text, Answers.Text(request.Label), server.Limits.Options.MaxAddresses),
                (state, _) => Issued(state, id), context).ConfigureAwait(false);
            if (outcome.Refusal is { Code: "wrong_index" } && tries < MaxTries)
                continue;
            return outcome.Refusal is { } refusal ? throw Answers.Problem(refusal) : Issued(outcome.State, id);
        }
    });

    public Task<ListAddressesResponse> ListAddresses(ListAddressesRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var size = Answers.Rows(request.PageSize);
        if (size is < 1 or > ResourceIndex.MaxPageSize)
            throw Answers.Invalid("/pageSize", $"a page has 1 to {ResourceIndex.MaxPageSize}.");
        if (!PageToken.TryParse(Answers.Text(request.PageToken), out var after))
            throw Answers.Invalid("/pageToken", "that is no token of a page.");
        var chain = request.Chain.Length == 0 ? null : server.ChainOf(request.Chain).Chain;
        var (wallet, _) = await FindAsync(request.Wallet, context).ConfigureAwait(false);
        // They are only ever added, so the place of the last one is where the next page begins.
        var rest = wallet.Addresses.Select((a, place) => (Address: a, Place: place)).Skip((int)Math.Clamp(after?.First ?? 0, 0, wallet.Addresses.Length))
            .Where(a => chain is null || a.Address.Chain == chain).Take(size + 1).ToArray();
        var response = new ListAddressesResponse { NextPageToken = rest.Length > size ? new PageToken(rest[size].Place, 0).ToString() : "" };
        response.Addresses.Add(rest.Take(size).Select(a => Message(wallet, a.Address)));
        return response;
    });

    public Task<Address> GetAddress(GetAddressRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var id = Answers.Id(request.Address, ResourceKind.Address, "/address");
        var owner = await server.Store.Index.ParentAsync("address", id.ToString(), context.CancellationToken).ConfigureAwait(false);
        return owner is null ? throw Answers.Problem(Rules.NotFound("address"))
            : Issued((await server.Store.Wallets.ReadAsync(owner, context.CancellationToken).ConfigureAwait(false)).State, id);
    });

    public Task<AddNonceResponse> AddNonce(AddNonceRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var (wallet, _) = await FindAsync(request.Wallet, context).ConfigureAwait(false);
        var connection = server.ChainOf(request.Chain);
        var (account, nonce) = (Answers.Read(() => connection.ParseAddress(request.Address), "/address"), Answers.Read(() => connection.ParseAddress(request.Nonce), "/nonce"));
        if (!wallet.Addresses.Any(a => a.Chain == connection.Chain && a.Address == account.Text))
            throw Answers.Invalid("/address", "no address of the wallet.");
        return await connection.AddNonceAsync(account, nonce, context.CancellationToken).ConfigureAwait(false) is { } refusal
            ? throw Answers.Problem(refusal)
            : new AddNonceResponse();
    });

    public Task<V1.Balances> GetBalances(GetBalancesRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var (wallet, _) = await FindAsync(request.Wallet, context).ConfigureAwait(false);
        var response = new V1.Balances();
        foreach (var line in await BalanceSheet.ReadAsync(server.Store.ReadModels, wallet.Id.ToString(), context.CancellationToken).ConfigureAwait(false))
        {
            var balance = new V1.Balance
            {
                Asset = line.Asset.ToString(), Total = line.OnChain.ToString(), Pending = line.Pending.ToString(), Available = line.Available.ToString(),
                Unexplained = line.Unexplained.ToString(), ReconcileTime = line.ReconciledAt is { } at ? Timestamp.FromDateTimeOffset(at) : null,
            };
            units.Show(line.Asset, d => balance.Decimals = d, s => balance.Symbol = s);
            response.Balances_.Add(balance);
        }
        return response;
    });

    Task<(Wallets.Wallet State, long Version)> FindAsync(string text, ServerCallContext context) => server.Store.Wallets.FindAsync(text, ResourceKind.Wallet, context);

    static SignatureScheme SchemeOf(string text, ChainConnection connection) => text.Length == 0
        ? connection.Schemes[0]
        : connection.Schemes.Where(s => SnakeCase.Text(s) == text) is var found && found.Any() ? found.First()
        : throw Answers.Invalid("/scheme", $"on {connection.Chain} it is {string.Join(" or ", connection.Schemes.Select(s => SnakeCase.Text(s)))}.");

    static Wallet Message(Wallets.Wallet wallet, long version)
    {
        var message = new Wallet
        {
            Id = wallet.Id.ToString(), Vault = wallet.Vault.ToString(), Name = wallet.Name, Label = wallet.Label ?? "", Epoch = wallet.Keys?.Epoch ?? 0,
            Version = version, CreateTime = Timestamp.FromDateTimeOffset(wallet.Id.MadeAt),
        };
        foreach (var key in wallet.Keys?.Keys ?? [])
        {
            var shown = new V1.WalletKey { Scheme = SnakeCase.Text(key.Scheme), PublicKey = ByteString.CopyFrom(key.PublicKey.Bytes.Span), Threshold = (uint)key.Threshold };
            shown.Nodes.Add(key.Nodes.Select(n => (uint)n));
            message.Keys.Add(shown);
        }
        message.Addresses.Add(wallet.Addresses.Select(a => Message(wallet, a)));
        return message;
    }

    static Address Issued(Wallets.Wallet wallet, ResourceId id) => Message(wallet, wallet.Addresses.Single(a => a.Id == id));

    static Address Message(Wallets.Wallet wallet, IssuedAddress address) => new()
    {
        Id = address.Id.ToString(), Chain = address.Chain.ToString(), Scheme = SnakeCase.Text(address.Scheme), Index = address.Index, Address_ = address.Address,
        Label = address.Label ?? "", Wallet = wallet.Id.ToString(),
    };
}
