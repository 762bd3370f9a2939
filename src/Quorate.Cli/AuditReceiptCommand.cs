using System.CommandLine;
using System.Text.Json;
using Quorate.Chains;
using Quorate.Cli.Node;
using Quorate.Node.Audit;
using Quorate.Policies;

namespace Quorate.Cli;

/// <summary><c>quorate audit receipt</c>.</summary>
static class AuditReceiptCommand
{
    internal static Command Create()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "A receipt." };
        var genesis = new Option<FileInfo>("--genesis") { Description = "The genesis document of the deployment, from somewhere else than the receipt.", Required = true };
        var config = new Option<FileInfo?>("--config") { Description = "A node's node.json, for what it says of chains: tokens, clusters. Without it chains are judged as they come." };
        var json = new Option<bool>("--json") { Description = "Print the result as JSON." };
        var command = new Command("receipt",
            """
            Verify a receipt: that the nodes have signed what they decided, that members have approved it, that the policy in
            force allows it, and that the signatures are on exactly the payload it shows. What the payload does is decoded here.
            Nothing is asked of any server; with --json the signed transaction is printed, too. Exit code 0 means that everything holds, 1 that something does not, 2 no receipt.

            What had been spent before, a receipt does not say: limits over time are what the nodes' own journals prove.

            Example:
              quorate audit receipt trf_0192f0c1.receipt --genesis genesis.json
            """)
        {
            file, genesis, config, json,
        };
        command.SetAction(parsed => Run(parsed.GetValue(file)!, parsed.GetValue(genesis)!, parsed.GetValue(config), parsed.GetValue(json)));
        return command;
    }

    static int Run(FileInfo file, FileInfo genesisFile, FileInfo? config, bool json)
    {
        var receipt = PolicyFile.ReadReceipt(file.FullName);
        var genesis = PolicyFile.ReadGenesis(genesisFile.FullName);
        var chain = receipt.Signed.Intent.Chain;
        var known = config is null ? null : NodeConfiguration.Read(config.FullName).Chains?.GetValueOrDefault(chain.ToString());
        var judge = (known ?? new(null, null, null)).ToJudge(chain.ToString());
        var report = ReceiptVerification.Verify(receipt, genesis, new Dictionary<ChainId, Quorate.Node.Gate.ChainJudge> { [chain] = judge });
        var result = new Result(
            report.IsTrue, receipt.Signed.Intent.RequestId, receipt.Signed.Intent.Hash.ToString(), receipt.Signed.Intent.Wallet, chain.ToString(),
            report.Effects is { } effects ? [.. Act.From(effects).Select(act => act.ToString())] : [], [.. report.Approvers], [.. report.Nodes], report.Trace,
            report.Transaction is { } signed ? Convert.ToHexStringLower(signed.Span) : null, [.. report.Problems]);
        if (json)
            Console.WriteLine(JsonSerializer.Serialize(result, FileJson.Default.AuditReceiptResult));
        else
            Print(result);
        if (!report.IsTrue)
            throw new CliException($"the receipt does not hold: {report.Problems[0]}", CliException.Negative);
        return 0;
    }

    static void Print(Result result)
    {
        Console.WriteLine($"request   {result.Request} of wallet {result.Wallet} on {result.Chain}");
        Console.WriteLine($"intent    {result.Intent}");
        foreach (var effect in result.Effects)
            Console.WriteLine($"effect    {effect}");
        Console.WriteLine($"approved  by {(result.Approvers.Length == 0 ? "nobody" : string.Join(", ", result.Approvers))}");
        Console.WriteLine($"decided   by {(result.Nodes.Length == 0 ? "nobody" : string.Join(", ", result.Nodes))}");
        if (result.Trace.Length > 0)
            Console.WriteLine($"policy    {result.Trace.ReplaceLineEndings("\n          ")}");
        foreach (var problem in result.Problems)
            Console.WriteLine($"problem   {problem}");
        Console.WriteLine(result.Valid ? "true" : "NOT TRUE");
    }

    internal sealed record Result(
        bool Valid, string Request, string Intent, string Wallet, string Chain, string[] Effects, string[] Approvers, string[] Nodes, string Trace,
        string? Transaction, string[] Problems);
}
