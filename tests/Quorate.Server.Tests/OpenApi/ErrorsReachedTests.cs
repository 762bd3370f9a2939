using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Quorate.Chains.Ethereum;
using Quorate.Server.ApiKeys;
using Quorate.Server.Hosting;
using Quorate.Server.Ids;
using Quorate.Server.Tests.Api;
using Quorate.Server.Tests.Wallets;
using Quorate.Server.Vaults;
using Quorate.Server.Wallets;
using Quorate.Testing;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.OpenApi;

/// <summary>Errors of docs/errors.md, each answered by a server in JSON with the status that the page has.</summary>
public sealed class ErrorsReachedTests(OpenApiChecker checker) : IAsyncLifetime, IClassFixture<OpenApiChecker>
{
    const string Recipient = "0x00000000000000000000000000000000000000B0", Asset = "eip155:31337/slip44:60";

    // Where another test makes the server answer it, which its text has to name.
    static readonly Dictionary<string, string> elsewhere = new()
    {
        ["signature_malformed"] = "AuthenticationTests", ["signature_incomplete"] = "AuthenticationTests", ["signature_expired"] = "AuthenticationTests",
        ["signature_invalid"] = "AuthenticationTests", ["signature_replayed"] = "AuthenticationTests", ["digest_mismatch"] = "AuthenticationTests",
        ["key_expired"] = "AuthenticationTests", ["key_revoked"] = "AuthenticationTests", ["network_not_allowed"] = "AuthenticationTests",
        ["no_member"] = "AuthenticationTests", ["idempotency_key_in_use"] = "IdempotencyTests", ["approval_refused"] = "PasskeyApiTests",
        ["unknown_passkey"] = "PasskeyApiTests", ["no_passkey"] = "PasskeyApiTests", ["registration_refused"] = "PasskeyApiTests",
        ["feature_off"] = "FeaturesApiTests", ["contact_name_taken"] = "ResourceApiTests", ["invalid_account"] = "ResourceApiTests", ["limit_exceeded"] = "CallLimitsTests", ["limiter_unavailable"] = "CallLimitsTests",
        ["resume_token_ahead"] = "EventsApiTests", ["resume_token_foreign"] = "EventFeedContract", ["wrong_index"] = "WalletTests",
        ["unavailable"] = "JsonTests", ["deadline_exceeded"] = "JsonTimeTests", ["too_many_approvals"] = "CeremonyCaseTests", ["expired"] = "ActTests", ["may_be_signed"] = "SagaLivenessTests",
    };

    readonly ApiServer server = Offline();

    // Nobody listens there.
    static ApiServer Offline() => new()
    {
        With = options => options with { Chains = [new EthereumSettings(new EthereumFormat(31_337, KnownContracts.None), new("http://127.0.0.1:9"))] },
    };

    readonly ResourceId wallet = Id(ResourceKind.Wallet), bare = Id(ResourceKind.Wallet, 2), frozen = Id(ResourceKind.Wallet, 3);
    readonly HashSet<string> reached = [];
    HttpClient http = null!, viewer = null!, carol = null!;

    public async Task InitializeAsync()
    {
        await server.InitializeAsync();
        await server.AddKeyAsync("viewer", null, [Role.Viewer]);
        await server.AddKeyAsync("mallory", "mallory", [Role.Approver]);
        (http, viewer, carol) = (server.Http(), server.Http("viewer"), server.Http("mallory"));
        foreach (var (id, name, number) in new[] { (wallet, "hot", 1), (bare, "bare", 2), (frozen, "frozen", 3) })
        {
            var vault = Id(ResourceKind.Vault, number);
            await DoAsync(server.Store.Vaults.DoAsync(vault.ToString(), new VaultCommand.Open(Noon, vault, name, null)));
            await DoAsync(server.Store.Wallets.DoAsync(id.ToString(), new WalletCommand.Plan(Noon, id, vault, name, null)));
        }
        foreach (var node in (int[])[1, 2])
            await DoAsync(server.Store.Wallets.DoAsync(wallet.ToString(), new WalletCommand.ReportKeys(Noon, node, 1, [WalletTests.KeyOf(1)])));
        await DoAsync(server.Store.Vaults.DoAsync(Id(ResourceKind.Vault, 3).ToString(), new VaultCommand.Freeze(Noon, "alice", "a test")));
    }

    static async Task DoAsync<TState, TEvent>(Task<Server.Store.Outcome<TState, TEvent>> command) where TEvent : class => Assert.Null((await command).Refusal);

    async Task<JsonNode> PostAsync(string code, string path, object body, HttpClient? by = null, string? method = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new(method ?? "POST"), path) { Content = body as HttpContent ?? JsonContent.Create(body) };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await CheckAsync(code, by ?? http, request);
    }

    async Task<JsonNode> GetAsync(string code, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await CheckAsync(code, http, request);
    }

    async Task<JsonNode> CheckAsync(string code, HttpClient by, HttpRequestMessage request)
    {
        using var response = await by.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        if (code.Length == 0)
        {
            Assert.True(response.IsSuccessStatusCode, $"{request.RequestUri}: {text}");
            return JsonNode.Parse(text)!;
        }
        var row = ErrorPage.Rows.Single(r => r.Code == code);
        Assert.True((row.Status, code) == ((int)response.StatusCode, (string?)JsonNode.Parse(text)!["code"]), $"{code} of {request.RequestUri}: {text}");
        // What no operation answers is not in the document.
        var body = row.Of is ["none"] ? JsonNode.Parse(text)! : await checker.CheckAsync(response);
        reached.Add(code);
        return body;
    }

    [Fact]
    public async Task Every_error_of_the_page_is_answered_by_a_server()
    {
        await OfRequestsAsync();
        await OfResourcesAsync();
        await OfTransfersAsync();
        Assert.Equal(withoutTest.Order(StringComparer.Ordinal), ErrorPage.Rows.Select(r => r.Code).Where(c => !reached.Contains(c) && !elsewhere.ContainsKey(c)).Order(StringComparer.Ordinal));
    }

    // No test makes a server answer these: they take a chain's node or a saga in a certain state, a full table, or a fault of ours.
    static readonly HashSet<string> withoutTest =
    [
        "too_many_requests", "malformed_body", "webhooks_off", "backdated", "nothing_new", "ceremony_order_taken", "too_many_addresses", "nonce_refused", "being_signed", "being_cancelled", "nothing_else", "fee_above_limit",
        "busy", "invalid_url", "too_many_keys", "no_signing_key", "unknown", "chain_insufficient_funds", "chain_dust", "chain_fee_too_high", "chain_fee_too_low", "chain_stale",
        "chain_rejected", "chain_unsupported", "chain_unavailable", "chain_bad_node",
    ];

    [Fact]
    public void What_is_said_to_be_reached_elsewhere_is()
    {
        var files = Directory.EnumerateFiles(Repository.PathOf("tests"), "*.cs", SearchOption.AllDirectories).ToLookup(Path.GetFileNameWithoutExtension);
        Assert.All(elsewhere, e => Assert.Contains(files[e.Value], f => File.ReadAllText(f).Contains($"\"{e.Key}\"", StringComparison.Ordinal)));
    }

    async Task OfRequestsAsync()
    {
        using (var unsigned = new HttpClient { BaseAddress = server.Json })
            await PostAsync("signature_missing", "/v1/vaults", new { }, unsigned);
        await PostAsync("role_missing", "/v1/vaults", new { name = "No" }, viewer);
        await PostAsync("invalid_request", "/v1/vaults", new { nobody = "knows" });
        await GetAsync("invalid_header", "/v1/vaults", ("grpc-timeout", "soon"));
        // Asked for before it is sent: a server that has answered does not read on.
        await PostAsync("body_too_large", "/v1/vaults", new { name = new string('x', 5 << 20) }, headers: ("Expect", "100-continue"));
        await PostAsync("unsupported_media_type", "/v1/vaults", new StringContent("name: x", System.Text.Encoding.UTF8, "application/yaml"));
        await PostAsync("method_not_allowed", "/v1/vaults", new { }, method: "PUT");
        await GetAsync("invalid_argument", "/v1/vaults/none");
        await PostAsync("invalid_text", "/v1/vaults", new { name = " " });
        await GetAsync("invalid_page_size", "/v1/vaults?pageSize=201");
        await GetAsync("invalid_page_token", "/v1/vaults?pageToken=none");
        await GetAsync("not_found", $"/v1/vaults/{Id(ResourceKind.Vault, 9)}");
        await PostAsync("idempotency_key_required", "/v1/transfers", new { });
        await PostAsync("invalid_idempotency_key", "/v1/vaults", new { name = "Key" }, headers: ("Idempotency-Key", new string('k', 129)));
        await PostAsync("", "/v1/vaults", new { name = "Key" }, headers: ("Idempotency-Key", "once"));
        await PostAsync("idempotency_key_reused", "/v1/vaults", new { name = "Other" }, headers: ("Idempotency-Key", "once"));
        await PostAsync("invalid_if_match", $"/v1/vaults/{Id(ResourceKind.Vault)}:thaw", new { }, headers: ("If-Match", "\"x\""));
        await PostAsync("version_mismatch", $"/v1/vaults/{Id(ResourceKind.Vault)}:freeze", new { reason = "x" }, headers: ("If-Match", "\"9\""));
        await PostAsync("not_that_member", $"/v1/vaults/{Id(ResourceKind.Vault)}:freeze", new { by = "bob" });
        await GetAsync("invalid_resume_token", "/v1/events:stream?resumeToken=none");
    }

    async Task OfResourcesAsync()
    {
        await PostAsync("vault_name_taken", "/v1/vaults", new { name = "hot" });
        var vault = Id(ResourceKind.Vault).ToString();
        await PostAsync("invalid_name", "/v1/wallets", new { vault, name = "a b" });
        await PostAsync("wallet_name_taken", "/v1/wallets", new { vault, name = "hot" });
        await PostAsync("no_key", $"/v1/wallets/{bare}/addresses", new { chain = "eip155:31337" });
        var address = (string)(await PostAsync("", $"/v1/wallets/{wallet}/addresses", new { chain = "eip155:31337" }))["address"]!;
        await PostAsync("unsupported", $"/v1/wallets/{wallet}/nonces", new { chain = "eip155:31337", address, nonce = Recipient });

        using var pair = Cryptography.Signatures.Ed25519Key.Generate(Cryptography.Secrets.SystemRandom.Shared);
        using var next = Cryptography.Signatures.Ed25519Key.Generate(Cryptography.Secrets.SystemRandom.Shared);
        var (publicKey, nextKey) = (Convert.ToBase64String(pair.EncodedPublicKey.ToArray()), Convert.ToBase64String(next.EncodedPublicKey.ToArray()));
        object Asked(string name = "fresh", string? key = null, string[]? roles = null, string[]? networks = null, string? expireTime = null) =>
            new { name, algorithm = "ed25519", publicKey = key ?? publicKey, roles = roles ?? ["VIEWER"], networks = networks ?? [], expireTime };
        await PostAsync("invalid_key", "/v1/keys", Asked(key: "AAAA"));
        await PostAsync("invalid_roles", "/v1/keys", Asked(roles: ["VIEWER", "VIEWER"]));
        await PostAsync("invalid_network", "/v1/keys", Asked(networks: ["everywhere"]));
        await PostAsync("invalid_expiry", "/v1/keys", Asked(expireTime: "2020-01-01T00:00:00Z"));
        var id = (string)(await PostAsync("", "/v1/keys", Asked()))["id"]!;
        await PostAsync("api_key_name_taken", "/v1/keys", Asked(key: nextKey));
        await PostAsync("api_public_key_taken", "/v1/keys", Asked(name: "other"));
        await PostAsync("invalid_overlap", $"/v1/keys/{id}:rotate", new { algorithm = "ed25519", publicKey = nextKey, oldUntil = DateTimeOffset.UtcNow.AddDays(30).ToString("o") });
        await PostAsync("", $"/v1/keys/{id}:revoke", new { reason = "a test" });
        await PostAsync("wrong_state", $"/v1/keys/{id}:setNetworks", new { networks = Array.Empty<string>() });
        await PostAsync("invalid_document", "/v1/acts", new { document = new { } });
        await PostAsync("invalid_percentage", "/v1/features/new", new { percentage = 101, by = "alice" }, method: "PUT");
    }

    async Task OfTransfersAsync()
    {
        object Payment(ResourceId of, string? externalId = null) => new { wallet = of.ToString(), asset = Asset, to = Recipient, amount = "1", maxFee = "1", externalId };
        await PostAsync("vault_frozen", "/v1/transfers:preview", Payment(frozen));
        await PostAsync("no_address", "/v1/transfers:preview", Payment(bare));
        var made = (string)(await PostAsync("", "/v1/transfers", Payment(wallet, "mine"), headers: ("Idempotency-Key", "mine")))["id"]!;
        await PostAsync("external_id_taken", "/v1/transfers", Payment(wallet, "mine"), headers: ("Idempotency-Key", "again"));
        await GetAsync("no_receipt", $"/v1/transfers/{made}/receipt");
        await PostAsync("nothing_to_replace", $"/v1/transfers/{made}:speedUp", new { });
        await PostAsync("nothing_to_accelerate", $"/v1/transfers/{made}:accelerate", new { maxFee = "1" }, headers: ("Idempotency-Key", "faster"));
        await PostAsync("unknown_transaction", $"/v1/transfers/{made}:withdraw", new { });
        await PostAsync("unknown_member", $"/v1/transfers/{made}:reject", new { reason = "no" }, carol);
        await PostAsync("", $"/v1/transfers/{made}:cancel", new { reason = "no more" });
        await PostAsync("transfer_ended", $"/v1/transfers/{made}:reject", new { reason = "no" });
    }

    public async Task DisposeAsync()
    {
        foreach (var client in (HttpClient[])[http, viewer, carol])
            client.Dispose();
        await server.DisposeAsync();
    }
}
