using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Quorate.Chains.Ethereum;
using Quorate.Chains.Ethereum.Rpc;
using Quorate.Chains.JsonRpc;

namespace Quorate.Chains.Tests.Ethereum;

/// <summary>What a node may do wrong, and what comes of it.</summary>
public class RpcTests
{
    static readonly EthereumRpcOptions options = new() { RetryDelay = TimeSpan.Zero, Retries = 2, MaxBatch = 2, MaxResponseSize = 2000, Deadline = TimeSpan.FromMinutes(1) };
    static readonly JsonRpcCall call = new("eth_chainId", []);

    /// <summary>A node made of answers: each request takes the next one, the last one for ever.</summary>
    sealed class Script(params Func<JsonArray, CancellationToken, Task<HttpResponseMessage>>[] answers) : HttpMessageHandler
    {
        internal int Requests { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!.AsArray();
            return await answers[Math.Min(Requests++, answers.Length - 1)](body, cancellationToken);
        }
    }

    static Func<JsonArray, CancellationToken, Task<HttpResponseMessage>> Says(Func<JsonArray, string> body, HttpStatusCode status = HttpStatusCode.OK) =>
        (request, _) => Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(body(request), Encoding.UTF8, "application/json") });

    static readonly Func<JsonArray, CancellationToken, Task<HttpResponseMessage>> good = Says(request =>
        // In the reverse order, which is allowed.
        new JsonArray([.. request.Reverse().Select(c => new JsonObject { ["jsonrpc"] = "2.0", ["id"] = (int)c!["id"]!, ["result"] = (string?)c["params"]![0] ?? "0x1" })]).ToJsonString());

    static readonly Func<JsonArray, CancellationToken, Task<HttpResponseMessage>> broken = Says(_ => "", HttpStatusCode.BadGateway);

    static JsonRpcClient Client(Script script, EthereumRpcOptions? with = null) =>
        new(new HttpClient(script), new("http://127.0.0.1:1/"), (with ?? options).Limits, (with ?? options).MaxBatch, TimeProvider.System);

    [Fact]
    public async Task Answers_come_in_the_order_of_the_calls_whatever_the_batches()
    {
        var script = new Script(good);
        var calls = Enumerable.Range(0, 5).Select(i => new JsonRpcCall("echo", [$"0x{i}"])).ToArray();
        var answers = await Client(script).ReadAsync(calls, default);

        Assert.Equal(["0x0", "0x1", "0x2", "0x3", "0x4"], answers.Select(a => a.Result.GetString()));
        Assert.Equal(3, script.Requests);
    }

    [Fact]
    public async Task Reads_are_tried_again_and_writes_are_not()
    {
        var script = new Script(broken, broken, (_, _) => Task.FromException<HttpResponseMessage>(new HttpRequestException("refused")), good);
        Assert.Single(await Client(script, options with { Retries = 3 }).ReadAsync([call with { Parameters = ["0x1"] }], default));
        Assert.Equal(4, script.Requests);

        var once = new Script(broken, good);
        var failure = await Assert.ThrowsAsync<ChainException>(() => Client(once).WriteAsync(call, default));
        Assert.Equal((ChainError.Unavailable, true, 1), (failure.Error, failure.IsRetryable, once.Requests));
    }

    [Fact]
    public async Task Retries_end()
    {
        var script = new Script(broken);
        Assert.Equal(ChainError.Unavailable, (await Assert.ThrowsAsync<ChainException>(() => Client(script).ReadAsync([call], default))).Error);
        Assert.Equal(3, script.Requests);
    }

    [Fact]
    public async Task A_node_that_hangs_is_left_at_the_deadline()
    {
        var script = new Script(async (_, cancelled) =>
        {
            await Task.Delay(Timeout.Infinite, cancelled);
            return new();
        });
        // Long enough that every try begins before its deadline, on a busy machine too.
        var hasty = options with { Deadline = TimeSpan.FromMilliseconds(500), Retries = 1 };
        var failure = await Assert.ThrowsAsync<ChainException>(() => Client(script, hasty).ReadAsync([call], default));
        Assert.Equal((ChainError.Unavailable, 2), (failure.Error, script.Requests));
        using var cancel = new CancellationTokenSource(50);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Client(script).ReadAsync([call], cancel.Token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("[1]")]
    [InlineData("""[{"id":1,"result":"0x1"}]""")]
    [InlineData("""[{"id":-1,"result":"0x1"}]""")]
    [InlineData("""[{"id":"0","result":"0x1"}]""")]
    [InlineData("""[{"id":0}]""")]
    [InlineData("""[{"id":0,"error":{}}]""")]
    [InlineData("""[{"id":0,"result":"0x1"},{"id":0,"result":"0x1"}]""")]
    [InlineData("""[{"id":0,"id":0,"result":"0x1"}]""")]
    [InlineData("""{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"no batches"}}""")]
    public async Task An_answer_that_can_not_be_is_a_bad_node(string body)
    {
        var script = new Script(Says(_ => body));
        Assert.Equal(ChainError.BadNode, (await Assert.ThrowsAsync<ChainException>(() => Client(script).ReadAsync([call], default))).Error);
        Assert.Equal(1, script.Requests);
    }

    [Fact]
    public async Task An_answer_without_end_is_not_read_to_its_end()
    {
        var failure = await Assert.ThrowsAsync<ChainException>(() => Client(new(Says(_ => new string(' ', 3000)))).ReadAsync([call], default));
        Assert.Equal(ChainError.BadNode, failure.Error);
        Assert.Contains("2000 bytes", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("insufficient funds for gas * price + value", ChainError.InsufficientFunds)]
    [InlineData("nonce too low: next nonce 5, tx nonce 4", ChainError.Stale)]
    [InlineData("replacement transaction underpriced", ChainError.FeeTooLow)]
    [InlineData("max fee per gas less than block base fee", ChainError.FeeTooLow)]
    [InlineData("tx fee (2.00 ether) exceeds the configured cap (1.00 ether)", ChainError.FeeTooHigh)]
    [InlineData("intrinsic gas too low", ChainError.Rejected)]
    [InlineData("unknown transaction type", ChainError.Rejected)]
    [InlineData("rate limit exceeded", ChainError.Unavailable)]
    public async Task Refusals_have_a_kind_that_a_program_can_act_on(string message, ChainError kind)
    {
        var wrong = new JsonObject { ["code"] = -32000, ["message"] = message };
        var script = new Script(Says(request => request[0]!["method"]!.GetValue<string>() == "eth_chainId"
            ? """[{"id":0,"result":"0x1"}]"""
            : request[0]!["method"]!.GetValue<string>() == "eth_sendRawTransaction"
                ? new JsonArray(new JsonObject { ["id"] = 0, ["error"] = wrong.DeepClone() }).ToJsonString()
                : """[{"id":0,"result":null}]"""));
        var chain = new EthereumChain(new(1), new HttpClient(script), new("http://127.0.0.1:1/"), rpc: options);
        var signed = Hex.Bytes(EipVectors.Read("eip155").GetProperty("signed"));

        Assert.Equal(kind, (await Assert.ThrowsAsync<ChainException>(() => chain.BroadcastAsync(signed, default))).Error);
    }

    [Theory]
    [InlineData("already known", false)]
    [InlineData("ALREADY_EXISTS: already known", false)]
    [InlineData("transaction already imported", false)]
    [InlineData("nonce too low", true)]
    public async Task What_the_network_knows_already_is_a_success(string message, bool isMined)
    {
        var id = "0x33469b22e9f636356c4160a87eb19df52b7412e8eac32a4a55ffe88ea8350788";
        var script = new Script(Says(request => request[0]!["method"]!.GetValue<string>() switch
        {
            "eth_chainId" => """[{"id":0,"result":"0x1"}]""",
            "eth_sendRawTransaction" => new JsonArray(new JsonObject { ["id"] = 0, ["error"] = new JsonObject { ["code"] = -32000, ["message"] = message } }).ToJsonString(),
            "eth_getTransactionByHash" when isMined && (string?)request[0]!["params"]![0] == id => """[{"id":0,"result":{"hash":"0x"}}]""",
            _ => """[{"id":0,"result":null}]""",
        }));
        var chain = new EthereumChain(new(1), new HttpClient(script), new("http://127.0.0.1:1/"), rpc: options);

        Assert.Equal(id, await chain.BroadcastAsync(Hex.Bytes(EipVectors.Read("eip155").GetProperty("signed")), default));
    }

    [Fact]
    public async Task Unsigned_bytes_and_other_chains_are_not_broadcast()
    {
        var script = new Script(good);
        var chain = new EthereumChain(new(5), new HttpClient(script), new("http://127.0.0.1:1/"), rpc: options);
        var v = EipVectors.Read("eip155");

        await Assert.ThrowsAsync<FormatException>(() => chain.BroadcastAsync(Hex.Bytes(v.GetProperty("signed")), default));
        await Assert.ThrowsAsync<FormatException>(() => chain.BroadcastAsync(Hex.Bytes(v.GetProperty("signingData")), default));
        await Assert.ThrowsAsync<FormatException>(() => chain.GetStatusAsync("0x12", default));
        Assert.Equal(0, script.Requests);
    }
}
