using Quorate.Chains;
using Quorate.Chains.Ethereum;
using Quorate.Server.Hosting;
using Quorate.Server.Ids;
using Quorate.Server.Tests.Wallets;
using Quorate.Server.Vaults;
using Quorate.Server.Wallets;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.Api;

/// <summary>A server with a wallet on a chain whose node is away: messages are judged without it.</summary>
public sealed class PolicyServer : IAsyncLifetime
{
    static readonly EthereumFormat format = new(31337);

    internal ApiServer Api { get; } = new()
    {
        With = o => o with { Chains = [new EthereumSettings(format, new("http://127.0.0.1:9"))], NodesEvery = TimeSpan.FromMilliseconds(100), NodeTimeout = TimeSpan.FromMilliseconds(200) },
    };

    internal static string Wallet { get; } = Id(ResourceKind.Wallet).ToString();

    /// <summary>Addresses that were given out, by their index.</summary>
    internal static string AddressOf(uint index) => WalletAddresses.Ethereum(format, WalletTests.KeyOf(1), index).Text;

    public async Task InitializeAsync()
    {
        await Api.InitializeAsync();
        var (wallets, now) = (Api.Store.Wallets, DateTimeOffset.UtcNow);
        var vault = Id(ResourceKind.Vault);
        await Api.Store.Vaults.DoAsync(vault.ToString(), new VaultCommand.Open(now, vault, "main", null));
        await wallets.DoAsync(Wallet, new WalletCommand.Plan(now, ResourceId.Parse(Wallet), vault, "hot", null));
        foreach (var node in (int[])[1, 2])
            await wallets.DoAsync(Wallet, new WalletCommand.ReportKeys(now, node, 1, [WalletTests.KeyOf(1)]));
        foreach (var index in (uint[])[0, 1, 2])
            Assert.Null((await wallets.DoAsync(Wallet, new WalletCommand.IssueAddress(
                now, Id(ResourceKind.Address, (int)index), format.Chain, SignatureScheme.EcdsaSecp256k1, index, AddressOf(index), null))).Refusal);
    }

    public Task DisposeAsync() => Api.DisposeAsync();
}
