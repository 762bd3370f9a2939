using System.CommandLine;
using System.Globalization;
using Google.Protobuf;
using Quorate.Cli.Node;
using Quorate.Node.V1;
using Quorate.Policies;
using Quorate.Rpc;
using Quorate.Rpc.Client;

namespace Quorate.Cli.Ceremonies;

/// <summary><c>quorate ceremony lead</c> and <c>quorate ceremony status</c>.</summary>
static class LeadCommand
{
    /// <summary>How often a node is asked how it goes, and how long one that does not answer is waited for: the time it takes to be started again.</summary>
    static readonly TimeSpan interval = TimeSpan.FromMilliseconds(250), patience = TimeSpan.FromMinutes(1);

    static readonly Option<bool> json = new("--json") { Description = "Print the end as JSON." };

    internal static Command Create()
    {
        var order = new Argument<FileInfo>("ORDER") { Description = "The order." };
        var approvals = new Option<FileInfo[]>("--approval") { Description = "The administrators' approvals.", Required = true, AllowMultipleArgumentsPerToken = true };
        var command = new Command("lead",
            """
            Hand an order with its approvals to a node that takes part, have it led, and wait for the end. Says what is being
            done on standard error, and the wallet's keys on standard output. Led again, by the same or another node, it goes on
            where it was. Exit code 0: it holds. 1: the node refuses the order. 3: it does not hold, and why.

            Example:
              quorate ceremony lead order.json --approval alice.approval.json bob.approval.json --node http://127.0.0.1:7101
            """)
        {
            order, approvals, NodeConnection.Url, NodeConnection.Certificate, NodeConnection.Pin, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var document = PolicyFile.ReadOrder(parsed.GetValue(order)!.FullName);
            var request = new LeadCeremonyRequest
            {
                Order = ByteString.CopyFrom(document.Canonical.Span),
                Approvals = ByteString.CopyFrom(ApprovalJson.Write([.. parsed.GetValue(approvals)!.SelectMany(file => PolicyFile.ReadApprovals(file.FullName))])),
            };
            using var channel = NodeConnection.Open(parsed);
            var status = await NodeCalls.AskedAsync(parsed, () => FollowAsync(channel, document.Id, request, cancellation));
            return End(status, parsed.GetValue(json));
        });
        return command;
    }

    internal static Command CreateStatus()
    {
        var id = new Argument<string>("ID") { Description = "The order's id." };
        var command = new Command("status",
            """
            Ask a node how far a ceremony is, whoever leads it. Exit code 1 where it has heard of none.

            Example:
              quorate ceremony status new-wallet-0123456789abcdef --node http://127.0.0.1:7101
            """)
        {
            id, NodeConnection.Url, NodeConnection.Certificate, NodeConnection.Pin, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var channel = NodeConnection.Open(parsed);
            Print(await NodeCalls.AskedAsync(parsed, () => NodeCalls.GetAsync(channel, parsed.GetValue(id)!, cancellation)), parsed.GetValue(json));
        });
        return command;
    }

    /// <summary>Until it has ended. A node that was started again meanwhile is handed the order once more.</summary>
    static async Task<CeremonyStatus> FollowAsync(RpcChannel channel, string id, LeadCeremonyRequest request, CancellationToken cancellation)
    {
        var status = await NodeCalls.LeadAsync(channel, request, cancellation);
        var (said, silent) = ("", TimeSpan.Zero);
        using var progress = new ProgressLine();
        while (status.Refused.Length == 0 && (status.Lead is null || status.Lead.IsLeading))
        {
            if (Say(status) is var now && now != said)
            {
                progress.Above(() => Console.Error.WriteLine(now));
                progress.Show(said = now, (int)status.Done, (int)status.Steps);
            }
            await Task.Delay(interval, cancellation);
            try
            {
                status = await NodeCalls.GetAsync(channel, id, cancellation);
                if (status.Lead is null)
                    status = await NodeCalls.LeadAsync(channel, request, cancellation);
                silent = TimeSpan.Zero;
            }
            catch (RpcException problem) when (problem.StatusCode is StatusCode.Unavailable && silent < patience)
            {
                silent += interval;
            }
        }
        return status;
    }

    static string Say(CeremonyStatus status) => status switch
    {
        { Step.Length: > 0 } => string.Create(CultureInfo.InvariantCulture, $"attempt {status.Attempt}, {status.Done} of {status.Steps}: {status.Step}"),
        { Lead.Step: "rest" } => $"resting before another attempt: {status.Lead.Fault}",
        { Lead: { } lead } => string.Create(CultureInfo.InvariantCulture, $"attempt {Math.Max(lead.Attempt, status.Attempt)}: {lead.Step}"),
        _ => "",
    };

    static int End(CeremonyStatus status, bool asJson)
    {
        if (asJson)
            Console.WriteLine(JsonFormatter.Default.Format(status));
        if (status.Refused.Length > 0)
            throw new CliException($"{status.Id} is refused: {status.Refused}: {status.Detail}", CliException.Negative);
        if (status is { Stage: CeremonyStage.Ended, Outcome: Completed, Lead.Fault: "" })
        {
            if (!asJson)
                PrintEnd(status);
            return 0;
        }
        foreach (var blame in status.Lead?.Blames.AsEnumerable() ?? [])
            Console.Error.WriteLine($"{blame.By} names {string.Join(", ", blame.Accused)}{(blame.IsCertain ? ", and has been shown it" : "")}: {blame.Fault}");
        var because = status.Lead is { Fault.Length: > 0 } lead
            ? string.Create(CultureInfo.InvariantCulture, $"{lead.Fault}{(lead.Attempts > 0 ? $", in attempt {lead.Attempts}" : "")}{(lead.Named.Count > 0 ? $"; because of {string.Join(", ", lead.Named)}" : "")}{(lead.IsProven ? ", proven" : "")}")
            : status.Outcome;
        throw new CliException($"{status.Id} does not hold: {because}", CliException.Aborted);
    }

    const string Completed = Quorate.Node.Ceremonies.CeremonyState.Completed;

    static void PrintEnd(CeremonyStatus status)
    {
        Console.WriteLine($"ceremony    {status.Id}: {status.Kind} {status.Wallet}, {status.Outcome}");
        Console.WriteLine($"told        {string.Join(", ", status.Lead?.Told.AsEnumerable() ?? [])}");
        if (status.Keys is { } wallet)
            StatusCommand.Print(wallet);
    }

    static void Print(CeremonyStatus status, bool asJson)
    {
        if (asJson)
        {
            Console.WriteLine(JsonFormatter.Default.Format(status));
            return;
        }
        Console.WriteLine($"ceremony    {status.Id}: {status.Kind} {status.Wallet}");
        Console.WriteLine($"order       {Convert.ToHexStringLower(status.Order.Span)}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"stage       {status.Stage.ToString().ToLowerInvariant()}, attempt {status.Attempt} {Say(status)}"));
        if (status.Fault.Length > 0)
            Console.WriteLine($"fault       {status.Fault}{(status.Culprits.Count > 0 ? $"; names {string.Join(", ", status.Culprits)}" : "")}{(status.IsProven ? ", proven" : "")}");
        if (status.Outcome.Length > 0)
            Console.WriteLine($"outcome     {status.Outcome}");
        if (status.Keys is { } wallet)
            StatusCommand.Print(wallet);
    }
}
