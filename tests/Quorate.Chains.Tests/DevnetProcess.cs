using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Quorate.Testing;

namespace Quorate.Chains.Tests;

/// <summary>A node of the devnet as a child of the test process, on a free port; it ends with its owner.</summary>
sealed class DevnetProcess : IAsyncDisposable
{
    static readonly TimeSpan startTimeout = TimeSpan.FromMinutes(2), stopTimeout = TimeSpan.FromSeconds(10);

    readonly Process process;

    DevnetProcess(Process process, Uri url) => (this.process, Url) = (process, url);

    internal Uri Url { get; }

    /// <summary>Starts <c>devnet/CHAIN/launch.mjs</c> and waits for its first line, which says that it listens.</summary>
    internal static async Task<DevnetProcess> StartAsync(string chain, params string[] arguments)
    {
        Uri url;
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            url = new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        }
        var process = Process.Start(new ProcessStartInfo("node", [Repository.PathOf($"devnet/{chain}/launch.mjs"), $"{url.Port}", .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        if (await process.StandardOutput.ReadLineAsync().WaitAsync(startTimeout) is null)
            throw new InvalidOperationException($"The {chain} node does not start, run ./test once: {await process.StandardError.ReadToEndAsync()}");
        // Read on, so that it never waits for us.
        _ = process.StandardOutput.ReadToEndAsync();
        _ = process.StandardError.ReadToEndAsync();
        return new(process, url);
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
}
