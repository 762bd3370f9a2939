using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Quorate.Chains.JsonRpc;

/// <summary>One call of a method.</summary>
sealed record JsonRpcCall(string Method, JsonArray Parameters);

/// <summary>What a call came to: a result, or the node's refusal.</summary>
readonly record struct JsonRpcAnswer(JsonElement Result, JsonRpcError? Error);

/// <summary>A node's refusal, with what its "data" says, if anything.</summary>
sealed record JsonRpcError(long Code, string Message, JsonElement? Data);

/// <summary>
/// JSON-RPC 2.0 over HTTP: several calls in one request, a deadline for each try, answers of bounded size, and retries for
/// calls that only read.
/// </summary>
/// <param name="http">Whose own timeout is longer than the limits'.</param>
/// <param name="node">The node's endpoint.</param>
/// <param name="limits">How long to wait, how much to take, how often to ask again.</param>
/// <param name="maxBatch">Most calls in one request.</param>
/// <param name="time">The clock of deadlines and retries.</param>
sealed class JsonRpcClient(HttpClient http, Uri node, NodeLimits limits, int maxBatch, TimeProvider time)
{
    static readonly MediaTypeHeaderValue json = new("application/json");

    readonly NodeHttp transport = new(http, node, limits, time);

    /// <summary>The answers of calls that only read, in the order of the calls.</summary>
    /// <exception cref="ChainException">The node does not answer, or not as it must.</exception>
    internal async Task<JsonRpcAnswer[]> ReadAsync(IReadOnlyList<JsonRpcCall> calls, CancellationToken cancellationToken)
    {
        var answers = new List<JsonRpcAnswer>(calls.Count);
        foreach (var batch in calls.Chunk(maxBatch))
            answers.AddRange(await transport.RetryAsync(() => SendAsync(batch, cancellationToken), _ => false, cancellationToken).ConfigureAwait(false));
        return [.. answers];
    }

    /// <summary>The answer of a call that may change something: tried once.</summary>
    /// <exception cref="ChainException">The node does not answer, or not as it must.</exception>
    internal async Task<JsonRpcAnswer> WriteAsync(JsonRpcCall call, CancellationToken cancellationToken) =>
        (await SendAsync([call], cancellationToken).ConfigureAwait(false))[0];

    async Task<JsonRpcAnswer[]> SendAsync(JsonRpcCall[] batch, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, node) { Content = new ByteArrayContent(Write(batch)) };
        request.Content.Headers.ContentType = json;
        var (status, body) = await transport.OnceAsync(request, batch.Length == 1 || batch.All(c => c.Method == batch[0].Method) ? batch[0].Method : "batch", batch.Length, cancellationToken).ConfigureAwait(false);
        return (int)status is 429 or >= 500
            ? throw new ChainException(ChainError.Unavailable, $"The node answers {(int)status}.")
            : Read(body, batch.Length);
    }

    static byte[] Write(JsonRpcCall[] batch)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            for (var i = 0; i < batch.Length; i++)
            {
                writer.WriteStartObject();
                writer.WriteString("jsonrpc", "2.0");
                writer.WriteNumber("id", i);
                writer.WriteString("method", batch[i].Method);
                writer.WritePropertyName("params");
                batch[i].Parameters.WriteTo(writer);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        }
        return buffer.ToArray();
    }

    static JsonRpcAnswer[] Read(byte[] body, int count)
    {
        var root = NodeJson.Parse(body);
        // A node that does not take the request at all answers with one object.
        if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("error", out var all))
        {
            var error = ReadError(all);
            throw new ChainException(ChainError.BadNode, $"The node refuses the request: {error.Message} ({error.Code}).");
        }
        if (root.ValueKind != JsonValueKind.Array || root.GetArrayLength() != count)
            throw Bad($"not {count} answers for {count} calls");
        var answers = new JsonRpcAnswer?[count];
        foreach (var item in root.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("id", out var id) || id.ValueKind != JsonValueKind.Number
                || !id.TryGetInt32(out var index) || index < 0 || index >= count || answers[index] is not null)
                throw Bad("answers that belong to no call");
            answers[index] = item.TryGetProperty("error", out var error)
                ? new(default, ReadError(error))
                : item.TryGetProperty("result", out var result) ? new(result, null) : throw Bad("neither a result nor an error");
        }
        return [.. answers.Select(a => a!.Value)];
    }

    static JsonRpcError ReadError(JsonElement error) =>
        error.ValueKind == JsonValueKind.Object
            && error.TryGetProperty("code", out var code) && code.ValueKind == JsonValueKind.Number && code.TryGetInt64(out var number)
            && error.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String
            ? new(number, message.GetString()!, NodeJson.Optional(error, "data"))
            : throw Bad("an error without code and message");

    static ChainException Bad(string what) => new(ChainError.BadNode, $"The node answers {what}.");
}
