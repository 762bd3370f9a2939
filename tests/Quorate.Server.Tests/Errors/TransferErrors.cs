using System.Security.Cryptography;
using Quorate.Policies;
using Quorate.Server.ApiKeys;
using Quorate.Server.Tests.Api;
using Quorate.Server.Tests.Governance;
using Quorate.Server.Transfers;
using Quorate.Server.Views;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.Errors;

/// <summary>
/// Transfers, from asked for to on the network. What nodes would do the test writes into the journal, and it holds the transfer in
/// the queue of work as another server would, so that nobody goes on with it meanwhile.
/// </summary>
static class TransferErrors
{
    const string MaxFee = "1000000000000000";

    internal static async Task ReachAsync(ErrorsReached reached)
    {
        await using (var offline = await WalletScene.StartAsync())
        {
            await offline.GiveAddressAsync();
            await BeforePlanningAsync(reached, offline);
        }
        using var node = new ScriptedNode();
        var hasChains = true;
        await using var scene = await WalletScene.StartAsync(node.Url, o => o with { Genesis = Acme.Genesis("fee"), Chains = hasChains ? o.Chains : [] });
        await scene.GiveAddressAsync();
        var id = await UnderWayAsync(reached, scene, node);
        // Whoever configures the server has taken the chain away.
        hasChains = false;
        await scene.Server.RestartAsync();
        using var http = scene.Server.Http();
        await reached.PostAsync(http, "busy", $"/v1/transfers/{id}:speedUp", new { });
    }

    static async Task BeforePlanningAsync(ErrorsReached reached, WalletScene scene)
    {
        var http = scene.Http;
        await scene.Server.AddKeyAsync("mallory", "mallory", [Role.Approver]);
        using var mallory = scene.Server.Http("mallory");
        await reached.PostAsync(http, "vault_frozen", "/v1/transfers:preview", WalletScene.Payment(WalletScene.Frozen));
        await reached.PostAsync(http, "no_address", "/v1/transfers:preview", WalletScene.Payment(WalletScene.Bare));
        var made = (string)(await reached.PostAsync(http, "", "/v1/transfers", WalletScene.Payment(externalId: "mine"), headers: ("Idempotency-Key", "mine")))["id"]!;
        await reached.PostAsync(http, "external_id_taken", "/v1/transfers", WalletScene.Payment(externalId: "mine"), headers: ("Idempotency-Key", "again"));
        await reached.GetAsync(http, "deadline_exceeded", $"/v1/transfers/{made}", ("Prefer", "wait=30"), ("grpc-timeout", "100m"));
        await reached.GetAsync(http, "no_receipt", $"/v1/transfers/{made}/receipt");
        await reached.PostAsync(http, "nothing_to_replace", $"/v1/transfers/{made}:speedUp", new { });
        await reached.PostAsync(http, "nothing_to_accelerate", $"/v1/transfers/{made}:accelerate", new { maxFee = "1" }, headers: ("Idempotency-Key", "faster"));
        await reached.PostAsync(http, "unknown_transaction", $"/v1/transfers/{made}:withdraw", new { });
        await reached.PostAsync(mallory, "unknown_member", $"/v1/transfers/{made}:reject", new { reason = "no" });
        await reached.PostAsync(http, "", $"/v1/transfers/{made}:cancel", new { reason = "no more" });
        await reached.PostAsync(http, "transfer_ended", $"/v1/transfers/{made}:reject", new { reason = "no" });
    }

    static async Task<string> UnderWayAsync(ErrorsReached reached, WalletScene scene, ScriptedNode node)
    {
        var http = scene.Http;
        var id = (string)(await reached.PostAsync(http, "", "/v1/transfers", WalletScene.Payment(maxFee: MaxFee), headers: ("Idempotency-Key", "stuck")))["id"]!;
        var path = $"/v1/transfers/{id}";
        var waits = await http.UntilAsync(path, t => t["status"].Text() == "pending_approval");
        Assert.True(waits["status"].Text() == "pending_approval", waits.ToJsonString());
        await HoldAsync(scene.Server, id);
        async Task SayAsync(Func<TransferState, TransferCommand> command) =>
            await WalletScene.DoneAsync(scene.Server.Store.Transfers.DoAsync(id, command((await scene.Server.Store.Transfers.ReadAsync(id)).State)));
        var (now, later) = (DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddHours(1));
        async Task SignAsync(int transaction, int attempt)
        {
            var signed = Hash($"signed {transaction}").ToString();
            var bytes = Convert.FromHexString(signed);
            await SayAsync(_ => new TransferCommand.Sign(now, transaction, attempt, [Signature(signed)], new(bytes)));
            await SayAsync(_ => new TransferCommand.BeginBroadcast(now, transaction, new(SHA256.HashData(bytes)), later));
            await SayAsync(_ => new TransferCommand.AcceptBroadcast(now, transaction, $"0x{signed}"));
        }
        Task AllowAsync(int transaction) => SayAsync(_ => new TransferCommand.Judge(now, transaction, Verdict.Allow, Hash("policy"), [], "allowed"));

        await reached.PostAsync(http, "nothing_else", $"{path}:withdraw", new { });
        await AllowAsync(0);
        await SayAsync(_ => new TransferCommand.Queue(now, later));
        await SayAsync(_ => new TransferCommand.BeginSigning(now, 0, 1, "node-1", later));
        await reached.PostAsync(http, "being_signed", $"{path}:cancel", new { reason = "too late" });
        await SignAsync(0, 1);

        node.Says("eth_getTransactionCount", "\"0x1\"");
        await reached.PostAsync(http, "chain_stale", $"{path}:speedUp", new { });
        node.Says("eth_getTransactionCount", "\"0x0\"");
        Assert.Equal("cancelling", (string?)(await reached.PostAsync(http, "", $"{path}:cancel", new { reason = "not wanted" }))["subStatus"]);
        await AllowAsync(1);
        await SayAsync(_ => new TransferCommand.BeginSigning(now, 1, 1, "node-1", later));
        await SayAsync(_ => new TransferCommand.EndSigning(now, 1, 1, SigningOutcome.Retry, "away"));
        await reached.PostAsync(http, "may_be_signed", $"{path}:withdraw", new { });
        await SayAsync(_ => new TransferCommand.BeginSigning(now, 1, 2, "node-1", later));
        await SignAsync(1, 2);
        await reached.PostAsync(http, "being_cancelled", $"{path}:speedUp", new { });
        return id;
    }

    // As a server of another name does, which never comes back.
    static async Task HoldAsync(ApiServer server, string id)
    {
        await using var connection = await server.Store.ReadModels.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"UPDATE work SET owner = 'another', until = {DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()} WHERE item = '{id}'";
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
    }
}
