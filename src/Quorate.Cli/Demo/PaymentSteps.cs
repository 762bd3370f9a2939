using System.Text.Json.Nodes;
using Quorate.Cli.Local;
using Quorate.V1;

namespace Quorate.Cli.Demo;

/// <summary>Payments through the server: one that is denied, one that two approve, one on each chain.</summary>
sealed class PaymentSteps(DemoScene scene, CancellationToken cancellation)
{
    /// <summary>More than the policy ever lets anybody pay.</summary>
    internal async Task DeniedAsync(DemoStep step)
    {
        var chain = scene.Live[0];
        var amount = chain.Smallest(6 * chain.AloneCoins);
        step.Say("asked for", $"{chain.Show(amount)} to {LocalPolicy.Somebody(chain)}");
        var transfer = await CreateAsync(chain, amount);
        transfer = await UntilAsync(transfer, IsEnded, "the policy's word");
        var trace = transfer.Decision?.Trace ?? "";
        if (transfer.Status != "denied")
            throw new CliException($"it is {transfer.Status} and not denied: {transfer.Reason}");
        step.Say("denied", "rule by rule:");
        step.Say("", scene.Plain(trace));
        (step.Facts["transfer"], step.Facts["status"], step.Facts["trace"]) = (transfer.Id, "denied", trace);
    }

    /// <summary>One that takes two approvals: not signed with one, signed with both.</summary>
    internal async Task TwoApprovalsAsync(DemoStep step)
    {
        var chain = scene.Live[0];
        var transfer = await CreateAsync(chain, chain.Smallest(2 * chain.AloneCoins));
        step.Say("asked for", $"{chain.Show(transfer.Amount)} to {LocalPolicy.Somebody(chain)}");
        await ApproveAsync(transfer, LocalPaths.Members[0]);
        transfer = await GetAsync(transfer);
        if (transfer.Status != "pending_approval")
            throw new CliException($"with one approval it is {transfer.Status} and not pending_approval.");
        step.Say(LocalPaths.Members[0], "approves with a device; it waits for another member");
        await ApproveAsync(transfer, LocalPaths.Members[1]);
        step.Say(LocalPaths.Members[1], "approves with another; the nodes verify both, and sign");
        transfer = await UntilAsync(transfer, t => IsAt(t, "broadcast", "confirming", "confirmed", "finalized"), "its broadcast");
        var last = transfer.Transactions[^1];
        step.Say("sent", last.TransactionId);
        scene.Approved = transfer;
        scene.Paid.Add(transfer.Id);
        (step.Facts["transfer"], step.Facts["transaction"]) = (transfer.Id, last.TransactionId);
        step.Facts["approvers"] = new JsonArray([.. last.Approvers.Select(a => (JsonNode)a)]);
    }

    /// <summary>A small one on every other chain, and all of them in blocks.</summary>
    internal async Task EveryChainAsync(DemoStep step)
    {
        var confirmed = new JsonObject();
        await Task.WhenAll(scene.Live.Select(async (chain, i) =>
        {
            var transfer = i == 0 ? scene.Approved! : await PayAsync(chain, chain.Smallest(0.3m * chain.AloneCoins));
            transfer = await ConfirmedAsync(transfer);
            var last = transfer.Transactions[^1];
            step.Say(chain.Name, $"{chain.Show(transfer.Amount)} paid, {transfer.Status} in block {last.BlockHeight}");
            step.Say("", last.TransactionId);
            lock (confirmed)
                confirmed[chain.Name] = new JsonObject { ["transfer"] = transfer.Id, ["status"] = transfer.Status, ["transaction"] = last.TransactionId };
        }));
        step.Facts["confirmed"] = confirmed;
    }

    /// <summary>A payment that its initiator alone approves, asked for and signed.</summary>
    internal async Task<Transfer> PayAsync(LocalChain chain, string amount)
    {
        var transfer = await CreateAsync(chain, amount);
        await ApproveAsync(transfer, scene.Profile.Member);
        lock (scene.Paid)
            scene.Paid.Add(transfer.Id);
        return transfer;
    }

    internal Task<Transfer> ConfirmedAsync(Transfer transfer) => UntilAsync(transfer, t => IsAt(t, "confirmed", "finalized"), "its confirmation");

    Task<Transfer> CreateAsync(LocalChain chain, string amount) => scene.Api.Transfers.CreateTransferAsync(new()
    {
        Wallet = scene.WalletId, Asset = chain.Coin, Amount = amount, To = LocalPolicy.Somebody(chain), MaxFee = chain.MaxFee, Initiator = scene.Profile.Member,
    }, null, cancellation);

    async Task ApproveAsync(Transfer transfer, string member)
    {
        var waiting = await UntilAsync(transfer, t => IsAt(t, "pending_approval") && t.Transactions.Count > 0, "something to approve");
        await scene.Api.Transfers.ApproveTransferAsync(
            new() { Transfer = transfer.Id, Approval = scene.Sign(member, waiting.Transactions[^1].IntentHash) }, null, cancellation);
    }

    Task<Transfer> GetAsync(Transfer transfer) => scene.Api.Transfers.GetTransferAsync(new() { Transfer = transfer.Id }, null, cancellation);

    Task<Transfer> UntilAsync(Transfer transfer, Func<Transfer, bool> isSo, string what) => DemoScene.UntilAsync(() => GetAsync(transfer), isSo, what, cancellation);

    /// <summary>Whether it has come so far; that it has ended otherwise is a failure.</summary>
    static bool IsAt(Transfer transfer, params string[] statuses) => statuses.Contains(transfer.Status)
        || (IsEnded(transfer) ? throw new CliException($"{transfer.Id} is {transfer.Status}: {transfer.Reason} {transfer.Decision?.Trace}") : false);

    static bool IsEnded(Transfer transfer) => transfer.Status is "denied" or "rejected" or "expired" or "cancelled" or "replaced" or "dropped" or "failed" or "finalized";
}
