using System.Text.Json.Nodes;
using Quorate.Cli.Local;

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
        transfer = await scene.UntilAsync(Path(transfer), t => IsEnded(t), "the policy's word", cancellation);
        var trace = (string?)transfer["decision"]?["trace"] ?? "";
        if ((string?)transfer["status"] != "denied")
            throw new CliException($"it is {(string?)transfer["status"]} and not denied: {(string?)transfer["reason"]}");
        step.Say("denied", "rule by rule:");
        step.Say("", scene.Plain(trace));
        (step.Facts["transfer"], step.Facts["status"], step.Facts["trace"]) = ((string?)transfer["id"], "denied", trace);
    }

    /// <summary>One that takes two approvals: not signed with one, signed with both.</summary>
    internal async Task TwoApprovalsAsync(DemoStep step)
    {
        var chain = scene.Live[0];
        var transfer = await CreateAsync(chain, chain.Smallest(2 * chain.AloneCoins));
        var path = Path(transfer);
        step.Say("asked for", $"{chain.Show((string)transfer["amount"]!)} to {LocalPolicy.Somebody(chain)}");
        await ApproveAsync(path, LocalPaths.Members[0]);
        transfer = await scene.Api.GetAsync(path, cancellation);
        if ((string?)transfer["status"] != "pending_approval")
            throw new CliException($"with one approval it is {(string?)transfer["status"]} and not pending_approval.");
        step.Say(LocalPaths.Members[0], $"approves with a device; it waits for another member");
        await ApproveAsync(path, LocalPaths.Members[1]);
        step.Say(LocalPaths.Members[1], "approves with another; the nodes verify both, and sign");
        transfer = await scene.UntilAsync(path, t => IsAt(t, "broadcast", "confirming", "confirmed", "finalized"), "its broadcast", cancellation);
        var last = transfer["transactions"]!.AsArray()[^1]!;
        step.Say("sent", $"{(string?)last["transactionId"]}");
        scene.Approved = transfer;
        scene.Paid.Add((string)transfer["id"]!);
        (step.Facts["transfer"], step.Facts["approvers"], step.Facts["transaction"]) = ((string?)transfer["id"], last["approvers"]?.DeepClone(), (string?)last["transactionId"]);
    }

    /// <summary>A small one on every other chain, and all of them in blocks.</summary>
    internal async Task EveryChainAsync(DemoStep step)
    {
        var confirmed = new JsonObject();
        await Task.WhenAll(scene.Live.Select(async (chain, i) =>
        {
            var transfer = i == 0 ? scene.Approved! : await PayAsync(chain, chain.Smallest(0.3m * chain.AloneCoins));
            transfer = await ConfirmedAsync(transfer);
            var last = transfer["transactions"]!.AsArray()[^1]!;
            step.Say(chain.Name, $"{chain.Show((string)transfer["amount"]!)} paid, {(string?)transfer["status"]} in block {(string?)last["blockHeight"]}");
            step.Say("", $"{(string?)last["transactionId"]}");
            lock (confirmed)
                confirmed[chain.Name] = new JsonObject { ["transfer"] = (string?)transfer["id"], ["status"] = (string?)transfer["status"], ["transaction"] = (string?)last["transactionId"] };
        }));
        step.Facts["confirmed"] = confirmed;
    }

    /// <summary>A payment that its initiator alone approves, asked for and signed.</summary>
    internal async Task<JsonObject> PayAsync(LocalChain chain, string amount)
    {
        var transfer = await CreateAsync(chain, amount);
        await ApproveAsync(Path(transfer), scene.Profile.Member);
        lock (scene.Paid)
            scene.Paid.Add((string)transfer["id"]!);
        return transfer;
    }

    internal Task<JsonObject> ConfirmedAsync(JsonObject transfer) =>
        scene.UntilAsync(Path(transfer), t => IsAt(t, "confirmed", "finalized"), "its confirmation", cancellation);

    Task<JsonObject> CreateAsync(LocalChain chain, string amount) => scene.Api.PostAsync("/v1/transfers", new()
    {
        ["wallet"] = scene.WalletId, ["asset"] = chain.Coin, ["amount"] = amount, ["to"] = LocalPolicy.Somebody(chain), ["maxFee"] = chain.MaxFee, ["initiator"] = scene.Profile.Member,
    }, cancellation);

    async Task ApproveAsync(string path, string member)
    {
        var waiting = await scene.UntilAsync(path, t => IsAt(t, "pending_approval") && t["transactions"] is JsonArray { Count: > 0 }, "something to approve", cancellation);
        var hash = (string)waiting["transactions"]!.AsArray()[^1]!["intentHash"]!;
        await scene.Api.PostAsync($"{path}:approve", new() { ["approval"] = scene.SignJson(member, hash) }, cancellation);
    }

    /// <summary>Whether it has come so far; that it has ended otherwise is a failure.</summary>
    static bool IsAt(JsonObject transfer, params string[] statuses)
    {
        var status = (string?)transfer["status"];
        return statuses.Contains(status) || (IsEnded(transfer)
            ? throw new CliException($"{(string?)transfer["id"]} is {status}: {(string?)transfer["reason"]} {(string?)transfer["decision"]?["trace"]}") : false);
    }

    static bool IsEnded(JsonObject transfer) => (string?)transfer["status"] is "denied" or "rejected" or "expired" or "cancelled" or "replaced" or "dropped" or "failed" or "finalized";

    static string Path(JsonObject transfer) => $"/v1/transfers/{(string?)transfer["id"]}";
}
