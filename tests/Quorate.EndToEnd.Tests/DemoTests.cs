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
        // The programs that it takes, and of what could install the others one that does not.
        using var tools = new Tools();
        tools.Add("apt-get", "echo 'E: Could not get lock' >&2; exit 100");
        var steps = await TellAsync(environment => environment["PATH"] = tools.Folder);
        Assert.Equal(
            ["organisation", "wallet", "addresses", "denied", "approved", "signed", "killed", "hostile", "backup", "audit", "end"], steps.Select(s => (string)s["step"]!));
        Assert.All(steps, s => Assert.True((bool)s["ok"]!, s.ToJsonString()));
        var by = steps.ToDictionary(s => (string)s["step"]!);
        Assert.Equal(["bitcoin", "ethereum", "solana"], by["signed"]["signed"]!.AsObject().Select(a => a.Key).Order());
        Assert.Equal(["NotBound", "NotBound", "NotBound"], by["hostile"]["refusals"]!.AsObject().Select(r => (string)r.Value!));
        Assert.Contains("Node.js", (string)by["end"]["leftOut"]!.AsArray().Single()!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_apt_may_install_Node_js_the_story_goes_on_with_chains()
    {
        using var tools = new Tools();
        tools.Add("apt-get", $"""
            echo "$@" >>'{tools.Folder}/calls'
            case $1-$(/usr/bin/wc -l <'{tools.Folder}/calls') in
              install-1) echo 'E: Unable to locate package nodejs' >&2; exit 100 ;;
              install-*) for tool in node npm sh env; do /bin/ln -s "$(PATH='{Environment.GetEnvironmentVariable("PATH")}' command -v $tool)" '{tools.Folder}/'; done ;;
            esac
            """);
        var steps = await TellAsync(environment => environment["PATH"] = tools.Folder);
        Assert.Contains("confirmed", steps.Select(s => (string)s["step"]!));
        Assert.All(steps, s => Assert.True((bool)s["ok"]!, s.ToJsonString()));
        Assert.Empty(steps[^1]["leftOut"]!.AsArray());
        string[] install = ["install", "-y", "--no-install-recommends", "nodejs", "npm"];
        Assert.Equal([string.Join(' ', install), "update", string.Join(' ', install)], await File.ReadAllLinesAsync(Path.Combine(tools.Folder, "calls")));
    }

    /// <summary>A folder that is all there is of PATH, with programs of the test's own.</summary>
    sealed class Tools : IDisposable
    {
        internal string Folder { get; } = Directory.CreateTempSubdirectory("quorate-path-").FullName;

        internal Tools()
        {
            // Whoever is not root installs by sudo.
            if (!Environment.IsPrivilegedProcess)
                Add("sudo", "shift 3; exec \"$@\"");
        }

        internal void Add(string name, string script)
        {
            var path = Path.Combine(Folder, name);
            File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        }

        public void Dispose() => Directory.Delete(Folder, recursive: true);
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
