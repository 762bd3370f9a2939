using System.Diagnostics;
using System.Globalization;

namespace Quorate.Journal.Tests.Crash;

/// <summary>A real process that appends, and what it has said before it was killed.</summary>
sealed class KilledWriter : IDisposable
{
    readonly Process process;
    volatile int count;

    KilledWriter(Process process) => this.process = process;

    /// <summary>An acknowledged append.</summary>
    internal readonly record struct Acknowledged(string Stream, long Version, long Position, ChainHash Hash);

    internal static KilledWriter Start(string kind, string place, int seed)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[typeof(KilledWriter).Assembly.Location, "append", kind, place, seed.ToString(CultureInfo.InvariantCulture)])
            start.ArgumentList.Add(argument);
        // Starts sooner, which is most of what such a process does.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_TC_QuickJitForLoops"] = "1";
        return new(Process.Start(start)!);
    }

    /// <summary>
    /// Waits for the first acknowledgement, lets it run on for some time, does something, and kills it with kill −9.
    /// </summary>
    /// <returns>Everything it acknowledged.</returns>
    internal async Task<List<Acknowledged>> KillAsync(TimeSpan after, Action? before = null)
    {
        var errors = process.StandardError.ReadToEndAsync();
        var said = new List<Acknowledged>();
        var first = await process.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException($"The writer ended before it wrote: {await errors}");
        said.Add(Parse(first));
        var rest = Task.Run(async () =>
        {
            // The last line may be cut off by the kill; then it was not said.
            while (await process.StandardOutput.ReadLineAsync() is { } line)
                if (line.Length > 64 && line.Split(' ') is { Length: 4 } parts && parts[3].Length == 64)
                {
                    said.Add(Parse(line));
                    count = said.Count;
                }
        });
        await Task.Delay(after);
        before?.Invoke();
        process.Kill();
        await process.WaitForExitAsync();
        await rest;
        return said;
    }

    /// <summary>Waits until it has acknowledged as much again as it can have begun before now: it goes on.</summary>
    /// <exception cref="InvalidOperationException">It has ended.</exception>
    internal void WaitForMore()
    {
        // One append is under way for every stream, and its line may be on its way.
        for (var until = count + (4 * CrashWriter.Streams); count < until; Thread.Sleep(5))
            if (process.HasExited)
                throw new InvalidOperationException($"The writer has ended with {process.ExitCode}.");
    }

    static Acknowledged Parse(string line)
    {
        var parts = line.Split(' ');
        return new(parts[0], long.Parse(parts[1], CultureInfo.InvariantCulture), long.Parse(parts[2], CultureInfo.InvariantCulture),
            ChainHash.FromBytes(Convert.FromHexString(parts[3])));
    }

    public void Dispose() => process.Dispose();
}
