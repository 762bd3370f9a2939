using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Quorate.Chains.Ethereum;
using Quorate.Cryptography.Signatures;
using Quorate.Testing;

namespace Quorate.Chains.Tests.Ethereum;

/// <summary>An anvil of its own on a free port of this machine, for the tests of a class; it ends with them.</summary>
public sealed class Anvil : IAsyncLifetime
{
    internal const ulong ChainNumber = 31337;

    static readonly HttpClient http = new();

    DevnetProcess? process;

    internal Uri Url => process!.Url;

    internal EthereumFormat Format { get; } = new(ChainNumber);

    internal EthereumChain Chain(EthereumChainOptions? options = null, EthereumFormat? format = null) =>
        new(format ?? Format, http, Url, options);

    public async Task InitializeAsync() =>
        process = await DevnetProcess.StartAsync("ethereum", "--chain-id", $"{ChainNumber}", "--silent", "--slots-in-an-epoch", "1");

    public async Task DisposeAsync()
    {
        if (process is not null)
            await process.DisposeAsync();
    }

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

    /// <summary>Gives an address coins.</summary>
    internal Task FundAsync(Address address, Amount wei) => CallAsync("anvil_setBalance", address.Text, Hex.Of(wei));

    /// <summary>A new key with coins.</summary>
    internal async Task<(EcdsaKey Key, Address Address)> FundedAsync(ulong seed, ulong gwei = 10_000_000_000)
    {
        using var random = new SeededRandom(seed, "anvil");
        var key = EcdsaKey.Generate(random);
        var address = Format.ToAddress(EthereumAddress.FromPublicKey(key.PublicKey));
        await FundAsync(address, (Amount)gwei * 1_000_000_000);
        return (key, address);
    }

    /// <summary>The node answers a broadcast before it has made the block: what becomes of it is read until it is there.</summary>
    static async Task<TransactionStatus> MinedAsync(Func<Task<TransactionStatus>> read)
    {
        for (var end = Environment.TickCount64 + 60_000; ; await Task.Delay(10))
        {
            var status = await read();
            if (status.State is not (TransactionState.Pending or TransactionState.Unknown) || Environment.TickCount64 > end)
                return status;
        }
    }

    internal static Task<TransactionStatus> MinedAsync(EthereumChain chain, string id) => MinedAsync(() => chain.GetStatusAsync(id, default));

    internal static Task<TransactionStatus> MinedAsync(EthereumChain chain, ReadOnlyMemory<byte> signed) => MinedAsync(() => chain.GetStatusAsync(signed, default));

    /// <summary>Nothing gets into a block until the action has ended, as if the fees were too low for it.</summary>
    internal async Task WithoutMining(Func<Task> action)
    {
        await CallAsync("evm_setAutomine", false);
        try
        {
            await action();
        }
        finally
        {
            await CallAsync("evm_setAutomine", true);
            await CallAsync("evm_mine");
        }
    }
}
