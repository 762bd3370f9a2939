using System.Text.Json.Nodes;
using Quorate.Testing;
using Quorate.Testing.Interop;

namespace Quorate.Server.Tests.OpenApi;

/// <summary>Validators that others have written, over docs/openapi.json: tests/interop/openapi/check.mjs.</summary>
public sealed class OpenApiChecker : IDisposable
{
    readonly JsonLineProcess node = new("node", Repository.PathOf("tests/interop/openapi/check.mjs"), TimeSpan.FromMinutes(1));

    /// <summary>Operations whose answers were checked, by name, with the status.</summary>
    internal HashSet<(string Operation, int Status)> Seen { get; } = [];

    /// <summary>What is wrong with the document.</summary>
    internal (bool IsValid, string Errors) Document()
    {
        var result = node.Call("document", [])!;
        return (result["valid"]!.GetValue<bool>(), result["errors"]!.ToJsonString());
    }

    /// <summary>Asserts that an answer is as the document has it.</summary>
    internal async Task<JsonNode> CheckAsync(HttpResponseMessage response)
    {
        var (request, body) = (response.RequestMessage!, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
        var result = node.Call("answer", new()
        {
            ["method"] = request.Method.Method, ["path"] = request.RequestUri!.AbsolutePath, ["status"] = (int)response.StatusCode,
            ["type"] = response.Content.Headers.ContentType!.MediaType,
            ["headers"] = new JsonObject(response.Headers.Select(h => KeyValuePair.Create<string, JsonNode?>(h.Key.ToLowerInvariant(), string.Join(", ", h.Value)))),
            ["body"] = body.DeepClone(),
        })!;
        var problems = result["problems"]!.AsArray();
        Assert.True(problems.Count == 0, $"{request.Method} {request.RequestUri.PathAndQuery}: {(int)response.StatusCode} {body}\n{problems}");
        Seen.Add((result["operation"]!.GetValue<string>(), (int)response.StatusCode));
        return body;
    }

    public void Dispose() => node.Dispose();
}
