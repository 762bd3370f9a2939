using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Quorate.Server.ApiKeys;
using Quorate.Server.Tests.Api;

namespace Quorate.Server.Tests.OpenApi;

/// <summary>What the server really answers is what the document says: its members, its headers, its codes.</summary>
public sealed class OpenApiAnswersTests(ApiServer server, OpenApiChecker checker) : IClassFixture<ApiServer>, IClassFixture<OpenApiChecker>
{
    [Fact]
    public void The_document_is_OpenAPI_3_1_by_its_official_schema()
    {
        var (isValid, errors) = checker.Document();
        Assert.True(isValid, errors);
    }

    [Fact]
    public async Task The_checker_finds_what_is_wrong()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://localhost/v1/caller");
        foreach (var body in (object[])[new { }, new { id = "key_", name = "n", member = "", roles = new[] { "KING" }, networks = Array.Empty<string>(), publicKeys = Array.Empty<object>(), revoked = false, version = 1 }])
        {
            using var response = new HttpResponseMessage { RequestMessage = request, Content = JsonContent.Create(body) };
            await Assert.ThrowsAnyAsync<Exception>(() => checker.CheckAsync(response));
        }
    }

    [Fact]
    public async Task Answers_and_errors_are_as_the_document_has_them()
    {
        await server.AddKeyAsync("viewer", null, [Role.Viewer]);
        using var http = server.Http();
        using var viewer = server.Http("viewer");
        async Task<JsonNode> Ask(HttpMethod method, string path, object? body = null, HttpClient? by = null, string? key = null, string? ifMatch = null)
        {
            using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
            if (key is not null)
                request.Headers.Add("Idempotency-Key", key);
            if (ifMatch is not null)
                request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
            using var response = await (by ?? http).SendAsync(request);
            return await checker.CheckAsync(response);
        }
        Task<JsonNode> Get(string path, HttpClient? by = null) => Ask(HttpMethod.Get, path, by: by);
        Task<JsonNode> Post(string path, object body, string? key = null, string? ifMatch = null, HttpClient? by = null) => Ask(HttpMethod.Post, path, body, by, key, ifMatch);

        var vault = (string)(await Post("/v1/vaults", new { name = "Answers" }, "answers"))["id"]!;
        await Post("/v1/vaults", new { name = "Answers" }, "answers");
        await Post("/v1/vaults", new { name = "Other" }, "answers");
        await Post("/v1/vaults", new { name = "Answers" });
        await Post("/v1/vaults", new { name = " " });
        await Post("/v1/vaults", new { name = 7 });
        await Post("/v1/vaults", new { name = "Vault", nobody = "knows" });
        await Post("/v1/vaults", new { name = "Mine" }, by: viewer);
        await Get($"/v1/vaults/{vault}");
        await Get("/v1/vaults?pageSize=1");
        await Get("/v1/vaults?pageSize=1000");
        await Get("/v1/vaults?pageToken=x");
        await Get("/v1/vaults/none");
        await Get($"/v1/vaults/{vault[..^1]}{(vault[^1] == '0' ? '1' : '0')}");
        await Post($"/v1/vaults/{vault}:freeze", new { reason = "checking" }, ifMatch: "\"1\"");
        await Post($"/v1/vaults/{vault}:freeze", new { reason = "checking" }, ifMatch: "\"1\"");
        await Post($"/v1/vaults/{vault}:thaw", new { });
        await Post($"/v1/vaults/{vault}:thaw", new { by = "bob" });

        var wallet = (string)(await Post("/v1/wallets", new { vault, name = "answers", label = "Answers" }))["id"]!;
        await Post("/v1/wallets", new { vault, name = "answers" });
        await Get($"/v1/wallets/{wallet}");
        await Get($"/v1/wallets?vault={vault}");
        await Get($"/v1/wallets/{wallet}/balances");
        await Post($"/v1/wallets/{wallet}/addresses", new { chain = "eip155:1" });
        await Post($"/v1/wallets/{wallet}/nonces", new { chain = "eip155:1" });

        await Post("/v1/transfers", new { wallet });
        await Post("/v1/transfers", new { wallet }, "transfer");
        await Post("/v1/transfers:preview", new { wallet });
        await Post("/v1/transactions", new { wallet }, "transaction");
        await Post("/v1/signatures", new { wallet }, "signature");
        await Get("/v1/transfers?status=nothing");
        await Get("/v1/transfers?since=2026-01-01T00:00:00Z");
        await Get("/v1/transfers?since=yesterday");
        await Get("/v1/transfers/none");

        await Post("/v1/ceremonies", new { order = new { } });
        await Post("/v1/acts", new { document = new { } });
        await Post("/v1/freezes", new { order = new { } });
        await Get("/v1/deployment");
        await Get("/v1/nodes");
        await Get("/v1/audit/head");
        await Get("/v1/read-models");
        await Get("/v1/openapi.json");

        var key = (string)(await Get("/v1/caller"))["id"]!;
        await Get($"/v1/keys/{key}");
        await Get("/v1/keys", viewer);
        await Get("/v1/keys");
        await Post("/v1/keys", new { name = "none", algorithm = "ed25519", publicKey = "AAAA" });
        await Post($"/v1/keys/{key}:setNetworks", new { networks = (string[])["127.0.0.0/8"] });
        await Get("/v1/passkeys/registration");
        await Get("/v1/passkeys/options/none");
        using (var unsigned = new HttpClient { BaseAddress = server.Json })
            await Get("/v1/vaults", unsigned);
        using (var late = server.Http(time: new Late()))
            await Get("/v1/vaults", late);

        // Broad enough to mean something: every method that does not need a chain.
        Assert.True(checker.Seen.Select(s => s.Operation).Distinct().Count() >= 25, $"{checker.Seen.Count}");
        Assert.Superset(new HashSet<int> { 200, 201, 400, 401, 403, 404, 409, 412, 422 }, checker.Seen.Select(s => s.Status).ToHashSet());
    }

    sealed class Late : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UtcNow.AddMinutes(-5);
    }
}
