using System.Text.Json;
using System.Text.Json.Nodes;
using Quorate.Cli.Ceremonies;
using Quorate.Cli.Local;
using Quorate.Client.Signing;

namespace Quorate.Cli.Demo;

/// <summary>The wallet server's API as the story asks it: in JSON over HTTP, each request signed, as a partner in any language would.</summary>
sealed class DemoApi : IDisposable
{
    readonly RequestKey key;
    readonly HttpClient http;

    internal DemoApi(LocalPaths paths, LocalProfile profile)
    {
        var file = Path.Combine(paths.Root, profile.KeyFile);
        using var device = DeviceFile.Read(file).Open(file, () => null);
        using var seed = device.ExportSeed();
        key = RequestKey.Ed25519(profile.KeyId, seed.Expose());
        http = new(new RequestSigner(key, new HttpClientHandler { AllowAutoRedirect = false })) { BaseAddress = new(profile.Api), Timeout = TimeSpan.FromSeconds(60) };
    }

    internal Task<JsonObject> GetAsync(string path, CancellationToken cancellation) => SendAsync(HttpMethod.Get, path, null, cancellation);

    internal Task<JsonObject> PostAsync(string path, JsonObject body, CancellationToken cancellation) => SendAsync(HttpMethod.Post, path, body, cancellation);

    async Task<JsonObject> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            // Of its own for every request: nothing is sent twice here.
            request.Headers.Add("Idempotency-Key", Guid.CreateVersion7().ToString());
            request.Content = new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json");
        }
        try
        {
            using var response = await http.SendAsync(request, cancellation);
            var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellation)) as JsonObject;
            return response.IsSuccessStatusCode && answer is not null ? answer
                : throw new CliException($"{method} {path}: {(string?)answer?["detail"] ?? $"HTTP status {(int)response.StatusCode}"} [{(string?)answer?["code"]}]");
        }
        catch (Exception problem) when (problem is JsonException or HttpRequestException)
        {
            throw new CliException($"{method} {http.BaseAddress}{path.TrimStart('/')}: {problem.Message}");
        }
    }

    public void Dispose()
    {
        http.Dispose();
        key.Dispose();
    }
}
