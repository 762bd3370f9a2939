using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Quorate.Server.Recording;

namespace Quorate.Server.Tests.OpenApi;

/// <summary>docs/openapi.json (OpenAPI 3.1) as it follows from the services, their comments, and docs/errors.md.</summary>
static class OpenApiDocument
{
    const string Json = "application/json", Problem = "application/problem+json";

    static readonly JsonSerializerOptions indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static string Text()
    {
        var (comments, operations) = (new ProtoComments(), Operation.All);
        var schemas = new MessageSchemas(comments, operations.Select(o => o.Method));
        var paths = new JsonObject();
        foreach (var path in operations.GroupBy(o => o.Path).OrderBy(p => p.Key, StringComparer.Ordinal))
            paths[path.Key] = new JsonObject(path.Select(o => KeyValuePair.Create<string, JsonNode?>(o.Binding.HttpMethod.ToLowerInvariant(), Of(o, schemas, comments))));
        var document = new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Quorate", ["version"] = "1", ["license"] = new JsonObject { ["name"] = "Apache-2.0", ["identifier"] = "Apache-2.0" },
                ["description"] = "A self-hosted wallet platform whose keys are shared among nodes. The same methods answer gRPC: proto/quorate/v1. Guide: docs/api.md.",
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/", ["description"] = "The address that serves this document." }),
            ["security"] = new JsonArray(new JsonObject { ["signature"] = new JsonArray(), ["signatureInput"] = new JsonArray(), ["contentDigest"] = new JsonArray() }),
            ["tags"] = new JsonArray([.. operations.Select(o => o.Method.Service).Distinct().Select(s => new JsonObject
            {
                ["name"] = s.Name, ["description"] = comments.Of(s.FullName) ?? comments.OfFile(s.FullName),
            })]),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = new JsonObject(schemas.All.Select(s => KeyValuePair.Create(s.Key, (JsonNode?)s.Value)).Append(new("Problem", Shared("problem")))),
                ["parameters"] = Shared("parameters"), ["headers"] = Shared("headers"), ["securitySchemes"] = Shared("securitySchemes"),
            },
        };
        return document.ToJsonString(indented).ReplaceLineEndings("\n") + "\n";
    }

    static JsonNode Shared(string name) => JsonNode.Parse(OpenApiParts.Text)![name]!.DeepClone();

    static JsonObject Of(Operation operation, MessageSchemas schemas, ProtoComments comments)
    {
        var method = operation.Method;
        var made = new JsonObject { ["operationId"] = operation.Id, ["tags"] = new JsonArray(method.Service.Name) };
        if (comments.Of(method.FullName) is { } comment)
            made["description"] = comment;
        if (operation.Access.Anonymous)
            made["security"] = new JsonArray();
        made["x-roles"] = new JsonArray([.. operation.Access.Roles.Select(r => JsonValue.Create(SnakeCase.Text(r)))]);
        made["x-cost"] = SnakeCase.Text(operation.Access.Cost);
        if (Parameters(operation, schemas) is { Count: > 0 } parameters)
            made["parameters"] = parameters;
        if (Body(operation, schemas) is { } body)
            made["requestBody"] = body;
        made["responses"] = Responses(operation, schemas);
        return made;
    }

    static JsonArray Parameters(Operation operation, MessageSchemas schemas)
    {
        var made = new JsonArray();
        foreach (var (_, fields) in operation.Binding.Variables)
            made.Add(Parameter(Operation.Name(fields), "path", schemas.Of(fields[^1])));
        foreach (var fields in operation.Query)
            made.Add(Parameter(Operation.Name(fields), "query", schemas.Of(fields[^1])));
        void Header(string name) => made.Add(new JsonObject { ["$ref"] = $"#/components/parameters/{name}" });
        if (operation.IsChange)
            Header(operation.Access.NeedsIdempotencyKey ? "IdempotencyKeyRequired" : "IdempotencyKey");
        if (TakesIfMatch(operation))
            Header("IfMatch");
        if (Waits.Contains(operation.Method.Name))
            Header("Prefer");
        if (operation.Method.IsServerStreaming)
            Header("LastEventId");
        return made;
    }

    /// <summary>Methods whose answer waits for a transfer that is on its way, where the caller prefers that.</summary>
    internal static IReadOnlySet<string> Waits { get; } = new HashSet<string>
    {
        "CreateTransfer", "CreateTransaction", "CreateSignature", "GetTransfer", "ApproveTransfer", "CancelTransfer", "SpeedUpTransfer", "AccelerateTransfer",
    };

    // The page of errors says which methods compare versions.
    static bool TakesIfMatch(Operation operation) => ErrorPage.Rows.Single(r => r.Code == "version_mismatch").IsOf(operation);

    static JsonObject Parameter(string name, string place, JsonObject schema)
    {
        var made = new JsonObject { ["name"] = name, ["in"] = place };
        if (place == "path")
            made["required"] = true;
        if (schema["description"] is { } description)
        {
            schema.Remove("description");
            made["description"] = description;
        }
        made["schema"] = schema;
        return made;
    }

    static JsonObject? Body(Operation operation, MessageSchemas schemas)
    {
        if (!operation.Binding.IsWholeBody && operation.Binding.BodyField is null)
            return null;
        var schema = operation.Binding.BodyField is { } field ? schemas.Of(field) : schemas.Body(operation);
        return new()
        {
            ["required"] = operation.Binding.BodyField is not null || operation.BodyFields.Any(), ["content"] = new JsonObject { [Json] = new JsonObject { ["schema"] = schema } },
        };
    }

    static JsonObject Responses(Operation operation, MessageSchemas schemas)
    {
        var output = operation.Binding.ResponseField is { } field ? schemas.Of(field) : schemas.Of(operation.Method.OutputType);
        var success = new JsonObject { ["description"] = operation.SuccessStatus == 201 ? "Made." : operation.Method.IsServerStreaming ? "Events, as they come." : "Done." };
        var headers = new JsonObject();
        if (operation.IsChange)
            headers["Idempotency-Replayed"] = HeaderRef("IdempotencyReplayed");
        if (operation.HasVersion)
            headers["ETag"] = HeaderRef("ETag");
        if (!operation.Access.Anonymous)
            (headers["RateLimit-Policy"], headers["RateLimit"]) = (HeaderRef("RateLimitPolicy"), HeaderRef("RateLimit"));
        if (Waits.Contains(operation.Method.Name))
            headers["Preference-Applied"] = HeaderRef("PreferenceApplied");
        if (headers.Count > 0)
            success["headers"] = headers;
        success["content"] = operation.Method.IsServerStreaming
            ? new JsonObject { ["text/event-stream"] = EventStream(output) }
            : new JsonObject { [Json] = new JsonObject { ["schema"] = output } };
        var responses = new JsonObject { [$"{operation.SuccessStatus}"] = success };
        foreach (var status in ErrorPage.Rows.Where(r => r.IsOf(operation)).GroupBy(r => r.Status).OrderBy(s => s.Key))
        {
            var error = new JsonObject { ["description"] = string.Join(", ", status.Select(r => $"`{r.Code}`")) + "." };
            var also = new JsonObject();
            if (status.Any(r => r.Code is "idempotency_key_in_use" or "limit_exceeded" or "limiter_unavailable"))
                also["Retry-After"] = HeaderRef("RetryAfter");
            // Who is not known is charged to nothing, but for being that too often.
            if (!operation.Access.Anonymous && status.Key != 401)
                (also["RateLimit-Policy"], also["RateLimit"]) = (HeaderRef("RateLimitPolicy"), HeaderRef("RateLimit"));
            if (also.Count > 0)
                error["headers"] = also;
            error["content"] = ProblemContent();
            error["x-codes"] = new JsonArray([.. status.Select(r => JsonValue.Create(r.Code))]);
            responses[$"{status.Key}"] = error;
        }
        responses["default"] = new JsonObject { ["description"] = "Whatever else went wrong.", ["content"] = ProblemContent() };
        return responses;
    }

    // OpenAPI 3.1 has no word for what a stream consists of; 3.2 calls it itemSchema, and this is one.
    static JsonObject EventStream(JsonObject data)
    {
        JsonObject Data(JsonNode of) => new() { ["type"] = "string", ["contentMediaType"] = Json, ["contentSchema"] = of };
        return new()
        {
            ["schema"] = new JsonObject
            {
                ["type"] = "string",
                ["description"] = "Server-sent events (HTML Standard). While nothing happens a comment comes now and then. What ends the stream otherwise than by its connection is an event named error, whose data is a problem.",
            },
            ["x-item-schema"] = new JsonObject
            {
                ["oneOf"] = new JsonArray(
                    new JsonObject
                    {
                        ["type"] = "object", ["required"] = new JsonArray("id", "data"),
                        ["properties"] = new JsonObject { ["id"] = new JsonObject { ["type"] = "string", ["description"] = "To go on after: Last-Event-ID." }, ["data"] = Data(data) },
                    },
                    new JsonObject
                    {
                        ["type"] = "object", ["required"] = new JsonArray("event", "data"),
                        ["properties"] = new JsonObject { ["event"] = new JsonObject { ["const"] = "error" }, ["data"] = Data(new JsonObject { ["$ref"] = "#/components/schemas/Problem" }) },
                    }),
            },
        };
    }

    static JsonObject ProblemContent() => new() { [Problem] = new JsonObject { ["schema"] = new JsonObject { ["$ref"] = "#/components/schemas/Problem" } } };

    static JsonObject HeaderRef(string name) => new() { ["$ref"] = $"#/components/headers/{name}" };
}
