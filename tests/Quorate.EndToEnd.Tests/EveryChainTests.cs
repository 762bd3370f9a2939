using Quorate.V1;

namespace Quorate.EndToEnd.Tests;

/// <summary>One wallet on three real chains: payments, a message, and what is the chain's own.</summary>
public sealed class EveryChainTests
{
    [Fact]
    public async Task One_wallet_pays_on_Ethereum_Bitcoin_and_Solana_and_signs_a_message()
    {
        await using var acme = await Organisation.StartAsync(null, "ethereum", "bitcoin", "solana");
        Until.Log.Value = () => acme.Server.Errors;
        var wallet = await acme.MakeWalletAsync();
        await Task.WhenAll(
            PayAsync(acme, wallet, "ethereum", "2000000000000000000", "0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb", "300000000000000000"),
            PayAsync(acme, wallet, "bitcoin", "20000000", "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", "3000000"),
            PayAsync(acme, wallet, "solana", "2000000000", "4uQeVj5tqViQh7yWWGStvkEG1Zmhx6uasJtWCJziofM", "300000000"));
        await SignMessageAsync(acme, wallet);
        await HurryAndTakeBackAsync(acme, wallet);
        // What the chains have is what follows from what was sent.
        var balances = await Until.Async(() => acme.Api.Wallets.GetBalancesAsync(new() { Wallet = wallet.Id }), b => b.Balances_.Count == 3 && b.Balances_.All(x => x.Pending == "0"));
        Assert.All(balances.Balances_, b => Assert.Equal("0", b.Unexplained));
    }

    static async Task PayAsync(Organisation acme, Wallet wallet, string name, string funds, string to, string amount)
    {
        var chain = acme.Devnet[name];
        var address = await acme.Api.Wallets.CreateAddressAsync(new() { Wallet = wallet.Id, Chain = chain.Id });
        await acme.Devnet.FundAsync(name, address.Address_, funds);
        await Until.Async(() => acme.Api.Wallets.GetBalancesAsync(new() { Wallet = wallet.Id }), b => b.Balances_.Any(x => x.Asset == chain.Coin && x.Available == funds));
        var transfer = await CreateAsync(acme, wallet, chain, to, amount);
        var done = await CarryOutAsync(acme, transfer, "finalized");
        Assert.Contains(done.Transactions.Single(t => t.Stage == "finalized").Effects, e => (e.Kind, e.To, e.Amount) == ("transfer", to, amount));
        var receipt = await Until.Async(() => acme.Api.Transfers.GetReceiptAsync(new() { Transfer = transfer.Id }), _ => true);
        await File.WriteAllBytesAsync(acme.At($"{name}.receipt"), receipt.Document.ToByteArray());
        await Executable.DoAsync(acme.Folder, "audit", "receipt", $"{name}.receipt", "--genesis", "genesis.json", "--config", "node-1/node.json");
    }

    static async Task SignMessageAsync(Organisation acme, Wallet wallet)
    {
        var asked = await acme.Api.Transfers.CreateSignatureAsync(new()
        {
            Wallet = wallet.Id, Chain = "eip155:31337", Form = "personal_message", Message = Google.Protobuf.ByteString.CopyFromUtf8("I agree."), Initiator = "alice",
        });
        var signed = await CarryOutAsync(acme, asked, "signed");
        Assert.Equal(64, Assert.Single(signed.Transactions[^1].Signatures).Signature_.Length);
    }

    static async Task HurryAndTakeBackAsync(Organisation acme, Wallet wallet)
    {
        var chain = acme.Devnet["bitcoin"];
        var hurried = await CreateAsync(acme, wallet, chain, "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", "1000000");
        await CarryOutAsync(acme, hurried, "broadcast", mines: false);
        await acme.Api.Transfers.SpeedUpTransferAsync(new() { Transfer = hurried.Id });
        await Until.Async(() => acme.Api.Transfers.GetTransferAsync(new() { Transfer = hurried.Id }), t => t.Transactions is [_, { Purpose: "replacement", Stage: "broadcast" }]);
        var done = await CarryOutAsync(acme, hurried, "finalized");
        Assert.Equal("replacement", done.Transactions.Single(t => t.Stage == "finalized").Purpose);

        var taken = await CreateAsync(acme, wallet, chain, "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", "1000001");
        await CarryOutAsync(acme, taken, "broadcast", mines: false);
        await acme.Api.Transfers.CancelTransferAsync(new() { Transfer = taken.Id, By = "alice", Reason = "a mistake" });
        await Until.Async(() => acme.Api.Transfers.GetTransferAsync(new() { Transfer = taken.Id }), t => t.Transactions is [_, { Purpose: "cancellation" }]);
        await CarryOutAsync(acme, taken, "cancelled");
    }

    static Task<Transfer> CreateAsync(Organisation acme, Wallet wallet, Devnet.Chain chain, string to, string amount) => Previews.CreateAsync(acme.Api, new()
    {
        Wallet = wallet.Id, Asset = chain.Coin, Amount = amount, To = to, MaxFee = chain.MaxFee, Initiator = "alice",
    });

    // Alice signs whatever waits for her, as often as it is made anew, and blocks go by.
    static Task<Transfer> CarryOutAsync(Organisation acme, Transfer transfer, string status, bool mines = true) => Until.Async(async () =>
    {
        var now = await acme.Api.Transfers.GetTransferAsync(new() { Transfer = transfer.Id });
        Assert.False(now.Status is "failed" or "denied" or "expired" or "dropped" && now.Status != status, $"{now}");
        if (now.Transactions.LastOrDefault() is { Stage: "prepared", Approvers.Count: 0 } current)
            await acme.Api.Transfers.ApproveTransferAsync(new() { Transfer = transfer.Id, Approval = acme.Approve(current.IntentHash, "alice") });
        // Not before the network has what was made last: a block would take what that is to replace.
        else if (mines && now.Transactions.LastOrDefault() is { Stage: "broadcast" or "confirming" or "confirmed" })
        {
            if (now.Chain == acme.Devnet["bitcoin"].Id)
                await acme.Devnet.MineBitcoinAsync(1);
            else if (now.Chain == acme.Devnet["ethereum"].Id)
                await acme.Devnet.AnvilAsync("anvil_mine", "0x1");
        }
        return now;
    }, t => t.Status == status);
}
