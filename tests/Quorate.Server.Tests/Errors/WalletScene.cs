using System.Text.Json.Nodes;
using Quorate.Chains.Ethereum;
using Quorate.Server.Hosting;
using Quorate.Server.Ids;
using Quorate.Server.Store;
using Quorate.Server.Tests.Api;
using Quorate.Server.Tests.Wallets;
using Quorate.Server.Vaults;
using Quorate.Server.Wallets;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.Errors;

/// <summary>A server with a wallet that has keys, one that has none, and one in a frozen vault, on a chain of Ethereum's kind.</summary>
sealed class WalletScene : IAsyncDisposable
{
    internal const string Chain = "eip155:31337", Coin = "eip155:31337/slip44:60", Recipient = "0x00000000000000000000000000000000000000B0";

    WalletScene(ApiServer server) => Server = server;

    internal ApiServer Server { get; }

    /// <summary>As Alice.</summary>
    internal HttpClient Http { get; private set; } = null!;

    internal static ResourceId Wallet { get; } = Id(ResourceKind.Wallet);

    internal static ResourceId Bare { get; } = Id(ResourceKind.Wallet, 2);

    internal static ResourceId Frozen { get; } = Id(ResourceKind.Wallet, 3);

    /// <summary>Starts one.</summary>
    /// <param name="node">The chain's node; null where nobody listens.</param>
    /// <param name="with">What else the server is started with.</param>
    internal static async Task<WalletScene> StartAsync(Uri? node = null, Func<ServerOptions, ServerOptions>? with = null)
    {
        var settings = new EthereumSettings(new EthereumFormat(31_337, KnownContracts.None), node ?? new("http://127.0.0.1:9")) { Options = new() { FinalityDepth = 1 } };
        var scene = new WalletScene(new ApiServer { With = options => (with ?? (o => o))(options with { Chains = [settings], NodesEvery = TimeSpan.FromMilliseconds(200), NodeTimeout = TimeSpan.FromMilliseconds(200) }) });
        await scene.Server.InitializeAsync();
        scene.Http = scene.Server.Http();
        var store = scene.Server.Store;
        foreach (var (id, name, number) in new[] { (Wallet, "hot", 1), (Bare, "bare", 2), (Frozen, "frozen", 3) })
        {
            var vault = Id(ResourceKind.Vault, number);
            await DoneAsync(store.Vaults.DoAsync(vault.ToString(), new VaultCommand.Open(Noon, vault, name, null)));
            await DoneAsync(store.Wallets.DoAsync(id.ToString(), new WalletCommand.Plan(Noon, id, vault, name, null)));
        }
        foreach (var holder in (int[])[1, 2])
            await DoneAsync(store.Wallets.DoAsync(Wallet.ToString(), new WalletCommand.ReportKeys(Noon, holder, 1, [WalletTests.KeyOf(1)])));
        await DoneAsync(store.Vaults.DoAsync(Id(ResourceKind.Vault, 3).ToString(), new VaultCommand.Freeze(Noon, "alice", "a test")));
        return scene;
    }

    /// <summary>Has the store do what nobody asks for over the API.</summary>
    internal static async Task DoneAsync<TState, TEvent>(Task<Outcome<TState, TEvent>> command) where TEvent : class => Assert.Null((await command).Refusal);

    internal Task<JsonObject> GiveAddressAsync() => Http.SendAsync(HttpMethod.Post, $"/v1/wallets/{Wallet}/addresses", new() { ["chain"] = Chain }, System.Net.HttpStatusCode.Created);

    internal static object Payment(ResourceId? of = null, string? externalId = null, string amount = "1", string maxFee = "1", string asset = Coin) =>
        new { wallet = (of ?? Wallet).ToString(), asset, to = Recipient, amount, maxFee, externalId };

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
    }
}
