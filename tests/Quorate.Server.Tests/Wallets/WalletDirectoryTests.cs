using Quorate.Chains;
using Quorate.Policies;
using Quorate.Server.Governance;
using Quorate.Server.Hosting;
using Quorate.Server.Ids;
using Quorate.Server.Tests.Governance;
using Quorate.Server.Tests.Hosting;
using Quorate.Server.Tests.Store;
using Quorate.Server.Transfers;
using Quorate.Server.Wallets;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.Wallets;

/// <summary>The keys that sign for a transfer, and the policy that it is shown to.</summary>
public sealed class WalletDirectoryTests : StoredTests
{
    static readonly string wallet = Id(ResourceKind.Wallet).ToString();
    static readonly WalletKey key = WalletTests.KeyOf(1);

    readonly GenesisDocument genesis = Acme.Genesis();
    readonly FixedChain chain = new(31337);
    WalletDirectory directory = null!;

    private protected override async Task BeginAsync()
    {
        directory = new(Store, new DeploymentBook(genesis, Store), new Dictionary<ChainId, ChainConnection> { [chain.Chain] = chain });
        await Store.Wallets.DoAsync(wallet, new WalletCommand.Plan(Noon, ResourceId.Parse(wallet), Id(ResourceKind.Vault), "hot", null));
    }

    [Fact]
    public async Task A_transfer_is_signed_for_by_the_address_that_it_is_from_and_only_if_that_was_given_out()
    {
        var from = chain.AddressOf(key, 1).Text;
        Assert.Null(await directory.FindAsync(From(from), default));
        foreach (var node in (int[])[1, 2])
            await Store.Wallets.DoAsync(wallet, new WalletCommand.ReportKeys(Noon, node, 4, [key]));
        Assert.Null(await directory.FindAsync(From(from), default));
        foreach (var index in (uint[])[0, 1])
            await Store.Wallets.DoAsync(wallet, new WalletCommand.IssueAddress(
                Noon, Id(ResourceKind.Address, (int)index), chain.Chain, SignatureScheme.EcdsaSecp256k1, index, chain.AddressOf(key, index).Text, null));

        var found = (await directory.FindAsync(From(from), default))!;
        Assert.Equal(("acme", "hot", 4ul), (found.Organisation, found.Wallet, found.Epoch));
        Assert.Equal((from, WalletAddresses.PathOf(1).ToString()), (found.Context.Signer.Text, found.Context.Path.ToString()));
        // An address of the same key that nobody was given, one of another wallet, another chain.
        Assert.Null(await directory.FindAsync(From(chain.AddressOf(key, 2).Text), default));
        Assert.Null(await directory.FindAsync(From(from) with { Wallet = Id(ResourceKind.Wallet, 2) }, default));
        Assert.Null(await directory.FindAsync(
            From(from) with { Subject = new TransferSubject.Payment(AssetId.Coin(ChainId.Parse("eip155:1"), 60), 1UL, from, from, null) }, default));
    }

    [Fact]
    public async Task Until_administrators_decide_otherwise_the_policy_is_that_of_the_genesis_document()
    {
        var pinned = await directory.PolicyAsync(default);
        Assert.Same(genesis.Policy, pinned.Policy);
        Assert.Same(genesis.Membership, pinned.Membership);
    }

    static TransferDraft From(string address) => Payment() with { Subject = new TransferSubject.Payment(Ether, 1_000UL, "0x00000000000000000000000000000000000000B0", address, null) };
}
