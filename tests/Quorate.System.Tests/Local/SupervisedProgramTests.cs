using System.Collections.Concurrent;
using Quorate.Cli;
using Quorate.Cli.Local;
using Quorate.Testing;

namespace Quorate.System.Tests.Local;

/// <summary>Real processes that end by themselves, under a clock that is moved from pause to pause.</summary>
public sealed class SupervisedProgramTests : IDisposable
{
    static readonly TimeSpan patience = TimeSpan.FromMinutes(1);

    readonly string folder = Directory.CreateTempSubdirectory("quorate-supervised-").FullName;
    readonly ManualTime time = new();
    readonly BlockingCollection<string> reports = [];

    [Fact]
    public async Task What_keeps_ending_is_started_again_five_times_later_each_time_and_then_given_up()
    {
        await using var program = Start("echo run >>runs; echo ready now; echo why it ends >&2; exit 7");
        await program.Ready.WaitAsync(patience);
        foreach (var pause in (int[])[5, 10, 20, 30, 60])
        {
            var report = Next("ended with");
            Assert.StartsWith($"flaky ended with exit code 7; it is started again in {pause} s. Its last words, of {folder}/log:", report, StringComparison.Ordinal);
            Assert.Contains("    why it ends", report, StringComparison.Ordinal);
            var runs = Runs;
            await PauseBeganAsync();
            time.Advance(TimeSpan.FromSeconds(pause - 1));
            Assert.Equal((runs, 1), (Runs, time.Pending));
            time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.StartsWith("flaky ended with exit code 7, for the 6th time: given up. Its last words", Next("ended with"), StringComparison.Ordinal);
        await program.GaveUp.WaitAsync(patience);
        Assert.Equal((6, null), (Runs, program.Current));
    }

    [Fact]
    public async Task What_has_run_for_long_begins_to_count_anew()
    {
        await using var program = Start("echo run >>runs; echo ready now; exec cat");
        for (var run = 1; run <= 7; run++)
        {
            await UntilAsync(() => Runs == run && program.Current is not null);
            await program.Ready.WaitAsync(patience);
            time.Advance(TimeSpan.FromMinutes(6));
            Kill(program);
            Assert.Contains("was ended by signal 9; it is started again in 5 s.", Next("was ended"), StringComparison.Ordinal);
            await PauseBeganAsync();
            time.Advance(TimeSpan.FromSeconds(5));
        }
        Assert.False(program.GaveUp.IsCompleted);
    }

    [Fact]
    public async Task What_it_leaves_behind_with_its_output_keeps_nobody_from_starting_it_again()
    {
        await using var program = Start("echo run >>runs; echo ready now; sleep 20 & exit 7");
        await program.Ready.WaitAsync(patience);
        Assert.Contains("it is started again in 5 s.", Next("ended with"), StringComparison.Ordinal);
        Assert.Equal(1, Runs);
    }

    [Fact]
    public async Task What_ends_before_it_was_ready_is_not_started_again()
    {
        await using var program = Start("echo run >>runs; echo no such file >&2; exit 2");
        var failure = await Assert.ThrowsAsync<CliException>(() => program.Ready.WaitAsync(patience));
        Assert.StartsWith("flaky ended with exit code 2 before it was ready. Its last words", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith("    no such file", failure.Message, StringComparison.Ordinal);
        await program.GaveUp.WaitAsync(patience);
        Assert.Equal((CliException.Aborted, 1), (failure.ExitCode, Runs));
    }

    int Runs => File.Exists($"{folder}/runs") ? File.ReadAllLines($"{folder}/runs").Length : 0;

    SupervisedProgram Start(string script) =>
        new(new("flaky", "/bin/sh", ["-c", $"cd '{folder}'; {script}"]), $"{folder}/log", reports.Add, () => { }, time);

    // It may also say that it is there again.
    string Next(string about)
    {
        while (true)
        {
            Assert.True(reports.TryTake(out var report, patience), $"no report that it {about}");
            if (report.Contains(about, StringComparison.Ordinal))
                return report;
        }
    }

    Task PauseBeganAsync() => UntilAsync(() => time.Pending == 1);

    static async Task UntilAsync(Func<bool> isSo)
    {
        for (var tries = 0; !isSo(); tries++)
        {
            Assert.True(tries < 6000);
            await Task.Delay(10);
        }
    }

    static void Kill(SupervisedProgram program)
    {
        using var process = global::System.Diagnostics.Process.GetProcessById(program.Current!.Id);
        process.Kill();
    }

    public void Dispose()
    {
        reports.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
