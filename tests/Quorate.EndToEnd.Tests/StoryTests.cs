using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Quorate.Client;
using Quorate.V1;

namespace Quorate.EndToEnd.Tests;

/// <summary>What the wallet is for, from nothing: a server, three nodes and a real chain, each a process of its own.</summary>
public sealed class StoryTests
{
    const string Supplier = "0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb";
    const string Ether = "000000000000000000";

    [Fact]
    public async Task A_wallet_is_made_funded_denied_approved_replaced_cancelled_reorganised_and_every_signature_has_a_receipt()
    {
        await using var acme = await Organisation.StartAsync(null, "ethereum");
        Until.Log.Value = () => acme.Server.Errors;
        var wallet = await acme.MakeWalletAsync();
        var address = await acme.Api.Wallets.CreateAddressAsync(new() { Wallet = wallet.Id, Chain = "eip155:31337" });
        await acme.Devnet.FundAsync("ethereum", address.Address_, "20" + Ether);
        await Until.Async(() => acme.Api.Wallets.GetBalancesAsync(new() { Wallet = wallet.Id }), b => b.Balances_.Any(x => x.Available == "20" + Ether));

        // More than the policy lets anybody pay: denied, with the reason, and nothing stays reserved.
        var denied = await EndedAsync(acme, await PayAsync(acme, wallet, "6" + Ether));
        Assert.Equal("denied", denied.Status);
        Assert.Contains("no rule allows the transfer", denied.Decision.Trace, StringComparison.Ordinal);

        // A small one takes its initiator's signature, a larger one a treasurer's too.
        var small = await PayAsync(acme, wallet, "5" + Ether[1..], "invoice-1");
        await ApproveAsync(acme, small, "alice");
        var large = await PayAsync(acme, wallet, "2" + Ether);
        await ApproveAsync(acme, large, "alice");
        var waiting = await acme.Api.Transfers.GetTransferAsync(new() { Transfer = large.Id });
        Assert.Equal("pending_approval", waiting.Status);
        Assert.Contains("treasurers", string.Join(' ', waiting.Decision.Outstanding), StringComparison.Ordinal);
        // From a shell, which decodes the transaction itself.
        var (exitCode, _, shown) = await Executable.RunAsync(acme.Folder, "transfer", "approve", large.Id, "--yes", "--profile", await acme.ProfileAsync("carol", "approver"));
        Assert.Equal(0, exitCode);
        Assert.Contains($"pays      2{Ether} eip155:31337/slip44:60 to {Supplier}", shown, StringComparison.Ordinal);
        foreach (var transfer in (Transfer[])[small, large])
            await StatusAsync(acme, transfer, "broadcast", "confirming", "confirmed", "finalized");
        // What came to anvil before the one that it follows on waits for another block.
        await acme.Devnet.AnvilAsync("anvil_mine", "0x1");
        foreach (var transfer in (Transfer[])[small, large])
            await StatusAsync(acme, transfer, "confirmed", "finalized");
        Assert.Equal("0x" + (25 * UInt128.Parse("1" + Ether[1..])).ToString("x"), (await acme.Devnet.AnvilAsync("eth_getBalance", Supplier, "latest"))!.GetValue<string>());

        // An external id is one transfer's for ever.
        var twice = await Assert.ThrowsAsync<QuorateException>(() => PayAsync(acme, wallet, "1", "invoice-1"));
        Assert.Equal("external_id_taken", twice.Code);
        Assert.Contains(small.Id, twice.Message, StringComparison.Ordinal);

        // Stuck, hurried within the fee that was approved, without another approval; the next is taken back.
        await acme.Devnet.AnvilAsync("evm_setAutomine", false);
        var hurried = await PayAsync(acme, wallet, "1");
        await ApproveAsync(acme, hurried, "alice");
        await StatusAsync(acme, hurried, "broadcast");
        await acme.Api.Transfers.SpeedUpTransferAsync(new() { Transfer = hurried.Id });
        await Until.Async(() => acme.Api.Transfers.GetTransferAsync(new() { Transfer = hurried.Id }), t => t.Transactions is [_, { Stage: "broadcast" }]);
        var taken = await PayAsync(acme, wallet, "2");
        await ApproveAsync(acme, taken, "alice");
        await StatusAsync(acme, taken, "broadcast");
        await acme.Api.Transfers.CancelTransferAsync(new() { Transfer = taken.Id, By = "alice", Reason = "a mistake" });
        await Until.Async(() => acme.Api.Transfers.GetTransferAsync(new() { Transfer = taken.Id }), t => t.Transactions is [_, { Purpose: "cancellation" }]);
        await ApproveAsync(acme, taken, "alice");
        await Until.Async(() => acme.Api.Transfers.GetTransferAsync(new() { Transfer = taken.Id }), t => t.Transactions is [_, { Stage: "broadcast" }]);
        var snapshot = await acme.Devnet.AnvilAsync("evm_snapshot");
        await acme.Devnet.AnvilAsync("anvil_mine", "0x1");
        await StatusAsync(acme, hurried, "confirmed");

        // The block is taken back, and so are they, for all to see; then it comes again.
        await acme.Devnet.AnvilAsync("evm_revert", snapshot!.DeepClone());
        await Until.Async(() => acme.Api.Transfers.GetTransferAsync(new() { Transfer = hurried.Id }), t => t.Reorgs == 1 && t.Status is "broadcast" or "queued");
        await acme.Devnet.AnvilAsync("evm_setAutomine", true);
        await acme.Devnet.AnvilAsync("evm_setIntervalMining", 1);
        await StatusAsync(acme, hurried, "finalized");
        await StatusAsync(acme, taken, "cancelled");
        Assert.Equal("replacement", (await acme.Api.Transfers.GetTransferAsync(new() { Transfer = hurried.Id })).Transactions.Single(t => t.Stage == "finalized").Purpose);

        await CheckRecordAsync(acme, hurried);
        await CheckHistoryAsync(acme, wallet, small);
        Assert.Equal(0, await acme.Server.StopAsync());
    }

    /// <summary>Every signature has a receipt, and the journal is the one whose heads all nodes have signed: checked with files alone.</summary>
    static async Task CheckRecordAsync(Organisation acme, Transfer transfer)
    {
        var receipt = await Until.Async(() => acme.Api.Transfers.GetReceiptAsync(new() { Transfer = transfer.Id }), _ => true);
        await File.WriteAllBytesAsync(acme.At("receipt"), receipt.Document.ToByteArray());
        var said = JsonNode.Parse(await Executable.DoAsync(acme.Folder, "audit", "receipt", "receipt", "--genesis", "genesis.json", "--json"))!;
        Assert.Equal(2, said["nodes"]!.AsArray().Count);
        Assert.Equal("alice", Assert.Single(said["approvers"]!.AsArray())!.GetValue<string>());

        await Until.Async(() => acme.Api.Operations.GetAuditHeadAsync(new()), h => h.Signers.Count == 3);
        await Executable.DoAsync(acme.Folder, "audit", "export", "--data", "server", "--out", "journal.export");
        var verified = JsonNode.Parse(await Executable.DoAsync(acme.Folder, "audit", "verify", "journal.export", "--genesis", "genesis.json", "--json"))!;
        Assert.Equal(3, verified["signedBy"]!.AsArray().Count);
    }

    static async Task CheckHistoryAsync(Organisation acme, Wallet wallet, Transfer small)
    {
        var found = await acme.Api.Transfers.ListTransfersAsync(new() { Wallet = wallet.Id, Text = "invoice-1" });
        Assert.Equal(small.Id, Assert.Single(found.Transfers).Id);
        // The same over HTTP, in JSON.
        var json = await acme.Json.GetFromJsonAsync<JsonObject>($"/v1/transfers/{small.Id}");
        Assert.Equal("finalized", json!["status"]!.GetValue<string>());
        using var missing = await acme.Json.GetAsync(new Uri($"/v1/vaults/{wallet.Vault[..^1]}{(wallet.Vault[^1] == '0' ? '1' : '0')}", UriKind.Relative));
        Assert.Equal((HttpStatusCode.NotFound, "not_found"), (missing.StatusCode, (await missing.Content.ReadFromJsonAsync<JsonObject>())!["code"]!.GetValue<string>()));
        var balances = await Until.Async(() => acme.Api.Wallets.GetBalancesAsync(new() { Wallet = wallet.Id }), b => b.Balances_.All(x => x.Pending == "0"));
        Assert.Equal("0", Assert.Single(balances.Balances_).Unexplained);
    }

    static Task<Transfer> PayAsync(Organisation acme, Wallet wallet, string amount, string externalId = "") => Previews.CreateAsync(acme.Api, new()
    {
        Wallet = wallet.Id, Asset = "eip155:31337/slip44:60", Amount = amount, To = Supplier, MaxFee = "5000000000000000", Initiator = "alice", ExternalId = externalId,
    });

    static async Task ApproveAsync(Organisation acme, Transfer transfer, string member)
    {
        var waiting = await Until.Async(() => acme.Api.Transfers.GetTransferAsync(new() { Transfer = transfer.Id }),
            t => t.Transactions.LastOrDefault() is { Stage: "prepared" } last && !last.Approvers.Contains(member));
        await acme.Api.Transfers.ApproveTransferAsync(new() { Transfer = transfer.Id, Approval = acme.Approve(waiting.Transactions[^1].IntentHash, member) });
    }

    static Task<Transfer> StatusAsync(Organisation acme, Transfer transfer, params string[] statuses) =>
        Until.Async(() => acme.Api.Transfers.GetTransferAsync(new() { Transfer = transfer.Id }), t => statuses.Contains(t.Status));

    static Task<Transfer> EndedAsync(Organisation acme, Transfer transfer) => StatusAsync(acme, transfer, "denied", "rejected", "expired", "cancelled", "replaced", "dropped", "failed", "finalized");
}
