using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Quorate.Cli.Devnet;

/// <summary>A chain's node as a child of this process. Its output goes to a log file.</summary>
sealed partial class DevnetNode : IAsyncDisposable
{
    const int Sigterm = 15;
    static readonly TimeSpan stopTimeout = TimeSpan.FromSeconds(10);
    static readonly TimeSpan pollInterval = TimeSpan.FromMilliseconds(50);

    readonly Process process;
    readonly string logPath;
    readonly StreamWriter log;
    readonly Task logging;

    internal DevnetNode(DevnetChain chain, string launcher, int port, string folder)
    {
        Chain = chain;
        Port = port;
        logPath = Path.Combine(folder, $"{chain.Name}.log");
        log = new(logPath, append: false) { AutoFlush = true };
        var start = new ProcessStartInfo("node", [launcher, $"{port}", .. chain.LauncherArguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        process = Process.Start(start)!;
        logging = Task.WhenAll(CopyAsync(process.StandardOutput), CopyAsync(process.StandardError));
    }

    internal DevnetChain Chain { get; }

    internal int Port { get; }

    /// <summary>Ends when the node does.</summary>
    internal Task Ended => process.WaitForExitAsync(CancellationToken.None);

    /// <summary>Waits until the node answers.</summary>
    /// <exception cref="CliException">It has ended, or does not answer in time.</exception>
    internal async Task<string> WaitUntilReadyAsync(HttpClient client, TimeProvider time, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            if (process.HasExited)
                throw new CliException($"the {Chain.Name} node ended with code {process.ExitCode}. Its last words: {await LastWordsAsync()}");
            try
            {
                return await Chain.CheckAsync(new(client, Port), cancellationToken);
            }
            catch (HttpRequestException e) when (time.GetElapsedTime(started) > timeout)
            {
                throw new CliException($"the {Chain.Name} node does not answer within {timeout.TotalSeconds} s: {e.Message}. See {logPath}");
            }
            catch (HttpRequestException)
            {
                await Task.Delay(pollInterval, time, cancellationToken);
            }
        }
    }

    /// <summary>Asks the node to end and waits until it has; kills it with all it started when it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        using (process)
        {
            if (!process.HasExited)
            {
                _ = Kill(process.Id, Sigterm);
                try
                {
                    await process.WaitForExitAsync(CancellationToken.None).WaitAsync(stopTimeout);
                }
                catch (TimeoutException)
                {
                    process.Kill(entireProcessTree: true);
                    await process.WaitForExitAsync(CancellationToken.None);
                }
            }
            await logging;
        }
        await log.DisposeAsync();
    }

    /// <summary>Sends SIGTERM to a process.</summary>
    internal static void Terminate(Process process) => _ = Kill(process.Id, Sigterm);

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);

    async Task<string> LastWordsAsync()
    {
        await logging;
        lock (log)
            log.Flush();
        using var file = new StreamReader(new FileStream(logPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return string.Join('\n', (await file.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(5));
    }

    async Task CopyAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
            lock (log)
                log.WriteLine(line);
    }
}
