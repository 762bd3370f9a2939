using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using Quorate.Testing;
using Quorate.Testing.Interop;

namespace Quorate.Chains.Tests.Ethereum;

/// <summary>ethers under Node, once for all tests of a process, and the test cases that its authors publish.</summary>
static class Ethers
{
    const string Folder = "tests/interop/ethereum";

    static readonly Lazy<JsonLineProcess> process = new(() => new("node", Script(), TimeSpan.FromSeconds(120)));

    internal static JsonNode Call(string operation, JsonObject arguments) => process.Value.Call(operation, arguments)!;

    /// <summary>A file of @ethersproject/testcases.</summary>
    internal static JsonElement TestCases(string name)
    {
        Script();
        using var file = new GZipStream(File.OpenRead(Repository.PathOf($"{Folder}/node_modules/@ethersproject/testcases/testcases/{name}.json.gz")), CompressionMode.Decompress);
        using var document = JsonDocument.Parse(file);
        return document.RootElement.Clone();
    }

    static string Script() => Directory.Exists(Repository.PathOf($"{Folder}/node_modules/ethers"))
        ? Repository.PathOf($"{Folder}/ethers.mjs")
        : throw new InvalidOperationException($"ethers is not installed: run ./test once, or `npm ci` in {Folder}.");
}
