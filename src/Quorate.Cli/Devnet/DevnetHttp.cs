using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Quorate.Cli.Devnet;

/// <summary>What the devnet asks of a node on this machine: JSON-RPC, or plain JSON over HTTP.</summary>
sealed class DevnetHttp(HttpClient client, int port)
{
    /// <summary>Where the node listens.</summary>
    internal Uri Url { get; } = new($"http://127.0.0.1:{port}/");

    /// <summary>Calls a method of JSON-RPC 2.0 and returns its result.</summary>
    /// <exception cref="HttpRequestException">No answer, or an error as answer; the message is the node's.</exception>
    internal async Task<JsonNode?> CallAsync(string method, JsonArray parameters, CancellationToken cancellationToken)
    {
        var answer = await PostAsync("", new() { ["jsonrpc"] = "2.0", ["id"] = 1, ["method"] = method, ["params"] = parameters }, cancellationToken);
        return answer["error"] is { } error
            ? throw new HttpRequestException($"{method}: {error["message"]?.ToString() ?? error.ToJsonString()}")
            : answer["result"];
    }

    /// <summary>Posts JSON to a path below the node's and returns the JSON object that it answers.</summary>
    /// <exception cref="HttpRequestException">No answer, or not one of JSON; the message is the node's where it gives one.</exception>
    internal async Task<JsonObject> PostAsync(string path, JsonObject body, CancellationToken cancellationToken)
    {
        using var content = new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(new Uri(Url, path), content, cancellationToken);
        try
        {
            return await response.Content.ReadFromJsonAsync(FileJson.Default.JsonObject, cancellationToken)
                ?? throw new HttpRequestException($"{Url}{path} answers null.");
        }
        catch (JsonException e)
        {
            throw new HttpRequestException($"{Url}{path} answers {(int)response.StatusCode} and no JSON.", e);
        }
    }
}
