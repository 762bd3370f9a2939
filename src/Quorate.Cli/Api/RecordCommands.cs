using System.CommandLine;
using Quorate.V1;

namespace Quorate.Cli.Api;

/// <summary>What has happened and how the processes are: <c>quorate event</c>, <c>audit events|head|download</c>, <c>node list</c>, ceremonies and acts at the server.</summary>
static class RecordCommands
{
    static readonly Option<string[]> types = new("--type") { Description = "Types of events, docs/events.md; all when absent.", AllowMultipleArgumentsPerToken = true };
    static readonly Option<string?> resource = new("--resource") { Description = "Of one transfer, vault, …, by its id." };
    static readonly Option<double?> hours = new("--since-hours") { Description = "Of the last so many hours." };

    internal static Command Events()
    {
        var resume = new Option<string?>("--resume") { Description = "Go on behind the event with this token." };
        return new("event",
            """
            What has happened, and what happens.

            Example:
              quorate event follow --type transfer.*
            """)
        {
            ApiCommands.List("list",
                """
                List events, the newest first.

                Example:
                  quorate event list --resource trf_…
                """, "id type resource status timestamp", (session, parsed, cancellation) =>
                {
                    var request = new ListEventsRequest { Resource = parsed.GetValue(resource) ?? "", Since = Documents.FromNow(-parsed.GetValue(hours)), OrderBy = "timestamp desc" };
                    request.Types_.Add(parsed.GetValue(types) ?? []);
                    return session.Client.Events.AllEventsAsync(request, cancellation);
                }, types, resource, hours),
            ApiCommands.Make("follow",
                """
                Print events as they happen, until it is interrupted. A connection that is lost is made again where it was.

                Example:
                  quorate event follow --type transfer.* --json
                """, [types, resource, hours, resume], async (session, parsed, cancellation) =>
                {
                    var request = new StreamEventsRequest { Resource = parsed.GetValue(resource) ?? "", Since = Documents.FromNow(-parsed.GetValue(hours)), ResumeToken = parsed.GetValue(resume) ?? "" };
                    request.Types_.Add(parsed.GetValue(types) ?? []);
                    try
                    {
                        await foreach (var happened in session.Client.Events.StreamEventsAsync(request, cancellation))
                            Console.WriteLine(session.IsJson ? MessageText.ToJson(happened)
                                : $"{MessageText.Of(happened, "timestamp")}  {happened.Type}  {happened.Resource}  {happened.Status}".TrimEnd());
                    }
                    catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
                    {
                        // That is how it ends.
                    }
                    return 0;
                }),
        };
    }

    internal static IEnumerable<Command> Audit()
    {
        var stream = new Option<string?>("--stream") { Description = "Of one stream: transfer/trf_…, act/act_…" };
        var target = new Option<FileInfo>("--out") { Description = "The new file.", Required = true };
        yield return ApiCommands.List("events",
            """
            List what is recorded, in the order it was.

            Example:
              quorate audit events --since-hours 24
            """, "position time stream type actor", (session, parsed, cancellation) => session.Client.Audit.AllAuditEventsAsync(
                new() { Stream = parsed.GetValue(stream) ?? "", Since = Documents.FromNow(-parsed.GetValue(hours)) }, cancellation), stream, hours);
        yield return ApiCommands.Ask("head",
            """
            Show the head of the server's journal, and the last one that nodes have co-signed.

            Example:
              quorate audit head
            """, (session, _, cancellation) => session.Client.Operations.GetAuditHeadAsync(null, null, cancellation));
        yield return ApiCommands.Make("download",
            """
            Write the journal, as the API hands it out up to the last head that nodes have co-signed, into a file that
            `quorate audit verify` checks.

            Example:
              quorate audit download --out journal.export
              quorate audit verify journal.export --genesis genesis.json
            """, [target], async (session, parsed, cancellation) =>
            {
                var path = parsed.GetValue(target)!.FullName;
                using var file = Creating(path);
                using (var progress = new ProgressLine())
                {
                    progress.Show(() => $"{file.Position} bytes");
                    await session.Client.Audit.ExportJournalAsync(null, file, cancellation);
                }
                file.Flush(flushToDisk: true);
                Console.WriteLine($"{file.Length} bytes: {path}");
                return 0;
            });
    }

    internal static Command Nodes() => ApiCommands.List<V1.Node>("list",
        """
        List the nodes by what they say of themselves to the server. Nothing in it is proven; `quorate node status` asks one.

        Example:
          quorate node list
        """, "number name answers acts frozen wallets sessions time", async (session, _, cancellation) =>
            (await session.Client.Operations.ListNodesAsync(null, null, cancellation)).Nodes);

    internal static IEnumerable<Command> Ceremonies()
    {
        var id = ApiCommands.Id("cer_");
        var file = new Argument<FileInfo>("ORDER") { Description = "The order, as `quorate ceremony refresh` and the others write it." };
        yield return ApiCommands.Make("submit",
            """
            Hand an order to the wallet server, which has it led as soon as enough administrators have signed: `quorate approval give cer_…`.

            Example:
              quorate ceremony submit order.json
            """, [file, Waiting.Option], async (session, parsed, cancellation) => await Waiting.FinishAsync(session, parsed,
                await session.Client.Governance.CreateCeremonyAsync(new() { Order = Documents.Read(parsed.GetValue(file)!) }, null, cancellation), cancellation));
        yield return ApiCommands.Make("show",
            """
            Show how far a ceremony is that the wallet server has.

            Example:
              quorate ceremony show cer_… --wait
            """, [id, Waiting.Option], async (session, parsed, cancellation) => await Waiting.FinishAsync(session, parsed,
                await session.Client.Governance.GetCeremonyAsync(new() { Ceremony = parsed.GetValue(id)! }, null, cancellation), cancellation));
    }

    internal static IEnumerable<Command> Acts()
    {
        var id = ApiCommands.Id("act_");
        var file = new Argument<FileInfo>("ACT") { Description = "The act, as `quorate act policy` and the others write it." };
        yield return ApiCommands.Ask("submit",
            """
            Hand an act to the wallet server, which hands it to the nodes as soon as enough administrators have signed:
            `quorate approval give act_…`.

            Example:
              quorate act submit act.json
            """, (session, parsed, cancellation) => session.Client.Governance.CreateActAsync(new() { Document = Documents.Read(parsed.GetValue(file)!) }, null, cancellation), file);
        yield return ApiCommands.Ask("show",
            """
            Show an act that the wallet server has, and which nodes have taken it.

            Example:
              quorate act show act_…
            """, (session, parsed, cancellation) => session.Client.Governance.GetActAsync(new() { Act = parsed.GetValue(id)! }, null, cancellation), id);
    }

    static FileStream Creating(string path)
    {
        try
        {
            return new(path, FileMode.CreateNew, FileAccess.Write);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{path}: {problem.Message}");
        }
    }
}
