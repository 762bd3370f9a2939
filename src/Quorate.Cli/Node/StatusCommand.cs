using System.CommandLine;
using System.Globalization;
using Google.Protobuf;
using Quorate.Node.V1;
using Quorate.Rpc;

namespace Quorate.Cli.Node;

/// <summary><c>quorate node status</c>: asks a running node.</summary>
static class StatusCommand
{
    static readonly Method<GetStatusRequest, NodeStatus> getStatus = new(NodeReflection.Descriptor.Services[0], "GetStatus");

    static readonly Option<bool> json = new("--json") { Description = "Print the answer as JSON." };

    internal static Command Create()
    {
        var command = new Command("status",
            """
            Ask a running node what it is: deployment, policy, wallets, what is frozen, how long its journal is. Exit code 3
            where it does not answer.

            Example:
              quorate node status --node http://127.0.0.1:7101
            """)
        {
            NodeConnection.Url, NodeConnection.Certificate, NodeConnection.Pin, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var channel = NodeConnection.Open(parsed);
            try
            {
                var status = await channel.AsyncUnaryCall(getStatus, new(), new(Deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(10), CancellationToken: cancellation));
                Print(status, parsed.GetValue(json));
            }
            catch (RpcException problem)
            {
                throw new CliException($"{parsed.GetValue(NodeConnection.Url)}: {problem.Message}", CliException.Aborted);
            }
        });
        return command;
    }

    static void Print(NodeStatus status, bool asJson)
    {
        if (asJson)
        {
            Console.WriteLine(JsonFormatter.Default.Format(status));
            return;
        }
        Console.WriteLine($"node        {Hex(status.Node)}{(status.Name.Length > 0 ? $", {status.Name}" : "")}");
        Console.WriteLine($"version     {status.Version}");
        Console.WriteLine($"deployment  {(status.Deployment.IsEmpty ? "none: it refuses everything" : Hex(status.Deployment))}");
        if (!status.Policy.IsEmpty)
            Console.WriteLine($"policy      {Hex(status.Policy)}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"journal     {status.Events} events, head {Hex(status.Head)}"));
        Console.WriteLine($"chains      {string.Join(", ", status.Chains)}");
        if (status.Frozen.Count > 0)
            Console.WriteLine($"frozen      {string.Join(", ", status.Frozen)}");
        foreach (var wallet in status.Wallets)
            Print(wallet);
        foreach (var open in status.Ceremonies)
            Console.WriteLine($"ceremony    {open.Id}: {open.Kind} {open.Wallet}, {open.Stage.ToString().ToLowerInvariant()}{(open.Fault.Length > 0 ? $", {open.Fault}" : "")}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"sessions    {status.Sessions}"));
    }

    /// <summary>A wallet's keys, with what orders name them by.</summary>
    internal static void Print(Wallet wallet)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"wallet      {wallet.Name}, epoch {wallet.Epoch}"));
        foreach (var key in wallet.Keys)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"            {key.Scheme}, {key.Threshold} of {string.Join(", ", key.Nodes)}: {Hex(key.PublicKey)}"));
            Console.WriteLine($"            {new string(' ', key.Scheme.Length)}  id {Hex(key.Id)}");
        }
    }

    static string Hex(ByteString bytes) => Convert.ToHexStringLower(bytes.Span);
}
