using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Quorate.Chains.Bitcoin;
using Quorate.Chains.Solana;
using Quorate.Cli.Devnet;

namespace Quorate.Cli.Local;

/// <summary>A chain whose node is somebody else's: what <c>--rpc CHAIN=URL</c> names. Which network it is, the node is asked.</summary>
static class ForeignChain
{
    static readonly BitcoinNetwork[] bitcoin = [BitcoinNetwork.Testnet, BitcoinNetwork.Testnet4, BitcoinNetwork.Signet, BitcoinNetwork.Regtest];

    /// <summary>Splits ethereum=https://… .</summary>
    internal static (string Name, Uri Url) Parse(string text)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        var name = DevnetChain.ByName(at < 0 ? text : text[..at]).Name;
        return at > 0 && Uri.TryCreate(text[(at + 1)..], UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? (name, new Uri(url.AbsoluteUri))
            : throw new CliException($"--rpc {text}: CHAIN=URL, with http or https, as in --rpc {name}=https://{name}.example.org");
    }

    /// <summary>Asks a node what chain it is of.</summary>
    /// <exception cref="CliException">It does not say, or it is one where coins are worth something.</exception>
    internal static async Task<LocalChain> AskAsync(string name, Uri url, CancellationToken cancellation)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        try
        {
            return name switch
            {
                "ethereum" => Ethereum(await CallAsync(http, url, "eth_chainId", cancellation), url),
                "solana" => Solana(await CallAsync(http, url, "getGenesisHash", cancellation), url),
                _ => Bitcoin((await http.GetStringAsync(new Uri($"{url.AbsoluteUri.TrimEnd('/')}/block-height/0"), cancellation)).Trim(), url),
            };
        }
        catch (Exception problem) when (problem is HttpRequestException or JsonException or FormatException or OverflowException or InvalidOperationException
            || (problem is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new CliException($"--rpc {name}={url}: {problem.Message} It has to be {(name == "bitcoin" ? "a REST API of Esplora's kind" : "a JSON-RPC endpoint")}.");
        }
    }

    static LocalChain Ethereum(string id, Uri url)
    {
        var number = ulong.Parse(id.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return number == 1 ? throw Precious("Ethereum's main network") : new("ethereum", $"eip155:{number}", $"eip155:{number}/slip44:60", url.ToString(), false);
    }

    static LocalChain Solana(string genesis, Uri url) => Blockhash.Parse(genesis) == SolanaCluster.Mainnet.GenesisHash
        ? throw Precious("Solana's main network")
        : LocalChain.Solana(genesis, url.ToString(), false);

    static LocalChain Bitcoin(string genesis, Uri url) => bitcoin.FirstOrDefault(network => network.Chain.Reference == genesis[..Math.Min(32, genesis.Length)]) is { } found
        ? new("bitcoin", found.Chain.ToString(), found.Coin.ToString(), url.ToString(), false)
        : throw (genesis.StartsWith(BitcoinNetwork.Mainnet.Chain.Reference, StringComparison.Ordinal) ? Precious("Bitcoin's main network") : new FormatException($"{genesis} is no network of Bitcoin."));

    static CliException Precious(string what) => new(
        $"that is {what}. `quorate up` has all nodes on one machine, which is for trying and not for money: docs/server.md says how to run it in earnest.");

    static async Task<string> CallAsync(HttpClient http, Uri url, string method, CancellationToken cancellation)
    {
        using var content = new StringContent(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = 1, ["method"] = method, ["params"] = new JsonArray() }.ToJsonString(), System.Text.Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(url, content, cancellation);
        var answer = await response.Content.ReadFromJsonAsync(FileJson.Default.JsonObject, cancellation);
        return answer?["result"]?.GetValue<string>() ?? throw new HttpRequestException($"{method} is answered with {(int)response.StatusCode} and no result.");
    }
}
