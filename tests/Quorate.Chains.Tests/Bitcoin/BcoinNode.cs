using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Quorate.Chains.Bitcoin;

namespace Quorate.Chains.Tests.Bitcoin;

/// <summary>The devnet's bcoin as a child of the test process, on a free port.</summary>
public sealed class BcoinNode : IAsyncLifetime
{
    static readonly HttpClient client = new();
    DevnetProcess? process;

    internal static BitcoinNetwork Network { get; } = BitcoinNetwork.Regtest with { Bech32Prefix = "rb" };

    internal Uri Url => process!.Url;

    internal IBitcoinNode Esplora => new EsploraNode(client, Url, TimeProvider.System);

    internal IBitcoinNode Core => new CoreNode(client, Url, "any", "any", TimeProvider.System);

    public async Task InitializeAsync() => process = await DevnetProcess.StartAsync("bitcoin");

    public async Task DisposeAsync()
    {
        if (process is not null)
            await process.DisposeAsync();
    }

    internal async Task<TxId> FundAsync(Address address, ulong amount, bool confirm = true)
    {
        var answer = await PostAsync("faucet", new() { ["address"] = address.Text, ["amount"] = amount, ["confirm"] = confirm });
        return TxId.Parse((answer["txid"] ?? throw new InvalidOperationException(answer.ToJsonString())).GetValue<string>());
    }

    internal Task MineAsync(int blocks) => PostAsync("mine", new() { ["blocks"] = blocks });

    internal async Task InvalidateAsync(string blockHash)
    {
        var answer = await PostAsync("", new() { ["method"] = "invalidateblock", ["params"] = new JsonArray(blockHash) });
        Assert.Null(answer["error"]);
    }

    async Task<JsonObject> PostAsync(string path, JsonObject body)
    {
        using var response = await client.PostAsJsonAsync(new Uri(Url, path), body);
        return (await response.Content.ReadFromJsonAsync<JsonObject>())!;
    }
}
