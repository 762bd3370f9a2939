using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Quorate.EndToEnd.Tests;

/// <summary>What can be seen of a payment from outside: its trace from the request to the chain, and nothing that is secret.</summary>
public sealed class TelemetryTests
{
    const string Supplier = "0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb";

    [Fact]
    public async Task A_payment_is_traced_from_the_request_to_the_chain_and_neither_traces_nor_metrics_nor_logs_tell_what_it_was()
    {
        using var collector = new Collector();
        using var http = new HttpClient();
        await using var acme = await Organisation.StartObservedAsync(collector.Address, "ethereum");
        Until.Log.Value = () => acme.Server.Errors;
        var wallet = await acme.MakeWalletAsync();
        var address = await acme.Api.Wallets.CreateAddressAsync(new() { Wallet = wallet.Id, Chain = "eip155:31337" });
        await acme.Devnet.FundAsync("ethereum", address.Address_, "20000000000000000000");
        const string Amount = "123456789012345678", ExternalId = "canary-invoice-77";
        var payment = await Until.Async(() => acme.Api.Transfers.CreateTransferAsync(new()
        {
            Wallet = wallet.Id, Asset = "eip155:31337/slip44:60", Amount = Amount, To = Supplier, MaxFee = "5000000000000000", Initiator = "alice", ExternalId = ExternalId,
        }), _ => true);
        var waiting = await Until.Async(() => acme.Api.Transfers.GetTransferAsync(new() { Transfer = payment.Id }), t => t.Transactions.LastOrDefault() is { Stage: "prepared" });
        var approval = acme.Approve(waiting.Transactions[^1].IntentHash, "alice");
        await acme.Api.Transfers.ApproveTransferAsync(new() { Transfer = payment.Id, Approval = approval });
        var sent = await Until.Async(() => acme.Api.Transfers.GetTransferAsync(new() { Transfer = payment.Id }), t => t.Status is "broadcast" or "confirming" or "confirmed" or "finalized");

        // All is well, and says so.
        foreach (var process in acme.Metrics)
            await Until.Async(async () =>
            {
                using var answer = await http.GetAsync(new Uri(process, "/readyz"));
                return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
            }, a => a.StatusCode == HttpStatusCode.OK);

        // What is told in batches has been told by then; a node that is killed tells nothing more.
        await Until.Async(() => Task.FromResult(collector.Spans), all => all.Any(x => x.Name == "eth_sendRawTransaction") && all.Any(x => x is { Name: "Sign", Service: "quorate-node" }));
        await Task.Delay(TimeSpan.FromSeconds(6));

        var metrics = await Task.WhenAll(acme.Metrics.Select(async process => await http.GetStringAsync(new Uri(process, "/metrics"))));
        Assert.Contains("quorate_saga_step_duration_seconds_count{outcome=\"done\",step=\"AskNode\"}", metrics[0], StringComparison.Ordinal);
        Assert.Contains("rpc_server_call_duration_seconds_count{rpc_grpc_status_code=\"0\",rpc_method=\"CreateTransfer\"", metrics[0], StringComparison.Ordinal);
        Assert.Contains(metrics[1..], m => m.Contains("quorate_node_round_duration_seconds_bucket{outcome=\"done\",protocol=\"sign", StringComparison.Ordinal));
        Assert.Contains(metrics[1..], m => m.Contains("quorate_node_gate_rulings_total{", StringComparison.Ordinal));

        // Something that fails, so that logs have something to say: a node that is gone, and a request that is none.
        await acme.Nodes[3].KillAsync();
        using var wrong = await acme.Json.PostAsJsonAsync("/v1/transfers", new JsonObject { ["amount"] = ExternalId, ["to"] = Supplier });
        await Until.Async(async () => await http.GetStringAsync(new Uri(acme.Metrics[0], "/metrics")), m => m.Contains("quorate_relay_node_connected{node=\"node-3\"} 0", StringComparison.Ordinal));
        Assert.Equal(0, await acme.Server.StopAsync());
        Assert.Equal(0, await acme.Nodes[1].StopAsync());
        Assert.Equal(0, await acme.Nodes[2].StopAsync());

        // The approval's request, by link the saga's work; in one trace with that the node's answer, its gate, the session, its rounds.
        var spans = collector.Spans;
        var requests = spans.Where(s => s is { Service: "quorate-server", Name: "quorate.v1.Transfers/CreateTransfer" or "quorate.v1.Transfers/ApproveTransfer" }).Select(s => s.Trace).ToArray();
        Assert.True(requests.Length >= 2);
        var sagas = spans.Where(s => s.Name == "saga" && s.Tags.GetValueOrDefault("quorate.transfer") == payment.Id).ToArray();
        Assert.All(sagas, saga => Assert.Contains(Assert.Single(saga.Links), requests));
        var asked = Assert.Single(spans, s => s is { Service: "quorate-server", Name: "node/Sign" });
        var steps = spans.ToDictionary(s => s.Id);
        Assert.Equal("AskNode", steps[asked.Parent].Name);
        Assert.Equal("saga", steps[steps[asked.Parent].Parent].Name);
        var answered = Assert.Single(spans, s => s.Parent == asked.Id);
        Assert.Equal(("quorate-node", "Sign", asked.Trace), (answered.Service, answered.Name, answered.Trace));
        Assert.Contains(spans, s => s.Name == "judge" && s.Parent == answered.Id && s.Tags["quorate.verdict"] == "permitted");
        var session = Assert.Single(spans, s => s.Name == "session" && s.Trace == asked.Trace);
        Assert.StartsWith("sign", session.Tags["quorate.protocol"], StringComparison.Ordinal);
        Assert.Contains(spans, s => s.Name == "round 1" && s.Parent == session.Id);
        // The other node of the quorum has a trace of its own, which is found by the attempt.
        Assert.Equal(2, spans.Count(s => s.Name == "session" && s.Tags["quorate.attempt"] == session.Tags["quorate.attempt"]));
        var broadcast = Assert.Single(spans, s => s.Name == "eth_sendRawTransaction");
        Assert.Equal("Broadcast", steps[broadcast.Parent].Name);
        Assert.Contains(spans, s => s is { Service: "quorate-node", Name: "session" } && s.Tags["quorate.protocol"].StartsWith("ceremony", StringComparison.Ordinal));

        var signature = approval.Fields.Values.Select(v => v.StringValue).Where(v => v.Length > 40).ToArray();
        Assert.NotEmpty(signature);
        string[] canaries =
        [
            Supplier, Supplier[2..], Amount, UInt128.Parse(Amount).ToString("x"), ExternalId, address.Address_, address.Address_[2..], sent.Transactions[^1].IntentHash, .. signature,
            .. Enumerable.Range(1, 3).SelectMany(n => KeyIn(acme.At($"node-{n}.key"))),
        ];
        string[] seen =
        [
            acme.Server.Errors, .. acme.Nodes.Values.Select(n => n.Errors), .. metrics, .. collector.Bodies.Select(Encoding.Latin1.GetString),
        ];
        foreach (var canary in canaries)
            Assert.All(seen, text => Assert.DoesNotContain(canary, text, StringComparison.OrdinalIgnoreCase));
        Assert.All(acme.Nodes.Values.Append(acme.Server).SelectMany(p => p.Errors.Split('\n')).Where(l => l.StartsWith('{')), line => JsonDocument.Parse(line).Dispose());
        Assert.Contains(acme.Nodes[1].Errors.Split('\n'), line => line.StartsWith('{') && line.Contains("\"event\":\"Ready\"", StringComparison.Ordinal));
    }

    /// <summary>The key of a file in the forms that it could leak in.</summary>
    static string[] KeyIn(string file)
    {
        var bytes = File.ReadAllBytes(file);
        return [Convert.ToHexStringLower(bytes), Convert.ToBase64String(bytes).TrimEnd('='), Encoding.Latin1.GetString(bytes)];
    }
}
