using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Quorate.Chains.Bitcoin;
using Quorate.Testing;

namespace Quorate.Chains.Tests.Bitcoin;

/// <summary>The devnet's bcoin as a child of the test process, on a free port.</summary>
public sealed class BcoinNode : IAsyncLifetime
{
    static readonly HttpClient client = new();
    Process? process;

    internal static BitcoinNetwork Network { get; } = BitcoinNetwork.Regtest with { Bech32Prefix = "rb" };

    internal Uri Url { get; private set; } = null!;

    internal IBitcoinNode Esplora => new EsploraNode(client, Url, TimeProvider.System);

    internal IBitcoinNode Core => new CoreNode(client, Url, "any", "any", TimeProvider.System);

    public async Task InitializeAsync()
    {
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            Url = new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        }
        var start = new ProcessStartInfo("node", [Repository.PathOf("devnet/bitcoin/launch.mjs"), $"{Url.Port}"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(2));
        if (line is null)
            throw new InvalidOperationException($"bcoin does not start, run ./test once: {await process.StandardError.ReadToEndAsync()}");
        // Read on, so that it never waits for us.
        _ = process.StandardOutput.ReadToEndAsync();
        _ = process.StandardError.ReadToEndAsync();
    }

    public async Task DisposeAsync()
    {
        if (process is null)
            return;
        using (process)
        {
            process.StandardInput.Close();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
            }
        }
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
