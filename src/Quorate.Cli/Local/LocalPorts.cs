using System.Globalization;
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
        return new(anyFree ? wanted.Keys.Zip(LoopbackPorts.Free(wanted.Count)).ToDictionary() : Available(wanted));
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
            [Relay] = new Uri(profile.Relay).Port, [Grpc] = new Uri(profile.Caller.Api).Port, [Json] = new Uri(profile.Api).Port, [Metrics] = new Uri(profile.Metrics).Port,
        };
        foreach (var (number, node) in profile.Nodes.Index())
            (own[Node(number + 1)], own[NodeMetrics(number + 1)]) = (new Uri(node.Url).Port, new Uri(node.Metrics).Port);
        foreach (var chain in profile.Chains.Where(c => c.IsDevnet))
            own[chain.Name] = new Uri(chain.Url).Port;
        return own;
    }

    static Dictionary<string, int> Available(Dictionary<string, int> wanted) => wanted.Where(w => !LoopbackPorts.IsFree(w.Value)).Select(w => w.Key).FirstOrDefault() is { } use
        ? throw new CliException(string.Create(CultureInfo.InvariantCulture,
            $"port {wanted[use]}, for {use}, is taken by another program. With --free-ports everything listens wherever there is room."))
        : wanted;
}
