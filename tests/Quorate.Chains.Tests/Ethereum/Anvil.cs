using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Quorate.Chains.Ethereum;
using Quorate.Cryptography.Signatures;
using Quorate.Testing;

namespace Quorate.Chains.Tests.Ethereum;

/// <summary>An anvil of its own on a free port of this machine, for the tests of a class; it ends with them.</summary>
public sealed class Anvil : IDisposable
{
    internal const ulong ChainNumber = 31337;

    readonly Process process;
    readonly HttpClient http = new();

    public Anvil()
    {
        var launcher = Repository.PathOf("devnet/ethereum/launch.mjs");
        if (!Directory.Exists(Repository.PathOf("devnet/ethereum/node_modules")))
            throw new InvalidOperationException("anvil is not installed: run ./test once, or `npm ci` in devnet/ethereum.");
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            Url = new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        }
        // Its standard input stays open as long as this process lives, and no longer.
        process = Process.Start(new ProcessStartInfo("node", [launcher, $"{Url.Port}", "--chain-id", $"{ChainNumber}", "--silent", "--slots-in-an-epoch", "1"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (!SpinWait.SpinUntil(Answers, TimeSpan.FromSeconds(60)))
            throw new TimeoutException("anvil does not answer.");
    }

    internal Uri Url { get; }

    internal HttpClient Http => http;

    internal EthereumFormat Format { get; } = new(ChainNumber);

    internal EthereumChain Chain(EthereumChainOptions? options = null, EthereumFormat? format = null) =>
        new(format ?? Format, http, Url, options);

    /// <summary>Calls a method of the node and returns its result.</summary>
    internal async Task<JsonNode?> CallAsync(string method, params JsonNode?[] parameters)
    {
        using var response = await http.PostAsJsonAsync(Url, new JsonObject
        {
            ["jsonrpc"] = "2.0", ["id"] = 1, ["method"] = method, ["params"] = new JsonArray(parameters),
        });
        var answer = (await response.Content.ReadFromJsonAsync<JsonObject>())!;
        return answer["error"] is { } error ? throw new InvalidOperationException($"{method}: {error}") : answer["result"];
    }

    /// <summary>A new key with coins.</summary>
    internal async Task<(EcdsaKey Key, Address Address)> FundedAsync(ulong seed, ulong gwei = 10_000_000_000)
    {
        using var random = new SeededRandom(seed, "anvil");
        var key = EcdsaKey.Generate(random);
        var address = Format.ToAddress(EthereumAddress.FromPublicKey(key.PublicKey));
        await CallAsync("anvil_setBalance", address.Text, Hex.Of((Amount)gwei * 1_000_000_000));
        return (key, address);
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(10_000))
            process.Kill(entireProcessTree: true);
        process.Dispose();
        http.Dispose();
    }

    bool Answers()
    {
        if (process.HasExited)
            throw new InvalidOperationException($"anvil ended with code {process.ExitCode}.");
        try
        {
            return CallAsync("eth_chainId").GetAwaiter().GetResult() is not null;
        }
        catch (HttpRequestException)
        {
            Thread.Sleep(50);
            return false;
        }
    }
}
