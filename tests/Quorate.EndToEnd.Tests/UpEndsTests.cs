using System.Diagnostics;

namespace Quorate.EndToEnd.Tests;

/// <summary><c>quorate up</c> when something ends: its terminal, one of its processes, or what they need.</summary>
public sealed class UpEndsTests
{
    [Fact]
    public async Task A_terminal_that_closes_ends_everything_in_order()
    {
        using var up = new LocalUp { InTerminal = true };
        await up.StartAsync("--chain", "ethereum", "bitcoin");
        // There it is drawn how far it is.
        Assert.Matches("\e\\[2K  [█░]{20} [0-9] of [0-9]  waiting for [a-z]", up.Output);
        var running = With(up.Processes, "anvil", Anvil(up));
        await up.KillAsync();
        await LocalUp.GoneAsync(running);
        // In order: whoever is killed leaves them there.
        Assert.Null(up.Profile["running"]);

        up.InTerminal = false;
        await up.StartAsync();
        running = up.Processes;
        Assert.Equal(0, await up.InterruptAsync("TERM"));
        Assert.Empty(LocalUp.Alive(running));
        Assert.Contains("stopped. The same command goes on from here.", up.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_dies_is_started_again_and_what_can_not_start_ends_everything()
    {
        using var up = new LocalUp();
        await up.StartAsync("--chain", "ethereum");
        var first = With(up.Processes, "anvil", Anvil(up));
        Kill(first["ethereum"]);
        Kill(first["node-2"]);
        await SaysAsync(up, "ethereum was ended by signal 9; it is started again in 5 s. Its last words, of ");
        await SaysAsync(up, "node-2 was ended by signal 9; it is started again in 5 s. Its last words, of ");
        await SaysAsync(up, "ethereum is there again.");
        await SaysAsync(up, "node-2 is there again.");
        // anvil, which the dead one had started, is not left behind.
        Assert.Equal(["anvil", "ethereum", "node-2"], first.Where(p => !LocalUp.Alive(first).Contains(p.Key)).Select(p => p.Key).Order());
        var second = With(up.Processes, "anvil", Anvil(up));
        Assert.Equal(0, await up.InterruptAsync());
        await LocalUp.GoneAsync(second);

        foreach (var file in Directory.GetFiles(up.At("server"), "*.db"))
            await File.WriteAllTextAsync(file, "no database");
        var (code, _, errors) = await Executable.RunAsync(Path.GetTempPath(), "up", "--data", up.Folder, "--free-ports");
        Assert.True(code == 3 && errors.Contains("quorate: server ended with exit code", StringComparison.Ordinal), $"{code}: {errors}");
        Assert.Contains($"before it was ready. Its last words, of {up.At("logs/server.log")}:", errors, StringComparison.Ordinal);
        Assert.Contains("not a database", errors, StringComparison.Ordinal);
        Assert.Null(up.Profile["running"]);
    }

    [Fact, Trait("Category", "Slow")]
    public async Task A_server_that_keeps_dying_is_given_up_and_everything_else_is_stopped()
    {
        using var up = new LocalUp();
        await up.StartAsync("--no-devnet");
        var running = up.Processes;
        var server = 0;
        for (var times = 1; times <= 6; times++)
        {
            server = await Until.Async(() => Task.FromResult(up.Profile["running"]!.AsArray().Where(p => (string)p!["name"]! == "server").Select(p => (int)p!["id"]!).SingleOrDefault()),
                id => id != 0 && id != server, TimeSpan.FromMinutes(3));
            Kill(server);
        }
        Assert.Equal(3, await up.EndAsync(TimeSpan.FromMinutes(1)));
        Assert.Contains("server was ended by signal 9, for the 6th time: given up. Its last words, of ", up.Output, StringComparison.Ordinal);
        Assert.Contains("quorate: the server does not run any more, so everything else is stopped.", up.Output, StringComparison.Ordinal);
        Assert.Empty(LocalUp.Alive(running));
        Assert.Null(up.Profile["running"]);
    }

    static Task<string> SaysAsync(LocalUp up, string text) => Until.Async(() => Task.FromResult(up.Output), said => said.Contains(text, StringComparison.Ordinal));

    // The launcher's child that is not the shell which watches over it.
    static int Anvil(LocalUp up)
    {
        var launcher = up.Processes["ethereum"];
        return File.ReadAllText($"/proc/{launcher}/task/{launcher}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)
            .Single(id => File.ReadAllText($"/proc/{id}/comm").StartsWith("anvil", StringComparison.Ordinal));
    }

    static Dictionary<string, int> With(Dictionary<string, int> processes, string name, int id) => new(processes) { [name] = id };

    static void Kill(int id)
    {
        using var process = Process.GetProcessById(id);
        process.Kill();
    }
}
