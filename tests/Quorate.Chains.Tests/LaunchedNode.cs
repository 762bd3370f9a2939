using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Quorate.Testing;

namespace Quorate.Chains.Tests;

/// <summary>
/// A node of the devnet as a child of this process, on a free port of this machine. It ends with its standard input, and so
/// with this process.
/// </summary>
sealed class LaunchedNode : IAsyncDisposable
{
    // On a machine that is busy with other tests a node takes its time.
    static readonly TimeSpan patience = TimeSpan.FromMinutes(2);

    // Between choosing a free port and listening on it somebody else may take it.
    const int Attempts = 4;

    readonly Process process;

    LaunchedNode(Process process, Uri url) => (this.process, Url) = (process, url);

    /// <summary>Where it listens.</summary>
    public Uri Url { get; }

    /// <summary>Starts the launcher of a chain and waits until the node answers.</summary>
    /// <param name="chain">The folder in devnet.</param>
    /// <param name="options">What follows the port.</param>
    /// <param name="isReady">Asks the node something; may throw while it does not listen.</param>
    public static async Task<LaunchedNode> StartAsync(string chain, string[] options, Func<Uri, Task<bool>> isReady)
    {
        if (!Directory.Exists(Repository.PathOf($"devnet/{chain}/node_modules")))
            throw new InvalidOperationException($"The {chain} node is not installed: run ./test once, or `npm ci` in devnet/{chain}.");
        for (var attempt = 1; ; attempt++)
        {
            var (process, url, errors) = Launch(chain, options);
            var started = Stopwatch.StartNew();
            while (!process.HasExited && started.Elapsed < patience)
            {
                try
                {
                    if (await isReady(url) && !process.HasExited)
                        return new(process, url);
                }
                catch (HttpRequestException)
                {
                    // Not listening yet.
                }
                await Task.Delay(20);
            }
            if (!process.HasExited || attempt == Attempts)
            {
                var hasExited = process.HasExited;
                await new LaunchedNode(process, url).DisposeAsync();
                throw new InvalidOperationException(hasExited ? $"The {chain} node does not start: {await errors}" : $"The {chain} node does not answer.");
            }
            process.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        using (process)
        {
            process.StandardInput.Close();
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            try
            {
                await process.WaitForExitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    static (Process Process, Uri Url, Task<string> Errors) Launch(string chain, string[] options)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var process = Process.Start(new ProcessStartInfo("node", [Repository.PathOf($"devnet/{chain}/launch.mjs"), $"{port}", .. options])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        // Read on, so that it never waits for us.
        _ = process.StandardOutput.ReadToEndAsync();
        return (process, new($"http://127.0.0.1:{port}/"), process.StandardError.ReadToEndAsync());
    }
}
