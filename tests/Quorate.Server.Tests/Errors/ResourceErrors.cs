using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Server.Ids;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.Errors;

/// <summary>Vaults, wallets, addresses, API keys, contacts, features.</summary>
static class ResourceErrors
{
    internal static async Task ReachAsync(ErrorsReached reached)
    {
        await using (var scene = await WalletScene.StartAsync(with: o => o with { Limits = new() { MaxAddresses = 1 } }))
        {
            await OfWalletsAsync(reached, scene);
            await OfKeysAsync(reached, scene.Http);
            await reached.PostAsync(scene.Http, "invalid_account", "/v1/contacts", new { name = "Mint", account = "mint" });
            await reached.PostAsync(scene.Http, "", "/v1/contacts", new { name = "Mint", account = $"{WalletScene.Chain}:{WalletScene.Recipient}" });
            await reached.PostAsync(scene.Http, "contact_name_taken", "/v1/contacts", new { name = "Mint", account = $"{WalletScene.Chain}:{WalletScene.Recipient}" });
            await reached.PostAsync(scene.Http, "invalid_percentage", "/v1/features/new", new { percentage = 101 }, "PUT");
        }
        await using (var behind = await WalletScene.StartAsync(with: o => o with { Chains = [.. o.Chains.Select(c => c with { Flag = "new" })] }))
            await reached.PostAsync(behind.Http, "feature_off", $"/v1/wallets/{WalletScene.Wallet}/addresses", new { chain = WalletScene.Chain });
        await using var busy = await WalletScene.StartAsync(with: o => o with { Limits = new() { Writes = new(Server.Limits.Rate.MaxQuota, TimeSpan.FromSeconds(1)) } });
        await RaceAsync(reached, busy.Http);
    }

    static async Task OfWalletsAsync(ErrorsReached reached, WalletScene scene)
    {
        var (http, vault, wallet) = (scene.Http, Id(ResourceKind.Vault).ToString(), WalletScene.Wallet);
        await reached.PostAsync(http, "vault_name_taken", "/v1/vaults", new { name = "hot" });
        await reached.PostAsync(http, "invalid_name", "/v1/wallets", new { vault, name = "a b" });
        await reached.PostAsync(http, "wallet_name_taken", "/v1/wallets", new { vault, name = "hot" });
        await reached.PostAsync(http, "no_key", $"/v1/wallets/{WalletScene.Bare}/addresses", new { chain = WalletScene.Chain });
        var address = (string)(await reached.PostAsync(http, "", $"/v1/wallets/{wallet}/addresses", new { chain = WalletScene.Chain }))["address"]!;
        await reached.PostAsync(http, "too_many_addresses", $"/v1/wallets/{wallet}/addresses", new { chain = WalletScene.Chain });
        await reached.PostAsync(http, "unsupported", $"/v1/wallets/{wallet}/nonces", new { chain = WalletScene.Chain, address, nonce = WalletScene.Recipient });
    }

    static async Task OfKeysAsync(ErrorsReached reached, HttpClient http)
    {
        using var pair = Ed25519Key.Generate(SystemRandom.Shared);
        using var next = Ed25519Key.Generate(SystemRandom.Shared);
        var (publicKey, nextKey) = (Convert.ToBase64String(pair.EncodedPublicKey.ToArray()), Convert.ToBase64String(next.EncodedPublicKey.ToArray()));
        object Asked(string name = "fresh", string? key = null, string[]? roles = null, string[]? networks = null, string? expireTime = null) =>
            new { name, algorithm = "ed25519", publicKey = key ?? publicKey, roles = roles ?? ["VIEWER"], networks = networks ?? [], expireTime };
        await reached.PostAsync(http, "invalid_key", "/v1/keys", Asked(key: "AAAA"));
        await reached.PostAsync(http, "invalid_roles", "/v1/keys", Asked(roles: ["VIEWER", "VIEWER"]));
        await reached.PostAsync(http, "invalid_network", "/v1/keys", Asked(networks: ["everywhere"]));
        await reached.PostAsync(http, "invalid_expiry", "/v1/keys", Asked(expireTime: "2020-01-01T00:00:00Z"));
        var id = (string)(await reached.PostAsync(http, "", "/v1/keys", Asked()))["id"]!;
        await reached.PostAsync(http, "api_key_name_taken", "/v1/keys", Asked(key: nextKey));
        await reached.PostAsync(http, "api_public_key_taken", "/v1/keys", Asked(name: "other"));
        await reached.PostAsync(http, "invalid_overlap", $"/v1/keys/{id}:rotate", new { algorithm = "ed25519", publicKey = nextKey, oldUntil = DateTimeOffset.UtcNow.AddDays(30).ToString("o") });
        await reached.PostAsync(http, "", $"/v1/keys/{id}:revoke", new { reason = "a test" });
        await reached.PostAsync(http, "wrong_state", $"/v1/keys/{id}:setNetworks", new { networks = Array.Empty<string>() });
    }

    // Each time one of all is first, and whoever was beaten sixteen times gives up.
    static async Task RaceAsync(ErrorsReached reached, HttpClient http)
    {
        for (var tries = 0; !reached.Codes.Contains("wrong_index") && tries < 20; tries++)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(async _ =>
            {
                using var body = new StringContent($$"""{"chain":"{{WalletScene.Chain}}"}""", System.Text.Encoding.UTF8, "application/json");
                using var response = await http.PostAsync(new Uri($"/v1/wallets/{WalletScene.Wallet}/addresses", UriKind.Relative), body);
                return (response.StatusCode, Text: await response.Content.ReadAsStringAsync());
            }));
            foreach (var (status, text) in answers.Where(a => a.StatusCode != System.Net.HttpStatusCode.Created))
                reached.Note("wrong_index", (int)status, text, "a race");
        }
    }
}
