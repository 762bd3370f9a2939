using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Quorate.Cli.Devnet;

namespace Quorate.Cli.Local;

/// <summary>Ports of the loopback interface that the organisation's processes listen at, by what they are for.</summary>
sealed class LocalPorts
{
    internal const string Grpc = "the API over gRPC", Json = "the API over JSON", Relay = "the relay", Metrics = "the server's metrics";

    readonly Dictionary<string, int> ports;

    LocalPorts(Dictionary<string, int> ports) => this.ports = ports;

    internal int this[string use] => ports[use];

    internal static string Node(int number) => $"node-{number}";

    internal static string NodeMetrics(int number) => $"node-{number}'s metrics";

    /// <summary>Those of a profile, the usual ones where there is none, or any that are free.</summary>
    /// <exception cref="CliException">One of them is taken.</exception>
    internal static LocalPorts Choose(LocalProfile? profile, IReadOnlyCollection<string> devnet, bool anyFree)
    {
        var wanted = profile is null ? Usual() : Of(profile);
        foreach (var name in devnet)
            wanted.TryAdd(name, DevnetChain.ByName(name).DefaultPort);
        return new(anyFree ? Free([.. wanted.Keys]) : Available(wanted));
    }

    static Dictionary<string, int> Usual()
    {
        var usual = new Dictionary<string, int> { [Relay] = 7000, [Grpc] = 7080, [Json] = 7081, [Metrics] = 9464 };
        for (var node = 1; node <= LocalPaths.Nodes; node++)
            (usual[Node(node)], usual[NodeMetrics(node)]) = (7100 + node, 9464 + node);
        return usual;
    }

    static Dictionary<string, int> Of(LocalProfile profile)
    {
        var own = new Dictionary<string, int>
        {
            [Relay] = new Uri(profile.Relay).Port, [Grpc] = new Uri(profile.Grpc).Port, [Json] = new Uri(profile.Api).Port, [Metrics] = new Uri(profile.Metrics).Port,
        };
        foreach (var (number, node) in profile.Nodes.Index())
            (own[Node(number + 1)], own[NodeMetrics(number + 1)]) = (new Uri(node.Url).Port, new Uri(node.Metrics).Port);
        foreach (var chain in profile.Chains.Where(c => c.IsDevnet))
            own[chain.Name] = new Uri(chain.Url).Port;
        return own;
    }

    // All at once, so that no two are the same.
    static Dictionary<string, int> Free(string[] uses)
    {
        TcpListener[] listeners = [.. uses.Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (var listener in listeners)
            listener.Start();
        var ports = uses.Zip(listeners).ToDictionary(pair => pair.First, pair => ((IPEndPoint)pair.Second.LocalEndpoint).Port);
        foreach (var listener in listeners)
            listener.Dispose();
        return ports;
    }

    static Dictionary<string, int> Available(Dictionary<string, int> wanted)
    {
        foreach (var (use, port) in wanted)
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
            }
            catch (SocketException)
            {
                throw new CliException(string.Create(CultureInfo.InvariantCulture,
                    $"port {port}, for {use}, is taken by another program. With --free-ports everything listens wherever there is room."));
            }
        }
        return wanted;
    }
}
