using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Quorate.EndToEnd.Tests;

/// <summary><c>quorate demo</c>, as a machine reads it.</summary>
public sealed class DemoTests
{
    [Fact]
    public async Task The_story_is_told_on_three_chains_and_every_step_holds()
    {
        var steps = await TellAsync(_ => { });
        Assert.Equal(
            ["organisation", "wallet", "addresses", "funds", "denied", "approved", "confirmed", "killed", "hostile", "backup", "audit", "receipts", "end"],
            steps.Select(s => (string)s["step"]!));
        Assert.All(steps, s => Assert.True((bool)s["ok"]!, s.ToJsonString()));
        var by = steps.ToDictionary(s => (string)s["step"]!);
        Assert.Equal(["bitcoin", "ethereum", "solana"], by["addresses"]["addresses"]!.AsObject().Select(a => a.Key).Order());
        Assert.Contains("never-ethereum: denies", (string)by["denied"]["trace"]!, StringComparison.Ordinal);
        Assert.Equal(["alice", "bob"], by["approved"]["approvers"]!.AsArray().Select(a => (string)a!).Order());
        Assert.All(by["confirmed"]["confirmed"]!.AsObject(), c => Assert.True((string)c.Value!["status"]! is "confirmed" or "finalized", c.Value.ToJsonString()));
        Assert.Equal(3, by["confirmed"]["confirmed"]!.AsObject().Count);
        var signers = by["killed"]["signers"]!.AsArray().Select(s => (string)s!).ToArray();
        Assert.Equal(2, signers.Length);
        Assert.DoesNotContain((string)by["killed"]["killed"]!, signers);
        Assert.Equal(["NotBound", "NotBound", "NotBound"], by["hostile"]["refusals"]!.AsObject().Select(r => (string)r.Value!));
        Assert.Equal(["NeedsApprovals", "NeedsApprovals", "NeedsApprovals"], by["hostile"]["rewritten"]!.AsObject().Select(r => (string)r.Value!));
        Assert.Equal(3, (int)by["audit"]["signedBy"]!);
        Assert.Equal(4, (int)by["receipts"]["receipts"]!);
        Assert.Equal(3, by["backup"]["backups"]!.AsArray().Count);
        Assert.Empty(by["end"]["leftOut"]!.AsArray());
        Assert.False(Directory.Exists((string)by["end"]["data"]!));
    }

    [Fact]
    public async Task Without_Node_js_the_story_ends_at_signatures_and_says_what_it_leaves_out()
    {
        // The programs that it takes, and neither node nor npm nor what could install them.
        var tools = Directory.CreateTempSubdirectory("quorate-path-").FullName;
        try
        {
            var steps = await TellAsync(environment => environment["PATH"] = tools);
            Assert.Equal(
                ["organisation", "wallet", "addresses", "denied", "approved", "signed", "killed", "hostile", "backup", "audit", "end"], steps.Select(s => (string)s["step"]!));
            Assert.All(steps, s => Assert.True((bool)s["ok"]!, s.ToJsonString()));
            var by = steps.ToDictionary(s => (string)s["step"]!);
            Assert.Equal(["bitcoin", "ethereum", "solana"], by["signed"]["signed"]!.AsObject().Select(a => a.Key).Order());
            Assert.Equal(["NotBound", "NotBound", "NotBound"], by["hostile"]["refusals"]!.AsObject().Select(r => (string)r.Value!));
            Assert.Contains("Node.js", (string)by["end"]["leftOut"]!.AsArray().Single()!, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(tools);
        }
    }

    static async Task<JsonObject[]> TellAsync(Action<IDictionary<string, string?>> change)
    {
        var start = Executable.Arguments(Path.GetTempPath(), "demo", "--json");
        if (start.FileName == "dotnet")
            start.FileName = Path.Combine(Environment.GetEnvironmentVariable("DOTNET_ROOT") ?? Path.GetDirectoryName(Environment.ProcessPath)!, "dotnet");
        change(start.Environment);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(5));
        Assert.True(process.ExitCode == 0, $"{process.ExitCode}: {await errors}\n{await output}");
        return [.. (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject())];
    }
}
