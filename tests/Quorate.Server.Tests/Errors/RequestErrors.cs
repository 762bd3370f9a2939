using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Quorate.Client.Signing;
using Quorate.Server.Access;
using Quorate.Server.ApiKeys;
using Quorate.Server.Ids;
using Quorate.Server.Store;
using Quorate.Server.Tests.Api;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.Errors;

/// <summary>Requests that are wrong whatever they ask for.</summary>
static class RequestErrors
{
    internal static async Task ReachAsync(ErrorsReached reached)
    {
        await using var scene = await WalletScene.StartAsync();
        var (http, vault) = (scene.Http, Id(ResourceKind.Vault).ToString());
        Task<JsonNode> PostAsync(string code, string path, object body, string method = "POST", params (string Name, string Value)[] headers) =>
            reached.PostAsync(http, code, path, body, method, headers);
        await PostAsync("invalid_request", "/v1/vaults", new { nobody = "knows" });
        await reached.GetAsync(http, "invalid_header", "/v1/vaults", ("grpc-timeout", "soon"));
        // Asked for before it is sent: a server that has answered does not read on.
        await PostAsync("body_too_large", "/v1/vaults", new { name = new string('x', 5 << 20) }, headers: ("Expect", "100-continue"));
        await PostAsync("unsupported_media_type", "/v1/vaults", new StringContent("name: x", Encoding.UTF8, "application/yaml"));
        await MalformedAsync(reached, scene.Server);
        await PostAsync("method_not_allowed", "/v1/vaults", new { }, "PUT");
        using (var unsigned = new HttpClient { BaseAddress = scene.Server.Json })
            await reached.GetAsync(unsigned, "no_such_path", "/v1/nothing");
        await reached.GetAsync(http, "invalid_argument", "/v1/vaults/none");
        await PostAsync("invalid_text", "/v1/vaults", new { name = " " });
        await reached.GetAsync(http, "invalid_page_size", "/v1/vaults?pageSize=201");
        await reached.GetAsync(http, "invalid_page_token", "/v1/vaults?pageToken=none");
        await reached.GetAsync(http, "not_found", $"/v1/vaults/{Id(ResourceKind.Vault, 9)}");
        await PostAsync("invalid_if_match", $"/v1/vaults/{vault}:thaw", new { }, headers: ("If-Match", "\"x\""));
        await PostAsync("version_mismatch", $"/v1/vaults/{vault}:freeze", new { reason = "x" }, headers: ("If-Match", "\"9\""));

        await PostAsync("idempotency_key_required", "/v1/transfers", new { });
        await PostAsync("invalid_idempotency_key", "/v1/vaults", new { name = "Key" }, headers: ("Idempotency-Key", new string('k', 129)));
        await PostAsync("", "/v1/vaults", new { name = "Key" }, headers: ("Idempotency-Key", "once"));
        await PostAsync("idempotency_key_reused", "/v1/vaults", new { name = "Other" }, headers: ("Idempotency-Key", "once"));
        // Somebody is at it.
        var caller = (string)(await reached.GetAsync(http, "", "/v1/caller"))["id"]!;
        var hash = IdempotentCall.HashOf(V1.VaultsReflection.Descriptor.Services[0].FindMethodByName("CreateVault"), new V1.CreateVaultRequest { Name = "Slow" });
        Assert.IsType<KeyRuling.Go>(await scene.Server.Store.Keys.TakeAsync(caller, "slow", hash, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddMinutes(1)));
        await PostAsync("idempotency_key_in_use", "/v1/vaults", new { name = "Slow" }, headers: ("Idempotency-Key", "slow"));
    }

    // A chunk without its length, which no client would send.
    static async Task MalformedAsync(ErrorsReached reached, ApiServer server)
    {
        var key = await server.AddKeyAsync("raw", null, [Role.Admin]);
        var signed = new List<string>();
        using (var signer = new HttpClient(new RequestSigner(key, new Kept(r => signed.AddRange(r.Headers.Select(h => $"{h.Key}: {h.Value.Single()}"))))) { BaseAddress = server.Json })
        using (var request = new HttpRequestMessage(HttpMethod.Post, "/v1/vaults") { Content = new StringContent("{}", Encoding.UTF8, "application/json") })
            await signer.SendAsync(request);
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.Json.Host, server.Json.Port);
        var stream = socket.GetStream();
        string[] head = ["POST /v1/vaults HTTP/1.1", $"Host: {server.Json.Authority}", .. signed, "Content-Type: application/json", "Transfer-Encoding: chunked", "Connection: close", "", "no length", ""];
        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Join("\r\n", head)));
        using var answer = new StreamReader(stream);
        var text = await answer.ReadToEndAsync();
        var status = int.Parse(text.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
        reached.Note("malformed_body", status, text[text.IndexOf('{', StringComparison.Ordinal)..(text.LastIndexOf('}') + 1)], "a broken body");
    }

    sealed class Kept(Action<HttpRequestMessage> keep) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            keep(request);
            return Task.FromResult(new HttpResponseMessage());
        }
    }
}
