using System.Diagnostics;

namespace Quorate.Cli.Devnet;

/// <summary>Starts nodes, says when all of them answer, and stops them when told to end or when one of them ends by itself.</summary>
static class DevnetSupervisor
{
    static readonly TimeSpan readyTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Runs until SIGTERM, SIGINT, or the end of a node; then stops all nodes.</summary>
    /// <exception cref="CliException">A node does not start, or has ended by itself.</exception>
    internal static async Task RunAsync(DevnetFolder devnet, IReadOnlyList<DevnetChain> chains, bool freePorts, string folder, Action<DevnetState> ready)
    {
        Directory.CreateDirectory(folder);
        using var stop = new StopSignals(CancellationToken.None, outlivesTerminal: true);
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var nodes = new List<DevnetNode>();
        try
        {
            foreach (var (chain, port) in chains.Zip(freePorts ? LoopbackPorts.Free(chains.Count) : chains.Select(UsualPort)))
                nodes.Add(new(chain, devnet.LauncherOf(chain), port, folder));
            foreach (var node in nodes)
                Console.Error.WriteLine($"{node.Chain.Name}: {await node.WaitUntilReadyAsync(client, TimeProvider.System, readyTimeout, stop.Token)}");

            using var me = Process.GetCurrentProcess();
            var state = new DevnetState(me.Id, me.StartTime.ToUniversalTime(), [.. nodes.Select(n => new DevnetState.Node(n.Chain.Name, n.Port))]);
            state.Write(folder);
            ready(state);
            var first = await Task.WhenAny([.. nodes.Select(n => n.Ended), stop.WaitAsync()]);
            if (!stop.Token.IsCancellationRequested)
                throw new CliException($"the {nodes.Find(n => n.Ended.IsCompleted)?.Chain.Name} node has ended by itself. See {folder}", CliException.Aborted);
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            // Told to end while starting.
        }
        finally
        {
            foreach (var node in nodes)
                await node.DisposeAsync();
            DevnetState.Delete(folder);
        }
    }

    static int UsualPort(DevnetChain chain) => LoopbackPorts.IsFree(chain.DefaultPort) ? chain.DefaultPort
        : throw new CliException($"port {chain.DefaultPort}, where the {chain.Name} node should listen, is taken. With --free-ports every node takes any free one.");
}
