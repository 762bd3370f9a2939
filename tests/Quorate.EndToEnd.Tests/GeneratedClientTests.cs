using System.Diagnostics;
using System.Text.Json.Nodes;
using Quorate.Testing;

namespace Quorate.EndToEnd.Tests;

/// <summary>
/// The story of a wallet as strangers' programs tell it: a client that is made of docs/openapi.json, in TypeScript, and one that
/// grpc-js makes of proto/quorate/v1. Both sign requests and approvals with what Node has.
/// </summary>
public sealed class GeneratedClientTests
{
    [Fact]
    public async Task A_client_in_TypeScript_made_of_the_OpenAPI_document_goes_the_whole_way()
    {
        var folder = Repository.PathOf("tests/interop/openapi");
        await NodeAsync(folder, "", "node_modules/openapi-typescript/bin/cli.js", "../../../docs/openapi.json", "-o", "artifacts/schema.d.ts");
        await NodeAsync(folder, "", "node_modules/typescript/bin/tsc", "-p", ".");
        await TellAsync(folder, "artifacts/js/openapi/story.js");
    }

    [Fact]
    public Task A_client_of_grpc_js_made_of_the_proto_files_goes_the_whole_way() => TellAsync(Repository.PathOf("tests/interop-grpc"), "story.mjs");

    static async Task TellAsync(string folder, string script)
    {
        await using var acme = await Organisation.StartAsync(null, "ethereum");
        var said = JsonNode.Parse(await NodeAsync(folder, (await acme.ForStrangersAsync()).ToJsonString(), script))!;
        Assert.Equal(("deny", "external_id_taken", "true"), ((string?)said["previewed"], (string?)said["duplicate"], (string?)said["isReplay"]));
        Assert.Contains("no rule allows the transfer", (string?)said["denied"], StringComparison.Ordinal);
        Assert.StartsWith("trf_", (string?)said["confirmed"], StringComparison.Ordinal);

        await File.WriteAllBytesAsync(acme.At("receipt"), Convert.FromBase64String((string)said["receipt"]!));
        var checkedReceipt = JsonNode.Parse(await Executable.DoAsync(acme.Folder, "audit", "receipt", "receipt", "--genesis", "genesis.json", "--json"))!;
        Assert.Equal("alice", Assert.Single(checkedReceipt["approvers"]!.AsArray())!.GetValue<string>());
    }

    static async Task<string> NodeAsync(string folder, string input, params string[] arguments)
    {
        using var node = Process.Start(new ProcessStartInfo("node", arguments)
        {
            WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        await node.StandardInput.WriteLineAsync(input);
        node.StandardInput.Close();
        var (output, errors) = (node.StandardOutput.ReadToEndAsync(), node.StandardError.ReadToEndAsync());
        await node.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(5));
        Assert.True(node.ExitCode == 0, $"{string.Join(' ', arguments)}: {node.ExitCode}\n{await output}\n{await errors}");
        return await output;
    }
}
