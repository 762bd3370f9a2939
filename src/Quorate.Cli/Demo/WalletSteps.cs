using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Google.Protobuf.WellKnownTypes;
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
        var vault = await scene.Api.Vaults.CreateVaultAsync(new() { Name = $"demo {suffix}" }, null, cancellation);
        scene.WalletId = (await scene.Api.Wallets.CreateWalletAsync(new() { Vault = vault.Id, Name = scene.Wallet }, null, cancellation)).Id;
        step.Say("vault", $"{vault.Name}, with the wallet {scene.Wallet}");
        await OrderAsync($"make-{scene.Wallet}", "createWallet", new()
        {
            ["wallet"] = scene.Wallet, ["threshold"] = LocalPaths.Threshold, ["nodes"] = Nodes(), ["schemes"] = new JsonArray("ecdsa", "bip340", "ed25519"),
        }, step);
        var made = await DemoScene.UntilAsync(() => scene.Api.Wallets.GetWalletAsync(new() { Wallet = scene.WalletId }, null, cancellation), w => w.Keys.Count == 3, "the wallet's keys", cancellation);
        step.Say("keys", $"any {LocalPaths.Threshold} of {string.Join(", ", scene.Profile.Nodes.Select(n => n.Name))} sign; no key was ever in one place");
        foreach (var key in made.Keys)
            step.Say("", $"{Convert.ToHexStringLower(key.PublicKey.Span)}  {protocols[key.Scheme]}");
        (step.Facts["wallet"], step.Facts["keys"]) = (scene.Wallet, 3);
    }

    /// <summary>Where it is paid on each chain.</summary>
    internal async Task AddressAsync(DemoStep step)
    {
        foreach (var chain in scene.Profile.Chains)
        {
            scene.Addresses[chain.Name] = (await scene.Api.Wallets.CreateAddressAsync(new() { Wallet = scene.WalletId, Chain = chain.Id }, null, cancellation)).Address_;
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
        await DemoScene.UntilAsync(() => scene.Api.Wallets.GetBalancesAsync(new() { Wallet = scene.WalletId }, null, cancellation),
            have => scene.Live.All(c => have.Balances_.Any(b => b.Asset == c.Coin && b.Available == amounts[c.Name])), "what the faucet has paid", cancellation);
        step.Say($"the server has seen it on {(scene.Live.Length == 1 ? "the chain" : $"all {scene.Live.Length} chains")}");
        step.Facts["balances"] = new JsonObject(amounts.Select(a => KeyValuePair.Create<string, JsonNode?>(a.Key, a.Value)));
    }

    /// <summary>An order of the administrators, signed by two of them and carried out by the nodes.</summary>
    internal async Task OrderAsync(string id, string kind, JsonObject body, DemoStep step)
    {
        var governance = scene.Api.Governance;
        var order = OrderText.Of((await governance.GetDeploymentAsync(null, null, cancellation)).Genesis, id, 24, kind, body);
        var ceremony = await governance.CreateCeremonyAsync(new() { Order = Struct.Parser.ParseJson(order.ToJsonString()), By = scene.Profile.Member }, null, cancellation);
        string[] approvers = [.. LocalPaths.Members.Take(2)];
        foreach (var member in approvers)
            await governance.ApproveCeremonyAsync(new() { Ceremony = ceremony.Id, Approval = scene.Sign(member, ceremony.Hash) }, null, cancellation);
        step.Say("order", $"{kind}, signed by {string.Join(" and ", approvers)} with their devices");
        step.Status("the nodes carry it out");
        ceremony = await DemoScene.UntilAsync(
            () => governance.GetCeremonyAsync(new() { Ceremony = ceremony.Id }, null, cancellation), c => c.Status is "done" or "failed", "the end of the ceremony", cancellation);
        if (ceremony.Status == "failed")
            throw new CliException($"the ceremony has failed: {ceremony.Outcome}");
    }

    internal JsonArray Nodes() => [.. scene.Profile.Nodes.Select(n => (JsonNode)n.Name)];
}
