using System.Text.Json.Nodes;
using Quorate.Testing;
using Quorate.Testing.Interop;

namespace Quorate.Chains.Tests.Solana;

/// <summary>@solana/web3.js and @solana/spl-token under Node, once for all tests of a process.</summary>
static class WebJs
{
    const string Folder = "tests/interop/solana";

    static readonly Lazy<JsonLineProcess> process = new(() => new("node", Script(), TimeSpan.FromSeconds(240)));

    internal static JsonArray Call(string operation, JsonObject arguments) => process.Value.Call(operation, arguments)!.AsArray();

    internal static JsonArray Array<T>(IEnumerable<T> items, Func<T, JsonNode> write) => [.. items.Select(write)];

    static string Script() => Directory.Exists(Repository.PathOf($"{Folder}/node_modules/@solana/web3.js"))
        ? Repository.PathOf($"{Folder}/solana.mjs")
        : throw new InvalidOperationException($"@solana/web3.js is not installed: run ./test once, or `npm ci` in {Folder}.");
}
