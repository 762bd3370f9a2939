using System.Runtime.Versioning;

namespace Quorate.EndToEnd.Tests;

/// <summary><c>quorate up</c>: founded, used, stopped, killed, and gone on with.</summary>
public sealed class UpTests
{
    [Fact, UnsupportedOSPlatform("windows")]
    public async Task What_was_founded_goes_on_after_Ctrl_C_and_after_kill_9_with_the_same_wallet_and_nothing_stays_behind()
    {
        using var up = new LocalUp();
        await up.StartAsync("--chain", "ethereum");
        CheckLayout(up);
        var first = up.Processes;
        Assert.Equal(["ethereum", "node-1", "node-2", "node-3", "server", "up"], first.Keys.Order());

        // A second one is refused, and says where the first is.
        var (refused, _, why) = await Executable.RunAsync(Path.GetTempPath(), "up", "--data", up.Folder);
        Assert.Equal(2, refused);
        Assert.Contains($"as process {first["up"]}", why, StringComparison.Ordinal);
        Assert.Contains((string)up.Profile["api"]!, why, StringComparison.Ordinal);

        // The story, with the one that runs.
        await Executable.DoAsync(Path.GetTempPath(), "demo", "--data", up.Folder, "--json");
        var before = await StateAsync(up);
        Assert.Contains("available", before, StringComparison.Ordinal);
        var running = up.Processes;
        Assert.Equal(0, await up.InterruptAsync());
        Assert.Empty(LocalUp.Alive(running));
        Assert.Null(up.Profile["running"]);

        await up.StartAsync();
        Assert.Equal(before, await StateAsync(up));
        running = up.Processes;
        await up.KillAsync();
        await LocalUp.GoneAsync(running);
        await up.StartAsync();
        Assert.Equal(before, await StateAsync(up));

        // What would change it is refused.
        Assert.Equal(0, await up.InterruptAsync());
        foreach (var (options, reason) in new (string[], string)[]
        {
            (["--chain", "solana"], "was founded with ethereum"), (["--rpc", "ethereum=http://127.0.0.1:1"], "ethereum being the devnet's"),
            (["--postgres", "Host=127.0.0.1"], "was founded with SQLite"),
        })
        {
            var (code, _, errors) = await Executable.RunAsync(Path.GetTempPath(), ["up", "--data", up.Folder, .. options]);
            Assert.True(code == 2 && errors.Contains(reason, StringComparison.Ordinal), $"{code}: {errors}");
        }
    }

    // Wallets with their addresses, and what the chain says that they have.
    static async Task<string> StateAsync(LocalUp up)
    {
        var wallets = (await up.GetAsync("/v1/wallets"))["wallets"]!.AsArray();
        var id = (string)wallets.Single()!["id"]!;
        var balances = await Until.Async(() => up.GetAsync($"/v1/wallets/{id}/balances"), b => (string?)b["balances"]?[0]?["pending"] == "0" && b["balances"]![0]!["reconcileTime"] is not null);
        balances["balances"]![0]!.AsObject().Remove("reconcileTime");
        return $"{wallets.ToJsonString()} {balances.ToJsonString()}";
    }

    [UnsupportedOSPlatform("windows")]
    static void CheckLayout(LocalUp up)
    {
        const UnixFileMode mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        foreach (var secret in Directory.GetFiles(up.At("keys")).Concat(Directory.GetFiles(up.At("people"))).Append(up.At("server/server.json")).Append(up.At("node-1/vault.db")))
            Assert.True(File.GetUnixFileMode(secret) == mine, $"{secret}: {File.GetUnixFileMode(secret)}");
        Assert.Equal(mine | UnixFileMode.UserExecute, File.GetUnixFileMode(up.Folder));
        // No vault, key or device with the server, and what names the node stands with the node alone.
        Assert.DoesNotContain(Directory.GetFiles(up.At("server"), "*", SearchOption.AllDirectories), f => Path.GetFileName(f) is "vault.db" or "node.json" || Path.GetFileName(f).StartsWith("node-", StringComparison.Ordinal));
        foreach (var node in (string[])["node-1", "node-2", "node-3"])
            Assert.True(File.Exists(up.At($"{node}/vault.db")) && File.Exists(up.At($"{node}/node.json")) && File.Exists(up.At($"logs/{node}.log")));
        Assert.Contains("quorate demo", up.Output, StringComparison.Ordinal);
        Assert.Contains("/v1/openapi.json", up.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', up.Output);
    }

    [Theory]
    [InlineData("there is no chain dogecoin", "--chain", "dogecoin")]
    [InlineData("CHAIN=URL", "--rpc", "ethereum")]
    [InlineData("with http or https", "--rpc", "ethereum=ftp://example.org")]
    [InlineData("it is one or the other", "--chain", "ethereum", "--rpc", "ethereum=http://127.0.0.1:1")]
    [InlineData("is given twice", "--rpc", "ethereum=http://127.0.0.1:1", "--rpc", "ethereum=http://127.0.0.1:2")]
    [InlineData("--no-devnet runs none", "--no-devnet", "--chain", "solana")]
    [InlineData("--postgres is empty", "--postgres", " ")]
    [InlineData("--rpc ethereum=http://127.0.0.1:1/", "--rpc", "ethereum=http://127.0.0.1:1")]
    public async Task What_cannot_be_meant_is_refused_and_leaves_nothing_founded(string reason, params string[] options)
    {
        var folder = Directory.CreateTempSubdirectory("quorate-up-").FullName;
        try
        {
            var (code, _, errors) = await Executable.RunAsync(folder, ["up", "--free-ports", .. options]);
            Assert.True(code == 2 && errors.Contains(reason, StringComparison.Ordinal), $"{code}: {errors}");
            Assert.False(File.Exists(Path.Combine(folder, "quorate-data", "up.json")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_folder_with_something_else_in_it_is_left_alone()
    {
        var folder = Directory.CreateTempSubdirectory("quorate-up-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "server"));
            await File.WriteAllTextAsync(Path.Combine(folder, "server", "mine"), "mine");
            var (code, _, errors) = await Executable.RunAsync(folder, "up", "--free-ports", "--no-devnet", "--data", folder);
            Assert.True(code == 2 && errors.Contains("nothing is overwritten", StringComparison.Ordinal), $"{code}: {errors}");
            Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(folder, "server", "mine")));
            (code, _, errors) = await Executable.RunAsync(folder, "up", "--data", Path.Combine(folder, "server", "mine"));
            Assert.True(code == 2 && errors.Contains("is a file", StringComparison.Ordinal), $"{code}: {errors}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_founding_that_was_interrupted_is_begun_anew()
    {
        using var up = new LocalUp();
        Directory.CreateDirectory(up.At("node-1"));
        await File.WriteAllTextAsync(up.At("node-1/vault.db"), "half of one");
        await File.WriteAllTextAsync(up.At("founding"), "");
        await up.StartAsync("--no-devnet");
        Assert.False(File.Exists(up.At("founding")));
        Assert.Contains("No chain nodes run", up.Output, StringComparison.Ordinal);
        await Executable.DoAsync(up.Folder, "policy", "test", "policy.json");
        Assert.Equal(0, await up.InterruptAsync());
    }
}
