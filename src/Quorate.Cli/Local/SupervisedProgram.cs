using System.Diagnostics;
using System.Globalization;

namespace Quorate.Cli.Local;

/// <summary>
/// A program that is kept running: its words go to a log, and when it ends by itself it is started again, later each time, until
/// it has ended too often.
/// </summary>
sealed class SupervisedProgram : IAsyncDisposable
{
    /// <summary>How long is waited before each new start; there are as many. Long enough to see that something is missing.</summary>
    static readonly TimeSpan[] pauses = [.. ((int[])[5, 10, 20, 30, 60]).Select(s => TimeSpan.FromSeconds(s))];

    static readonly TimeSpan readyPatience = TimeSpan.FromSeconds(120), wordsPatience = TimeSpan.FromSeconds(1), stopPatience = TimeSpan.FromSeconds(15), pollInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>What has run for so long has not failed again but anew.</summary>
    static readonly TimeSpan longEnough = TimeSpan.FromMinutes(5);

    const int LastWords = 8;

    readonly LocalProgram program;
    readonly string log;
    readonly StreamWriter file;
    readonly Action<string> report;
    readonly Action changed;
    readonly TimeProvider time;
    readonly CancellationTokenSource stop = new();
    readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Queue<string> words = new();
    readonly Task running;
    volatile Process? process;
    bool isClosed;

    /// <param name="program">What runs.</param>
    /// <param name="log">Where its words go.</param>
    /// <param name="report">Hears what a person should know.</param>
    /// <param name="changed">Told whenever another process runs.</param>
    /// <param name="time">Says how long it has run, and when it is started again.</param>
    internal SupervisedProgram(LocalProgram program, string log, Action<string> report, Action changed, TimeProvider time)
    {
        (this.program, this.log, this.report, this.changed, this.time) = (program, log, report, changed, time);
        file = new(log, append: true) { AutoFlush = true };
        running = RunAsync();
    }

    internal string Name => program.Name;

    /// <summary>Until it is ready for the first time.</summary>
    /// <exception cref="CliException">It has ended before that, or takes too long.</exception>
    internal Task Ready => ready.Task;

    /// <summary>Until it has ended too often, or was stopped.</summary>
    internal Task GaveUp => running;

    /// <summary>The process that runs now; null between two.</summary>
    internal LocalProfile.RunningProcess? Current
    {
        get
        {
            try
            {
                return process is { HasExited: false } now ? new(Name, now.Id, now.StartTime.ToUniversalTime()) : null;
            }
            catch (InvalidOperationException)
            {
                return null;
            }
        }
    }

    async Task RunAsync()
    {
        for (var failures = 0; !stop.IsCancellationRequested;)
        {
            var began = time.GetTimestamp();
            var end = await OnceAsync();
            if (stop.IsCancellationRequested)
                break;
            failures = time.GetElapsedTime(began) > longEnough ? 1 : failures + 1;
            if (ready.TrySetException(new CliException($"{Name} {end} before it was ready.{LastWordsOf()}", CliException.Aborted)))
                break;
            if (failures > pauses.Length)
            {
                report($"{Name} {end}, for the {Ordinal(failures)} time: given up.{LastWordsOf()}");
                break;
            }
            var pause = pauses[failures - 1];
            report($"{Name} {end}; it is started again in {pause.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s.{LastWordsOf()}");
            await Task.Delay(pause, time, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        ready.TrySetCanceled();
    }

    /// <summary>Runs it once, and says how it ended.</summary>
    async Task<string> OnceAsync()
    {
        using var now = new Process { StartInfo = program.ToStart() };
        try
        {
            now.Start();
        }
        catch (System.ComponentModel.Win32Exception problem)
        {
            return $"does not start ({problem.Message})";
        }
        process = now;
        changed();
        Write($"--- {time.GetUtcNow().ToString("u", CultureInfo.InvariantCulture)} process {now.Id}: {string.Join(' ', program.Arguments)}");
        var copying = Task.WhenAll(CopyAsync(now.StandardOutput, isOutput: true), CopyAsync(now.StandardError, isOutput: false));
        using var ended = new CancellationTokenSource();
        var checking = program.Check is null ? Task.CompletedTask : CheckAsync(program.Check, ended.Token);
        var stopping = stop.Token.UnsafeRegister(_ => Close(now), null);
        try
        {
            if (!ready.Task.IsCompleted && await Task.WhenAny(ready.Task, now.WaitForExitAsync(CancellationToken.None), Task.Delay(readyPatience, time, ended.Token)) is var first
                && first != ready.Task && !now.HasExited && !stop.IsCancellationRequested)
            {
                now.Kill(entireProcessTree: true);
                await now.WaitForExitAsync(CancellationToken.None);
                return $"did not get ready within {readyPatience.TotalSeconds} s and was stopped";
            }
            await now.WaitForExitAsync(CancellationToken.None);
            // What it has started and left behind may have its output still; what it wrote itself is there at once.
            await copying.WaitAsync(wordsPatience, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return now.ExitCode > 128 ? $"was ended by signal {now.ExitCode - 128}" : $"ended with exit code {now.ExitCode}";
        }
        finally
        {
            await ended.CancelAsync();
            await checking;
            await stopping.DisposeAsync();
            process = null;
        }
    }

    static void Close(Process process)
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (Exception gone) when (gone is IOException or InvalidOperationException)
        {
            // It has ended meanwhile.
        }
    }

    async Task CheckAsync(Func<CancellationToken, Task<string>> check, CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            try
            {
                await check(ended);
                SayReady();
                return;
            }
            catch (Exception notYet) when (notYet is HttpRequestException or OperationCanceledException)
            {
                await Task.Delay(pollInterval, time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    void SayReady()
    {
        if (!ready.TrySetResult())
            report($"{Name} is there again.");
    }

    async Task CopyAsync(StreamReader reader, bool isOutput)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            Write(line);
            if (isOutput && program.Check is null && line.StartsWith("ready ", StringComparison.Ordinal))
                SayReady();
        }
    }

    void Write(string line)
    {
        lock (words)
        {
            if (isClosed)
                return;
            file.WriteLine(line);
            words.Enqueue(line);
            if (words.Count > LastWords)
                words.Dequeue();
        }
    }

    string LastWordsOf()
    {
        lock (words)
            return $" Its last words, of {log}:\n{string.Join('\n', words.Select(line => "    " + line))}";
    }

    static string Ordinal(int number) => number switch { 1 => "first", 2 => "second", 3 => "third", _ => $"{number}th" };

    /// <summary>Ends its input, on which it ends by itself, and waits; kills it where it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        if (await Task.WhenAny(running, Task.Delay(stopPatience, time)) != running)
        {
            report($"{Name} does not end within {stopPatience.TotalSeconds} s and is killed.");
            process?.Kill(entireProcessTree: true);
        }
        await running;
        stop.Dispose();
        lock (words)
        {
            isClosed = true;
            file.Dispose();
        }
    }
}
