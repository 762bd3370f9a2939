using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Quorate.Chains.Solana;

namespace Quorate.Chains.Tests.Solana;

/// <summary>The devnet's SVM for the tests of a class. Slots pass only when a test says so.</summary>
public sealed class SvmNode : IAsyncLifetime
{
    static readonly TimeSpan patience = TimeSpan.FromSeconds(30);

    DevnetProcess? node;

    internal HttpClient Http { get; } = new();

    internal Uri Url => node!.Url;

    /// <summary>The cluster that the node says it is.</summary>
    internal SolanaCluster Cluster { get; private set; } = null!;

    internal SolanaFormat Format => new(Cluster);

    public async Task InitializeAsync()
    {
        node = await DevnetProcess.StartAsync("solana", "0");
        Cluster = new("local", Blockhash.Parse((await CallAsync("getGenesisHash"))!.GetValue<string>()));
    }

    public async Task DisposeAsync()
    {
        if (node is not null)
            await node.DisposeAsync();
        Http.Dispose();
    }

    internal SolanaChain Chain(SolanaChainOptions? options = null, SolanaFormat? format = null) => new(format ?? Format, Http, Url, options);

    /// <summary>The chain behind a node whose answers somebody changes on the way.</summary>
    internal SolanaChain MeddledChain(Func<string, JsonNode?, JsonNode?> meddle, SolanaChainOptions? options = null) =>
        new(Format, new HttpClient(new Meddler(meddle)), Url, options);

    internal async Task<JsonNode?> CallAsync(string method, params JsonNode?[] parameters)
    {
        using var response = await Http.PostAsJsonAsync(Url, new JsonObject
        {
            ["jsonrpc"] = "2.0", ["id"] = 1, ["method"] = method, ["params"] = new JsonArray(parameters),
        });
        var answer = (await response.Content.ReadFromJsonAsync<JsonObject>())!;
        return answer["error"] is { } error ? throw new InvalidOperationException($"{method}: {error}") : answer["result"];
    }

    internal Task AdvanceAsync(int slots) => CallAsync("devnet_advanceSlots", slots);

    /// <summary>A new wallet with lamports that are confirmed.</summary>
    internal async Task<SvmWallet> FundedAsync(ulong lamports, SvmWallet? wallet = null)
    {
        wallet ??= SvmWallet.Single(Format);
        await CallAsync("requestAirdrop", wallet.Address.Text, lamports);
        await AdvanceAsync(1);
        var chain = Chain();
        await UntilAsync(async () => await chain.GetBalanceAsync(wallet.Address, chain.Coin, default) >= lamports);
        return wallet;
    }

    /// <summary>Signs, broadcasts and waits for the confirmation.</summary>
    internal async Task<TransactionStatus> SendAsync(SolanaChain chain, SvmWallet wallet, ReadOnlyMemory<byte> unsigned)
    {
        var id = await chain.BroadcastAsync(wallet.Sign(unsigned), default);
        await AdvanceAsync(1);
        return await StatusAsync(chain, id, s => s.State is not (TransactionState.Pending or TransactionState.Unknown));
    }

    /// <summary>The first status that is as wanted.</summary>
    internal static async Task<TransactionStatus> StatusAsync(SolanaChain chain, string id, Func<TransactionStatus, bool> isWanted)
    {
        TransactionStatus? status = null;
        await UntilAsync(async () => isWanted(status = await chain.GetStatusAsync(id, default)));
        return status!;
    }

    internal static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var end = new CancellationTokenSource(patience);
        while (!await isSo())
            await Task.Delay(20, end.Token);
    }

    sealed class Meddler(Func<string, JsonNode?, JsonNode?> meddle) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var calls = JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!.AsArray();
            var response = await base.SendAsync(request, cancellationToken);
            var answers = JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken))!.AsArray();
            foreach (var answer in answers.OfType<JsonObject>().Where(a => a.ContainsKey("result")))
                answer["result"] = meddle(calls[answer["id"]!.GetValue<int>()]!["method"]!.GetValue<string>(), answer["result"])?.DeepClone();
            response.Content = new StringContent(answers.ToJsonString());
            return response;
        }
    }
}
