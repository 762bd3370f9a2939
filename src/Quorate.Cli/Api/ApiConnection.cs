using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Quorate.Cli.Ceremonies;
using Quorate.Client.Signing;
using Quorate.Cryptography.Secrets;

namespace Quorate.Cli.Api;

/// <summary>The wallet server's API from a shell: where it is, and the key that signs what is asked of it.</summary>
sealed class ApiConnection : IDisposable
{
    static readonly TimeSpan patience = TimeSpan.FromSeconds(60);

    readonly RequestKey key;
    readonly HttpClient http;

    ApiConnection(Uri address, RequestKey key)
    {
        this.key = key;
        http = new(new RequestSigner(key, new HttpClientHandler { AllowAutoRedirect = false })) { BaseAddress = address, Timeout = patience };
    }

    internal static Option<string> Url { get; } = new("--api") { Description = "The API's address for JSON: http://127.0.0.1:7081.", Required = true };

    internal static Option<string> KeyId { get; } = new("--key-id") { Description = "The API key's id, as `quorate server key add` printed it.", Required = true };

    internal static Option<FileInfo> KeyFile { get; } = new("--api-key") { Description = "The device file whose key signs the requests.", Required = true };

    internal static ApiConnection Open(ParseResult parsed)
    {
        var text = parsed.GetValue(Url)!;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new CliException($"{text} is no http or https address.");
        return Open(address, parsed.GetValue(KeyId)!, parsed.GetValue(KeyFile)!.FullName, () => Passphrase.Read(parsed, isNew: false));
    }

    /// <summary>The API at an address, with the key of a device file.</summary>
    internal static ApiConnection Open(Uri address, string keyId, string keyFile, Func<SecretBytes?> passphrase)
    {
        using var device = DeviceFile.Read(keyFile).Open(keyFile, passphrase);
        using var seed = device.ExportSeed();
        return new(address, RequestKey.Ed25519(keyId, seed.Expose()));
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
            var text = await response.Content.ReadAsStringAsync(cancellation);
            var answer = JsonNode.Parse(text) as JsonObject ?? throw new CliException($"{http.BaseAddress}: the answer is no JSON object.");
            return response.IsSuccessStatusCode ? answer : throw new CliException($"{(string?)answer["detail"]} [{(string?)answer["code"]}]");
        }
        catch (JsonException)
        {
            throw new CliException($"{http.BaseAddress}: the answer is no JSON.");
        }
        catch (HttpRequestException away)
        {
            throw new CliException($"{http.BaseAddress}: {away.Message}");
        }
    }

    public void Dispose()
    {
        http.Dispose();
        key.Dispose();
    }
}
