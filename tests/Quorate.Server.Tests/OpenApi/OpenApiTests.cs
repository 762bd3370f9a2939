using System.Net;
using System.Text.Json.Nodes;
using Quorate.Server.Tests.Api;
using Quorate.Testing;

namespace Quorate.Server.Tests.OpenApi;

/// <summary>docs/openapi.json is what follows from the services, is served, and is answered.</summary>
public sealed class OpenApiTests(ApiServer server) : IClassFixture<ApiServer>
{
    static readonly string page = Repository.PathOf("docs/openapi.json");

    [Fact]
    public void The_document_is_what_follows_from_the_definitions()
    {
        var text = OpenApiDocument.Text();
        if (Environment.GetEnvironmentVariable("QUORATE_WRITE_DOCS") is not null)
            File.WriteAllText(page, text);
        Assert.Equal(text, File.ReadAllText(page));
    }

    [Fact]
    public void Every_comment_of_a_method_and_a_field_has_come_over()
    {
        var text = File.ReadAllText(page);
        foreach (var file in Directory.GetFiles(Repository.PathOf("proto/quorate/v1"), "*.proto"))
        {
            var lines = File.ReadAllLines(file);
            var last = lines.Index().Where(l => l.Item.StartsWith("  // ", StringComparison.Ordinal) && !lines[l.Index + 1].TrimStart().StartsWith("//", StringComparison.Ordinal));
            foreach (var (_, comment) in last.Where(_ => !file.EndsWith("access.proto", StringComparison.Ordinal)))
                Assert.Contains(comment.Trim()[3..].Replace("\"", "\\\"", StringComparison.Ordinal), text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_binding_is_one_operation_of_its_own()
    {
        var document = JsonNode.Parse(File.ReadAllText(page))!["paths"]!.AsObject();
        var named = document.SelectMany(p => p.Value!.AsObject().Select(o => (Method: o.Key.ToUpperInvariant(), Path: p.Key, Id: o.Value!["operationId"]!.GetValue<string>()))).ToArray();
        Assert.Equal(named.Length, named.Select(n => n.Id).Distinct().Count());
        Assert.Equal(
            Operation.All.Select(o => (o.Binding.HttpMethod, o.Path, o.Id)).Order(),
            named.Select(n => (n.Method, n.Path, n.Id)).Order());
    }

    [Fact]
    public async Task Anybody_gets_the_document_from_the_server()
    {
        using var http = new HttpClient { BaseAddress = server.Json };
        var served = JsonNode.Parse(await http.GetStringAsync(new Uri("/v1/openapi.json", UriKind.Relative)));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(File.ReadAllText(page)), served));
    }

    [Fact]
    public async Task The_server_answers_every_operation_by_name_and_what_the_document_has_not_is_not_there()
    {
        using var http = server.Http();
        foreach (var operation in Operation.All)
        {
            var path = System.Text.RegularExpressions.Regex.Replace(operation.Path, @"\{\w+\}", "none");
            using var response = await SendAsync(http, operation.Binding.HttpMethod, path);
            Assert.False(response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed || (int)response.StatusCode >= 500, $"{operation.Id}: {response.StatusCode}");
            // The document says of every answer that there is one.
            var responses = JsonNode.Parse(File.ReadAllText(page))!["paths"]![operation.Path]![operation.Binding.HttpMethod.ToLowerInvariant()]!["responses"]!;
            Assert.NotNull(responses[$"{(int)response.StatusCode}"]);

            var others = Operation.All.Where(o => o.Path == operation.Path).Select(o => o.Binding.HttpMethod).ToArray();
            foreach (var method in (string[])["GET", "POST", "PUT", "PATCH", "DELETE"])
            {
                if (others.Contains(method))
                    continue;
                using var wrong = await SendAsync(http, method, path);
                // GET /v1/vaults/{vault}:freeze is a vault of another name.
                Assert.True(wrong.StatusCode is HttpStatusCode.MethodNotAllowed || (operation.Path.Contains(':', StringComparison.Ordinal) && wrong.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.NotFound),
                    $"{method} {path}: {wrong.StatusCode}");
            }
        }
        using var nothing = await http.GetAsync(new Uri("/v1/nothing", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, nothing.StatusCode);
    }

    static async Task<HttpResponseMessage> SendAsync(HttpClient http, string method, string path)
    {
        using var request = new HttpRequestMessage(new(method), path);
        if (method is "POST" or "PUT" or "PATCH")
            request.Content = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
        // A stream has no end.
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}
