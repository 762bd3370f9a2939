using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Quorate.Server.Tests.Api;

/// <summary>Calls in JSON, with the status that is expected and the answer as it came.</summary>
static class ApiCalls
{
    internal static async Task<JsonObject> SendAsync(
        this HttpClient http, HttpMethod method, string path, JsonObject? body = null, HttpStatusCode status = HttpStatusCode.OK, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = body is null ? null : JsonContent.Create(body) };
        foreach (var (name, value) in headers)
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        using var response = await http.SendAsync(request);
        var answer = (await response.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.True(response.StatusCode == status, $"{method} {path}: {response.StatusCode}: {answer}");
        return answer;
    }

    internal static Task<JsonObject> ReadAsync(this HttpClient http, string path) => http.SendAsync(HttpMethod.Get, path);

    internal static string Text(this JsonNode? node) => node!.GetValue<string>();

    /// <summary>Asks until the answer is as it should be, for at most half a minute.</summary>
    internal static async Task<JsonObject> UntilAsync(this HttpClient http, string path, Func<JsonObject, bool> isThere)
    {
        for (var tries = 0; ; tries++)
        {
            var answer = await http.ReadAsync(path);
            if (isThere(answer) || tries == 300)
                return answer;
            await Task.Delay(100);
        }
    }
}
