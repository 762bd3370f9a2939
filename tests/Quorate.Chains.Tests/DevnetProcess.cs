using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Quorate.Testing;

namespace Quorate.Chains.Tests;

/// <summary>
/// A node of the devnet as a child of this process, on a free port of this machine. It ends with its standard input, and so
/// with this process.
/// </summary>
sealed class DevnetProcess : IAsyncDisposable
{
    // On a machine that is busy with other tests a node takes its time.
    static readonly TimeSpan startTimeout = TimeSpan.FromMinutes(2), stopTimeout = TimeSpan.FromSeconds(10);

    // Between choosing a free port and listening on it somebody else may take it.
    const int Attempts = 4;

    readonly Process process;

    DevnetProcess(Process process, Uri url) => (this.process, Url) = (process, url);

    /// <summary>Where it listens.</summary>
    internal Uri Url { get; }

    /// <summary>Starts <c>devnet/CHAIN/launch.mjs</c> and waits until it listens.</summary>
    /// <param name="chain">The folder in devnet.</param>
    /// <param name="arguments">What follows the port.</param>
    internal static async Task<DevnetProcess> StartAsync(string chain, params string[] arguments)
    {
        if (!Directory.Exists(Repository.PathOf($"devnet/{chain}/node_modules")))
            throw new InvalidOperationException($"The {chain} node is not installed: run ./test once, or `npm ci` in devnet/{chain}.");
        for (var attempt = 1; ; attempt++)
        {
            var (process, url, errors) = Launch(chain, arguments);
            var started = Stopwatch.StartNew();
            while (!process.HasExited && started.Elapsed < startTimeout)
            {
                if (await ListensAsync(url) && !process.HasExited)
                    return new(process, url);
                await Task.Delay(20);
            }
            var (hasExited, node) = (process.HasExited, new DevnetProcess(process, url));
            await node.DisposeAsync();
            if (!hasExited || attempt == Attempts)
                throw new InvalidOperationException(hasExited ? $"The {chain} node does not start: {await errors}" : $"The {chain} node does not listen.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        using (process)
        {
            process.StandardInput.Close();
            using var patience = new CancellationTokenSource(stopTimeout);
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    static (Process Process, Uri Url, Task<string> Errors) Launch(string chain, string[] arguments)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var process = Process.Start(new ProcessStartInfo("node", [Repository.PathOf($"devnet/{chain}/launch.mjs"), $"{port}", .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        // Read on, so that it never waits for us.
        _ = process.StandardOutput.ReadToEndAsync();
        return (process, new($"http://127.0.0.1:{port}/"), process.StandardError.ReadToEndAsync());
    }

    static async Task<bool> ListensAsync(Uri url)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(url.Host, url.Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
