using System.Diagnostics;
using Quorate.Journal;
using Xunit.Abstractions;

namespace Quorate.Node.Tests.Processes;

/// <summary>A process that is told to stop while it still starts ends, and that is no failure.</summary>
public sealed class StopTests(ITestOutputHelper output) : IDisposable
{
    // What the kernel makes of a signal that comes before the program has begun.
    const int Terminated = 128 + 15, Interrupted = 128 + 2;

    readonly Operators operators = new();

    public void Dispose() => operators.Dispose();

    /// <summary>Starts a process, signals it after some time, and says how it ended.</summary>
    static async Task<(int ExitCode, bool WasReady, string Errors)> StopAsync(TimeSpan after, string signal, params string[] arguments)
    {
        // A shell without job control lets what it runs in the background ignore SIGINT, and children inherit that.
        using var process = Process.Start(Executable.Arguments(new Launch(["env", "--default-signal=INT"], null), arguments))!;
        process.StandardInput.Close();
        var (said, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await Task.Delay(after);
        using (var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"])!)
            await kill.WaitForExitAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        return (process.ExitCode, (await said).StartsWith("ready", StringComparison.Ordinal), await errors);
    }

    static async Task<TimeSpan> TimeToReadyAsync(params string[] arguments)
    {
        var begun = Stopwatch.StartNew();
        using var process = Process.Start(Executable.Arguments(arguments))!;
        process.StandardInput.Close();
        Assert.StartsWith("ready", await process.StandardOutput.ReadLineAsync(), StringComparison.Ordinal);
        var took = begun.Elapsed;
        process.Kill();
        await process.WaitForExitAsync();
        return took;
    }

    async Task<int> StopAtSeveralInstantsAsync((double Part, string Signal)[] instants, params string[] arguments)
    {
        var (whole, starting) = (await TimeToReadyAsync(arguments), 0);
        foreach (var (part, signal) in instants)
        {
            var (exitCode, wasReady, errors) = await StopAsync(part * whole, signal, arguments);
            output.WriteLine($"{part * whole.TotalMilliseconds:F0} of {whole.TotalMilliseconds:F0} ms, {signal}: {exitCode}, {(wasReady ? "ready" : "not ready")} {errors.TrimEnd()}");
            Assert.DoesNotContain("xception", errors, StringComparison.Ordinal);
            Assert.True(exitCode == 0 || (!wasReady && errors.Length == 0 && exitCode is Terminated or Interrupted), $"{exitCode}: {errors}");
            starting += errors.Contains("before it was ready", StringComparison.Ordinal) ? 1 : 0;
        }
        return starting;
    }

    [Fact]
    public async Task A_node_that_is_stopped_while_it_starts_ends_quietly()
    {
        await operators.InitAsync("node");
        operators.Write("node/node.json", """{ "listen": { "address": "127.0.0.1:0" } }""");
        // A journal that takes a while to verify, so that there is something to be stopped in.
        await using (var journal = await NodeJournal.OpenAsync(await EventStore.OpenSqliteAsync(operators.At("node/journal.db")), default))
        {
            using var turn = await journal.TakeTurnAsync(default);
            var denied = new NodeEvent.SigningDenied(1, NodeEvent.Json("""{"words":"of no use"}"""u8.ToArray()), "aa", new string('x', 1_000));
            for (var i = 0; i < 60; i++)
                await turn.AppendAsync($"filler/{i}", EventStore.AnyVersion, [.. Enumerable.Repeat(denied, 250)], default);
        }
        Assert.True(await StopAtSeveralInstantsAsync([(0.35, "TERM"), (0.55, "INT"), (0.7, "TERM"), (0.85, "TERM")], "node", "run", "--data", operators.At("node"), "--key-file", operators.At("node.key")) > 0);
    }

    [Fact]
    public async Task A_relay_that_is_stopped_while_it_starts_ends_quietly()
    {
        await File.WriteAllBytesAsync(operators.At("genesis.json"), new Deployment().GenesisUtf8());
        await StopAtSeveralInstantsAsync([(0.5, "TERM"), (0.75, "INT"), (0.95, "TERM")], "relay", "run", "--genesis", operators.At("genesis.json"), "--name", "relay.test", "--listen", "127.0.0.1:0");
    }
}
