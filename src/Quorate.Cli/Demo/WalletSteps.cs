using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Quorate.Cli.Ceremonies;
using Quorate.Cli.Devnet;
using Quorate.Cli.Local;

namespace Quorate.Cli.Demo;

/// <summary>A wallet: its keys made by all nodes together, its addresses, and something in it.</summary>
sealed class WalletSteps(DemoScene scene, CancellationToken cancellation)
{
    static readonly Dictionary<string, string> protocols = new()
    {
        ["ecdsa_secp256k1"] = "ECDSA, by DKLs23", ["bip340"] = "Schnorr for Taproot, by FROST", ["ed25519"] = "Ed25519, by FROST",
    };

    /// <summary>A vault, and a wallet in it whose keys nobody ever has.</summary>
    internal async Task MakeAsync(DemoStep step)
    {
        var suffix = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3));
        scene.Wallet = $"treasury-{suffix}";
        var vault = await scene.Api.PostAsync("/v1/vaults", new() { ["name"] = $"demo {suffix}" }, cancellation);
        var wallet = await scene.Api.PostAsync("/v1/wallets", new() { ["vault"] = (string?)vault["id"], ["name"] = scene.Wallet }, cancellation);
        scene.WalletId = (string)wallet["id"]!;
        step.Say("vault", $"demo {suffix}, with the wallet {scene.Wallet}");
        await OrderAsync($"make-{scene.Wallet}", "createWallet", new()
        {
            ["wallet"] = scene.Wallet, ["threshold"] = LocalPaths.Threshold, ["nodes"] = Nodes(), ["schemes"] = new JsonArray("ecdsa", "bip340", "ed25519"),
        }, step);
        var made = await scene.UntilAsync($"/v1/wallets/{scene.WalletId}", w => w["keys"] is JsonArray { Count: 3 }, "the wallet's keys", cancellation);
        step.Say("keys", $"any {LocalPaths.Threshold} of {string.Join(", ", scene.Profile.Nodes.Select(n => n.Name))} sign; no key was ever in one place");
        foreach (var key in made["keys"]!.AsArray())
            step.Say("", $"{Convert.ToHexStringLower(Convert.FromBase64String((string)key!["publicKey"]!))}  {protocols[(string)key["scheme"]!]}");
        (step.Facts["wallet"], step.Facts["keys"]) = (scene.Wallet, 3);
    }

    /// <summary>Where it is paid on each chain.</summary>
    internal async Task AddressAsync(DemoStep step)
    {
        foreach (var chain in scene.Profile.Chains)
        {
            var made = await scene.Api.PostAsync($"/v1/wallets/{scene.WalletId}/addresses", new() { ["wallet"] = scene.WalletId, ["chain"] = chain.Id }, cancellation);
            scene.Addresses[chain.Name] = (string)made["address"]!;
            step.Say(chain.Name, scene.Addresses[chain.Name]);
        }
        step.Facts["addresses"] = new JsonObject(scene.Addresses.Select(a => KeyValuePair.Create<string, JsonNode?>(a.Key, a.Value)));
    }

    /// <summary>The faucet pays, and the server sees it on the chains.</summary>
    internal async Task FundAsync(DemoStep step)
    {
        var amounts = scene.Live.ToDictionary(c => c.Name, c => c.Smallest(c.Name == "bitcoin" ? 2 : c.Name == "ethereum" ? 20 : 100));
        await Task.WhenAll(scene.Live.Select(async chain =>
        {
            var node = new DevnetHttp(scene.Http, new Uri(chain.Url).Port);
            await DevnetChain.ByName(chain.Name).FundAsync(node, scene.Addresses[chain.Name], amounts[chain.Name], cancellation);
            step.Say(chain.Name, $"the faucet has paid {chain.Show(amounts[chain.Name])}");
        }));
        await scene.UntilAsync($"/v1/wallets/{scene.WalletId}/balances",
            b => b["balances"] is JsonArray have && scene.Live.All(c => have.Any(x => (string?)x!["asset"] == c.Coin && (string?)x["available"] == amounts[c.Name])),
            "what the faucet has paid", cancellation);
        step.Say($"the server has seen it on {(scene.Live.Length == 1 ? "the chain" : $"all {scene.Live.Length} chains")}");
        step.Facts["balances"] = new JsonObject(amounts.Select(a => KeyValuePair.Create<string, JsonNode?>(a.Key, a.Value)));
    }

    /// <summary>An order of the administrators, signed by two of them and carried out by the nodes.</summary>
    internal async Task OrderAsync(string id, string kind, JsonObject body, DemoStep step)
    {
        var deployment = await scene.Api.GetAsync("/v1/deployment", cancellation);
        var order = OrderText.Of((string)deployment["genesis"]!, id, 24, kind, body);
        var ceremony = await scene.Api.PostAsync("/v1/ceremonies", new() { ["order"] = order, ["by"] = scene.Profile.Member }, cancellation);
        string[] approvers = [.. LocalPaths.Members.Take(2)];
        foreach (var member in approvers)
            await scene.Api.PostAsync($"/v1/ceremonies/{(string?)ceremony["id"]}:approve", new() { ["approval"] = scene.SignJson(member, (string)ceremony["hash"]!) }, cancellation);
        step.Say("order", $"{kind}, signed by {string.Join(" and ", approvers)} with their devices");
        step.Status("the nodes carry it out");
        ceremony = await scene.UntilAsync($"/v1/ceremonies/{(string?)ceremony["id"]}", c => (string?)c["status"] is "done" or "failed", "the end of the ceremony", cancellation);
        if ((string?)ceremony["status"] == "failed")
            throw new CliException($"the ceremony has failed: {(string?)ceremony["outcome"]}");
    }

    internal JsonArray Nodes() => [.. scene.Profile.Nodes.Select(n => (JsonNode)n.Name)];
}
