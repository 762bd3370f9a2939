using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Quorate.EndToEnd.Tests;

/// <summary>Real chain nodes of <c>quorate devnet</c>, on free ports.</summary>
sealed class Devnet : IAsyncDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("quorate-devnet-").FullName;
    readonly HttpClient http = new();

    /// <summary>A chain and what payments on it are like in the tests.</summary>
    /// <param name="Name">What the devnet calls it.</param>
    /// <param name="Id">CAIP-2.</param>
    /// <param name="Coin">CAIP-19.</param>
    /// <param name="Url">Its node.</param>
    /// <param name="Alone">Up to so much alice pays alone.</param>
    /// <param name="Most">More than that nobody pays at once.</param>
    /// <param name="MaxFee">The most a transaction may cost.</param>
    internal sealed record Chain(string Name, string Id, string Coin, Uri Url, string Alone, string Most, string MaxFee)
    {
        /// <summary>Of a Solana cluster.</summary>
        internal string? Genesis { get; init; }

        /// <summary>For node.json.</summary>
        internal JsonObject Facts() => Genesis is null ? [] : new() { ["genesis"] = Genesis };

        /// <summary>For server.json.</summary>
        internal JsonObject Settings()
        {
            var settings = Facts();
            settings["url"] = Url.ToString();
            if (Genesis is null)
                settings["finalityDepth"] = 5;
            return settings;
        }
    }

    internal IReadOnlyList<Chain> Chains { get; private set; } = [];

    internal Chain this[string name] => Chains.Single(c => c.Name == name);

    internal static async Task<Devnet> StartAsync(params string[] chains)
    {
        var devnet = new Devnet();
        await Executable.DoAsync(devnet.folder, ["devnet", "up", "--free-ports", "--folder", devnet.folder, .. chains.SelectMany(c => (string[])["--chain", c])]);
        using var state = JsonDocument.Parse(await Executable.DoAsync(devnet.folder, "devnet", "status", "--folder", devnet.folder, "--json"));
        devnet.Chains = await Task.WhenAll(state.RootElement.GetProperty("nodes").EnumerateArray().Select(node =>
            devnet.ReadAsync(node.GetProperty("chain").GetString()!, new($"http://127.0.0.1:{node.GetProperty("port").GetInt32()}"))));
        return devnet;
    }

    async Task<Chain> ReadAsync(string name, Uri url)
    {
        const string Regtest = "bip122:0f9188f13cb7b2c71f2a335e3a4fc328";
        switch (name)
        {
            case "ethereum":
                return new(name, "eip155:31337", "eip155:31337/slip44:60", url, "1000000000000000000", "5000000000000000000", "10000000000000000");
            case "bitcoin":
                return new(name, Regtest, $"{Regtest}/slip44:1", url, "10000000", "50000000", "100000");
            default:
                var genesis = (await CallAsync(url, "getGenesisHash"))!.GetValue<string>();
                var id = $"solana:{genesis[..32]}";
                return new(name, id, $"{id}/slip44:501", url, "1000000000", "5000000000", "10000000") { Genesis = genesis };
        }
    }

    /// <summary>Pays somebody from the faucet.</summary>
    internal Task<string> FundAsync(string chain, string address, string amount) => Executable.DoAsync(folder, "devnet", "fund", "--folder", folder, chain, address, amount);

    /// <summary>Asks anvil what wallets do not ask.</summary>
    internal Task<JsonNode?> AnvilAsync(string method, params JsonNode[] parameters) => CallAsync(this["ethereum"].Url, method, parameters);

    /// <summary>Makes blocks of Bitcoin.</summary>
    internal async Task MineBitcoinAsync(int blocks)
    {
        using var response = await http.PostAsJsonAsync(new Uri(this["bitcoin"].Url, "mine"), new JsonObject { ["blocks"] = blocks });
        response.EnsureSuccessStatusCode();
    }

    async Task<JsonNode?> CallAsync(Uri url, string method, params JsonNode[] parameters)
    {
        using var response = await http.PostAsJsonAsync(url,
            new JsonObject { ["jsonrpc"] = "2.0", ["id"] = 1, ["method"] = method, ["params"] = new JsonArray(parameters) });
        var answer = await response.Content.ReadFromJsonAsync<JsonObject>();
        Assert.True(answer!["error"] is null, $"{method}: {answer}");
        return answer["result"];
    }

    public async ValueTask DisposeAsync()
    {
        await Executable.RunAsync(folder, "devnet", "down", "--folder", folder);
        http.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
