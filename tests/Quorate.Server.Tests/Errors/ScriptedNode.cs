using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Quorate.Server.Tests.Errors;

/// <summary>A chain's node on loopback whose every answer is set: JSON-RPC, one or many calls at a time.</summary>
sealed class ScriptedNode : IDisposable
{
    readonly HttpListener listener = new();
    readonly Dictionary<string, string> results = new(StringComparer.Ordinal)
    {
        ["eth_chainId"] = "\"0x7a69\"", ["eth_getBalance"] = "\"0x1bc16d674ec80000\"", ["eth_estimateGas"] = "\"0x5208\"", ["eth_getTransactionCount"] = "\"0x0\"",
        ["eth_blockNumber"] = "\"0x10\"", ["eth_feeHistory"] = """{"baseFeePerGas":["0x1","0x1"],"reward":[["0x1"]]}""", ["eth_getTransactionByHash"] = "null",
        ["eth_getTransactionReceipt"] = "null",
    };
    readonly Dictionary<string, string> refusals = new(StringComparer.Ordinal);

    internal ScriptedNode()
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Url = new($"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/");
        }
        listener.Prefixes.Add(Url.ToString());
        listener.Start();
        _ = AnswerAsync();
    }

    internal Uri Url { get; }

    /// <summary>From now on a method answers this.</summary>
    internal ScriptedNode Says(string method, string result)
    {
        lock (results)
            (results[method], _) = (result, refusals.Remove(method));
        return this;
    }

    /// <summary>From now on a method is refused so.</summary>
    internal ScriptedNode Refuses(string method, string message, int code = -32000)
    {
        lock (results)
            refusals[method] = new JsonObject { ["code"] = code, ["message"] = message }.ToJsonString();
        return this;
    }

    async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                var context = await listener.GetContextAsync();
                using var reader = new StreamReader(context.Request.InputStream);
                var asked = JsonNode.Parse(await reader.ReadToEndAsync())!;
                var answer = asked is JsonArray many ? $"[{string.Join(',', many.Select(Of))}]" : Of(asked);
                context.Response.ContentType = "application/json";
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(answer));
                context.Response.Close();
            }
        }
        catch (Exception over) when (over is HttpListenerException or ObjectDisposedException)
        {
        }
    }

    string Of(JsonNode? call)
    {
        var (id, method) = (call!["id"]!.ToJsonString(), (string)call["method"]!);
        lock (results)
            return refusals.TryGetValue(method, out var refusal) ? $$"""{"jsonrpc":"2.0","id":{{id}},"error":{{refusal}} }"""
                : results.TryGetValue(method, out var result) ? $$"""{"jsonrpc":"2.0","id":{{id}},"result":{{result}} }"""
                : $$"""{"jsonrpc":"2.0","id":{{id}},"error":{"code":-32601,"message":"no {{method}} here"} }""";
    }

    public void Dispose() => ((IDisposable)listener).Dispose();
}
