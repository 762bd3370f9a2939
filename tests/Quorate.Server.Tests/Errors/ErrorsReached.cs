using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Quorate.Server.Tests.OpenApi;

namespace Quorate.Server.Tests.Errors;

/// <summary>
/// Asks servers for errors, and keeps the codes that they have answered: each as docs/errors.md has it, and as the document says
/// of the operation that was asked.
/// </summary>
sealed class ErrorsReached(OpenApiChecker checker)
{
    internal SortedSet<string> Codes { get; } = new(StringComparer.Ordinal);

    /// <summary>Sends a body and expects a code, or with an empty one an answer.</summary>
    internal async Task<JsonNode> PostAsync(HttpClient by, string code, string path, object body, string method = "POST", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new(method), path) { Content = body as HttpContent ?? JsonContent.Create(body) };
        return await SendAsync(by, code, request, headers);
    }

    /// <summary>Reads, and expects a code, or with an empty one an answer.</summary>
    internal async Task<JsonNode> GetAsync(HttpClient by, string code, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await SendAsync(by, code, request, headers);
    }

    async Task<JsonNode> SendAsync(HttpClient by, string code, HttpRequestMessage request, (string Name, string Value)[] headers)
    {
        foreach (var (name, value) in headers)
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        using var response = await by.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        if (code.Length == 0)
        {
            Assert.True(response.IsSuccessStatusCode, $"{request.Method} {request.RequestUri}: {text}");
            return JsonNode.Parse(text)!;
        }
        var row = Note(code, (int)response.StatusCode, text, $"{request.Method} {request.RequestUri}");
        // What no operation answers is not in the document.
        return row.Of is ["none"] ? JsonNode.Parse(text)! : await checker.CheckAsync(response);
    }

    /// <summary>Takes note of an answer that has come another way.</summary>
    internal ErrorPage.Row Note(string code, int status, string body, string what)
    {
        var row = ErrorPage.Rows.Single(r => r.Code == code);
        var problem = JsonNode.Parse(body);
        Assert.True((row.Status, code) == (status, (string?)problem?["code"]), string.Create(CultureInfo.InvariantCulture, $"{code} of {what}: {status} {body}"));
        if (row.IsRetryable is { } isRetryable)
            Assert.True(isRetryable == (bool?)problem!["retryable"], $"{code} of {what}: {body}");
        Codes.Add(code);
        return row;
    }
}
