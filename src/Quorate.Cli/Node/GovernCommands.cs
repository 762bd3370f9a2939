using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Quorate.Cli.Acts;
using Quorate.Cli.Ceremonies;
using Quorate.Node.V1;
using Quorate.Policies;

namespace Quorate.Cli.Node;

/// <summary><c>quorate node acts</c> and <c>quorate node freeze</c>: what administrators tell a running node.</summary>
static class GovernCommands
{
    internal static Command Acts() => new("acts", "What the administrators have changed.") { Take() };

    static Command Take()
    {
        var files = new Argument<FileInfo[]>("FILE") { Description = "Acts with their approvals, as `quorate act gather` has made them.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("take",
            """
            Hand a node acts of the administrators: all are taken, or none. They go in their order, whatever the order here;
            those that the node has are skipped. Hand every node the same. Exit code 1 where it refuses, and why.

            Example:
              quorate node acts take act-1.json act-2.json --node http://127.0.0.1:7101
            """)
        {
            files, NodeConnection.Url, NodeConnection.Certificate, NodeConnection.Pin,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var acts = parsed.GetValue(files)!.Select(file => ActFile.Read(file.FullName)).OrderBy(read => read.Act.Number).ToArray();
            var request = new TakeActsRequest();
            request.Acts.Add(acts.Select(read => read.Message));
            using var channel = NodeConnection.Open(parsed);
            var reply = await NodeCalls.AskedAsync(parsed, () => NodeCalls.TakeAsync(channel, request, cancellation));
            if (reply.Problem.Length > 0)
                throw new CliException($"refused: {reply.Problem}", CliException.Negative);
            foreach (var (act, _) in acts)
                Console.WriteLine(act);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"taken    the node has {reply.Acts} acts, the last {Convert.ToHexStringLower(reply.LastAct.Span)}"));
        });
        return command;
    }

    internal static Command Freeze()
    {
        var scope = new Argument<string>("SCOPE") { Description = "A wallet, or * for everything." };
        var genesis = new Option<FileInfo>("--genesis") { Description = "The genesis document of the deployment.", Required = true };
        var reason = new Option<string>("--reason") { Description = "Why, in words.", Required = true };
        var command = new Command("freeze",
            """
            Stop a wallet, or everything, at a node, by the signature of one administrator. It signs no more of it until an act
            unfreezes it (`quorate act unfreeze`). Freeze at every node: those that are not asked go on.

            Example:
              for port in 7101 7102 7103; do
                quorate node freeze treasury --reason "a stolen laptop" --genesis genesis.json --device-key alice.device.json \
                  --node http://127.0.0.1:$port
              done
            """)
        {
            scope, genesis, reason, ApproveCommand.DeviceKey, Passphrase.FileOption, NodeConnection.Url, NodeConnection.Certificate, NodeConnection.Pin,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var deployment = PolicyFile.ReadGenesis(parsed.GetValue(genesis)!.FullName);
            // An order that has not heard of the last unfreezing is an old one.
            var status = await NodeCalls.StatusAsync(parsed, cancellation);
            var order = Order(deployment, parsed.GetValue(scope)!, status.Unfreezings, parsed.GetValue(reason)!, out var text);
            var approval = ApproveCommand.Sign(parsed, order.Hash);
            using var channel = NodeConnection.Open(parsed);
            var reply = await NodeCalls.AskedAsync(parsed, () => NodeCalls.FreezeAsync(channel, new()
            {
                Order = ByteString.CopyFrom(text), Approval = ByteString.CopyFrom(ApprovalJson.Write([approval])),
            }, cancellation));
            if (reply.Problem.Length > 0)
                throw new CliException($"refused: {reply.Problem}", CliException.Negative);
            Console.WriteLine($"frozen   {order.Scope} at {(status.Name.Length > 0 ? status.Name : Convert.ToHexStringLower(status.Node.Span))}, by {approval.Member}");
        });
        return command;
    }

    static FreezeOrder Order(GenesisDocument deployment, string scope, ulong unfreezings, string reason, out byte[] text)
    {
        text = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new()
        {
            ["quorateFreeze"] = 1, ["deployment"] = deployment.Hash.ToString(), ["scope"] = scope, ["unfreezings"] = unfreezings, ["reason"] = reason,
        }, FileJson.Default.JsonObject));
        try
        {
            return FreezeOrder.Parse(text);
        }
        catch (DocumentException problem)
        {
            throw new CliException($"{problem.Message} [{problem.Code}]");
        }
    }
}
