using System.Net;
using Quorate.Chains.Bitcoin;

namespace Quorate.Chains.Tests.Bitcoin;

/// <summary>Both adapters against nodes that are slow, wrong, hostile or gone.</summary>
public class NodeTests
{
    const string Hash = "00000000000000000000000000000000000000000000000000000000000000aa";
    static readonly Uri url = new("http://node.invalid/api/");
    static readonly NodeLimits limits = new() { Timeout = TimeSpan.FromMinutes(1), RetryDelay = TimeSpan.FromMilliseconds(1), MaxAnswerBytes = 10_000 };
    static readonly byte[] script = OutputScript.Witness(0, new byte[20]);

    [Fact]
    public async Task A_read_is_tried_again_and_then_given_up()
    {
        using var fake = new FakeNode((_, _, n) => n < 3 ? throw new HttpRequestException("gone") : FakeNode.Ok("7"));
        await Assert.ThrowsAsync<ChainException>(() => Esplora(fake).GetBlockHashAsync(7, default));
        using var down = new FakeNode((_, _, _) => FakeNode.With(HttpStatusCode.ServiceUnavailable, "busy"));

        var error = await Assert.ThrowsAsync<ChainException>(() => Esplora(down).GetTipAsync(default));

        Assert.Equal(ChainError.Unavailable, error.Error);
        Assert.True(error.IsRetryable);
        Assert.Equal(3, down.Requests.Count);
        Assert.Equal(3, fake.Requests.Count);
    }

    [Fact]
    public async Task A_broadcast_is_sent_once()
    {
        using var fake = new FakeNode((_, _, _) => FakeNode.With(HttpStatusCode.ServiceUnavailable, ""));
        Assert.Equal(ChainError.Unavailable, (await Assert.ThrowsAsync<ChainException>(() => Esplora(fake).SendAsync(new byte[10], default))).Error);
        Assert.Single(fake.Requests);
        using var core = new FakeNode((_, _, _) => throw new HttpRequestException("gone"));
        Assert.Equal(ChainError.Unavailable, (await Assert.ThrowsAsync<ChainException>(() => Core(core).SendAsync(new byte[10], default))).Error);
        Assert.Single(core.Requests);
    }

    [Fact]
    public async Task A_node_that_does_not_answer_is_not_waited_for()
    {
        using var fake = new FakeNode((_, _, _) => new(HttpStatusCode.Processing));
        // Long enough that every try begins before its deadline, on a busy machine too.
        var hasty = limits with { Timeout = TimeSpan.FromMilliseconds(500) };
        var error = await Assert.ThrowsAsync<ChainException>(() => Esplora(fake, hasty).GetTipAsync(default));
        Assert.Equal((ChainError.Unavailable, 3), (error.Error, fake.Requests.Count));

        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Esplora(fake).GetTipAsync(cancelled.Token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[{}]")]
    [InlineData("[{\"txid\":\"aa\",\"vout\":0,\"value\":1,\"status\":{\"confirmed\":true}}]")]
    [InlineData("[{\"txid\":\"" + Hash + "\",\"vout\":-1,\"value\":1,\"status\":{\"confirmed\":true}}]")]
    [InlineData("[{\"txid\":\"" + Hash + "\",\"vout\":0,\"value\":2100000000000001,\"status\":{\"confirmed\":true}}]")]
    [InlineData("[{\"txid\":\"" + Hash + "\",\"vout\":0,\"value\":1.5,\"status\":{\"confirmed\":true}}]")]
    [InlineData("[{\"txid\":\"" + Hash + "\",\"vout\":0,\"value\":1,\"status\":{\"confirmed\":1}}]")]
    public async Task An_answer_of_another_shape_is_a_bad_node(string body)
    {
        using var fake = new FakeNode((_, _, _) => FakeNode.Ok(body));
        Assert.Equal(ChainError.BadNode, (await Assert.ThrowsAsync<ChainException>(() => Esplora(fake).GetUnspentAsync([script], default))).Error);
    }

    [Fact]
    public async Task An_answer_beyond_bounds_is_not_read()
    {
        using var fake = new FakeNode((_, _, _) => FakeNode.Ok(new string('1', 10_001)));
        Assert.Equal(ChainError.BadNode, (await Assert.ThrowsAsync<ChainException>(() => Esplora(fake).GetTipAsync(default))).Error);
        Assert.Single(fake.Requests);
    }

    [Fact]
    public async Task Another_transaction_than_the_one_asked_for_is_a_bad_node()
    {
        var transaction = new BitcoinTransaction(2, [new(new(default, 1), 0)], [new(1, new byte[1])], 0);
        using var fake = new FakeNode((_, _, _) => new(HttpStatusCode.OK) { Content = new ByteArrayContent(transaction.Encode()) });
        Assert.Equal(transaction.Id, (await Esplora(fake).GetTransactionAsync(transaction.Id, default))!.Id);
        Assert.Equal(ChainError.BadNode, (await Assert.ThrowsAsync<ChainException>(() => Esplora(fake).GetTransactionAsync(TxId.Parse(Hash), default))).Error);
    }

    [Theory]
    [InlineData("bad-txns-inputs-missingorspent", ChainError.Stale)]
    [InlineData("txn-mempool-conflict", ChainError.Stale)]
    [InlineData("insufficient fee, rejecting replacement abc; new feerate 0.00001 <= old", ChainError.FeeTooLow)]
    [InlineData("min relay fee not met, 0 < 141", ChainError.FeeTooLow)]
    [InlineData("mempool min fee not met", ChainError.FeeTooLow)]
    [InlineData("dust", ChainError.Dust)]
    [InlineData("Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate), max-fee-exceeded", ChainError.FeeTooHigh)]
    [InlineData("mandatory-script-verify-flag-failed (Signature must be zero for failed CHECK(MULTI)SIG operation)", ChainError.Rejected)]
    public async Task A_refusal_says_what_to_do(string reason, ChainError error)
    {
        using var esplora = new FakeNode((_, _, _) => FakeNode.With(HttpStatusCode.BadRequest, $"sendrawtransaction RPC error: {{\"code\":-26,\"message\":\"{reason}\"}}"));
        using var core = new FakeNode((_, _, _) => FakeNode.With(HttpStatusCode.InternalServerError, $"{{\"result\":null,\"error\":{{\"code\":-26,\"message\":\"{reason}\"}},\"id\":1}}"));
        foreach (var node in (IBitcoinNode[])[Esplora(esplora), Core(core)])
        {
            var refused = await Assert.ThrowsAsync<ChainException>(() => node.SendAsync(new byte[10], default));
            Assert.Equal(error, refused.Error);
            Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(1, 5000)]
    [InlineData(2, 4500)]
    [InlineData(5, 4000)]
    [InlineData(1000, 1000)]
    public async Task Esploras_estimates_are_those_of_the_target(int blocks, ulong rate)
    {
        using var fake = new FakeNode((_, _, _) => FakeNode.Ok("""{"1":5,"2":4.5,"3":4.0,"6":2.2501,"144":1}"""));
        Assert.Equal(new FeeRate(rate), await Esplora(fake).EstimateFeeRateAsync(blocks, default));
        Assert.Equal(new FeeRate(2251), await Esplora(fake).EstimateFeeRateAsync(6, default));
        Assert.Null(await Esplora(fake).EstimateFeeRateAsync(0, default));
    }

    [Fact]
    public async Task Cores_estimate_may_be_absent()
    {
        using var fake = new FakeNode((_, _, n) => FakeNode.Ok(n == 1
            ? """{"result":{"errors":["Insufficient data or no feerate found"],"blocks":2},"error":null,"id":1}"""
            : """{"result":{"feerate":0.00012345,"blocks":2},"error":null,"id":1}"""));
        Assert.Null(await Core(fake).EstimateFeeRateAsync(2, default));
        Assert.Equal(new FeeRate(12_345), await Core(fake).EstimateFeeRateAsync(2, default));
    }

    [Fact]
    public async Task Core_wants_credentials_and_knows_no_histories()
    {
        string? authorization = null;
        using var fake = new FakeNode((request, _, _) =>
        {
            authorization = request.Headers.Authorization?.ToString();
            return FakeNode.With(HttpStatusCode.Unauthorized, "");
        });
        Assert.Equal(ChainError.BadNode, (await Assert.ThrowsAsync<ChainException>(() => Core(fake).GetTipAsync(default))).Error);
        Assert.Equal("Basic dXNlcjpwYXNzd29yZA==", authorization);
        Assert.Equal(ChainError.Unsupported, (await Assert.ThrowsAsync<ChainException>(() => Core(fake).GetHistoryAsync(script, default))).Error);
    }

    [Fact]
    public async Task Rates_of_a_lying_node_are_cut()
    {
        using var fake = new FakeNode((_, _, _) => FakeNode.Ok("""{"6":90000}"""));
        using var scene = new Scene(1);
        var descriptor = OutputDescriptor.Parse($"wpkh({Convert.ToHexStringLower(scene.Key(KeyScript.WitnessKeyHash).Script.Key.Encode())})");
        var chain = new BitcoinChain(Esplora(fake), new(Scene.Network, descriptor, descriptor), scene.Random);
        Assert.Equal(new FeeRate(500_000), await chain.GetFeeRateAsync(default));
    }

    static EsploraNode Esplora(FakeNode fake, NodeLimits? other = null) => new(new HttpClient(fake, disposeHandler: false), url, TimeProvider.System, other ?? limits);

    static CoreNode Core(FakeNode fake) => new(new HttpClient(fake, disposeHandler: false), url, "user", "password", TimeProvider.System, limits);
}
