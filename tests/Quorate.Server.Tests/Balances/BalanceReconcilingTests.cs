using Quorate.Chains;
using Quorate.Server.Balances;
using Quorate.Server.Hosting;
using Quorate.Server.Ids;
using Quorate.Server.Tests.Hosting;
using Quorate.Server.Tests.Store;
using Quorate.Server.Tests.Wallets;
using Quorate.Server.Transfers;
using Quorate.Server.Wallets;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.Balances;

/// <summary>What chains say of wallets is recorded where it is new or something is kept, and once in a while.</summary>
public sealed class BalanceReconcilingTests : StoredTests
{
    static readonly ResourceId hot = Id(ResourceKind.Wallet);

    readonly FixedChain one = new(31337) { Has = 1_000UL }, other = new(1) { Has = 5UL };
    BalanceReconciling balances = null!;

    private protected override async Task BeginAsync()
    {
        balances = new(Store, new Dictionary<ChainId, ChainConnection> { [one.Chain] = one, [other.Chain] = other }, TimeSpan.FromHours(1), Time);
        await PlanAsync(1);
        await IssueAsync(1, one, 0);
    }

    [Fact]
    public async Task A_balance_is_recorded_when_it_is_new_when_it_changes_and_once_in_a_while()
    {
        await RoundAsync();
        await RoundAsync();
        Assert.Equal(1, await RecordedAsync(hot, one));
        one.Has = 2_000UL;
        await RoundAsync();
        Assert.Equal(((Amount)2_000UL, 2), ((await Store.Balances.ReadAsync(Balance.IdOf(hot, one.Coin))).State.OnChain, await RecordedAsync(hot, one)));
        Time.Advance(TimeSpan.FromHours(1));
        await RoundAsync();
        Assert.Equal(3, await RecordedAsync(hot, one));
        // Of a chain on which the wallet has no address nobody is asked.
        Assert.Equal(0, other.Asked);
    }

    [Fact]
    public async Task A_wallet_and_an_address_that_are_new_are_seen_in_the_next_round()
    {
        await RoundAsync();
        await PlanAsync(2);
        await RoundAsync();
        Assert.Equal(0, await RecordedAsync(Id(ResourceKind.Wallet, 2), other));
        await IssueAsync(2, other, 0);
        await RoundAsync();
        Assert.Equal(1, await RecordedAsync(Id(ResourceKind.Wallet, 2), other));
        Assert.Equal(1, await RecordedAsync(hot, one));
    }

    [Fact]
    public async Task Where_something_is_kept_it_is_recorded_each_time()
    {
        await RoundAsync();
        var draft = Payment();
        await Store.Transfers.DoAsync(draft.Id.ToString(), new TransferCommand.Request(Noon, draft));
        await Store.Transfers.DoAsync(draft.Id.ToString(), new TransferCommand.Submit(Noon, Expiry));
        await Store.Transfers.DoAsync(draft.Id.ToString(), new TransferCommand.Reserve(Noon, new("funds", ReservationKind.Funds, "funds/a", [], Ether, 100UL)));
        for (var i = 2; i <= 3; i++)
        {
            await RoundAsync();
            Assert.Equal(i, await RecordedAsync(hot, one));
        }
    }

    [Fact]
    public async Task A_chain_that_is_away_keeps_no_other_from_being_asked_and_is_told_of()
    {
        await PlanAsync(2);
        await IssueAsync(2, other, 0);
        one.IsAway = true;
        await Assert.ThrowsAsync<ChainException>(RoundAsync);
        Assert.Equal((0, 1), (await RecordedAsync(hot, one), await RecordedAsync(Id(ResourceKind.Wallet, 2), other)));
        one.IsAway = false;
        await RoundAsync();
        Assert.Equal(1, await RecordedAsync(hot, one));
    }

    async Task RoundAsync()
    {
        await CatchUpAsync();
        Time.Advance(TimeSpan.FromSeconds(30));
        await balances.RunAsync(default);
    }

    async Task<int> RecordedAsync(ResourceId wallet, FixedChain chain) => (await EventsAsync($"balance/{Balance.IdOf(wallet, chain.Coin)}")).Count;

    async Task PlanAsync(int number)
    {
        var id = Id(ResourceKind.Wallet, number);
        await Store.Wallets.DoAsync(id.ToString(), new WalletCommand.Plan(Noon, id, Id(ResourceKind.Vault), $"wallet-{number}", null));
        foreach (var node in (int[])[1, 2])
            await Store.Wallets.DoAsync(id.ToString(), new WalletCommand.ReportKeys(Noon, node, 1, [WalletTests.KeyOf((byte)number)]));
    }

    async Task IssueAsync(int number, FixedChain chain, uint index)
    {
        var address = chain.AddressOf(WalletTests.KeyOf((byte)number), index);
        Assert.True((await Store.Wallets.DoAsync(Id(ResourceKind.Wallet, number).ToString(), new WalletCommand.IssueAddress(
            Noon, Id(ResourceKind.Address, 10 * number + (int)index), chain.Chain, SignatureScheme.EcdsaSecp256k1, index, address.Text, null))).IsAccepted);
    }
}
