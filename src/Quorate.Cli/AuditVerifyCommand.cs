using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Quorate.Cryptography.Signatures;
using Quorate.Journal;
using Quorate.Journal.Export;
using Quorate.Journal.Heads;

namespace Quorate.Cli;

/// <summary><c>quorate audit verify</c>.</summary>
static class AuditVerifyCommand
{
    internal static Command Create()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "An exported journal." };
        var heads = new Option<FileInfo[]>("--head")
        {
            Description = "A head note that was kept elsewhere; the file has to contain that history. Repeat for several.",
            AllowMultipleArgumentsPerToken = true,
        };
        var signers = new Option<string[]>("--signer")
        {
            Description = "The key of somebody whose co-signatures count, name+id+base64. Repeat for several.",
            AllowMultipleArgumentsPerToken = true,
        };
        var genesis = new Option<FileInfo?>("--genesis") { Description = "A genesis document: its nodes are signers." };
        var quorum = new Option<int?>("--quorum") { Description = "How many of the signers must have signed the last head. All of them by default." };
        var json = new Option<bool>("--json") { Description = "Print the result as JSON." };
        var command = new Command("verify",
            """
            Verify an exported journal: every event follows from the one before it, nothing is missing, and the history is
            the one whose heads were kept or co-signed. Exit code 0 means intact, 1 not intact or not signed, 2 no exported
            journal, or cut off.

            Without --head and --signer, a file whose end was cut off before it was exported is intact too.

            Example:
              quorate audit verify journal.export --head monday.head --signer 'auditor.example/w1+92b859ca+BNda…'
            """)
        {
            file, heads, signers, genesis, quorum, json,
        };
        command.SetAction(parsed => Run(
            parsed.GetValue(file)!, parsed.GetValue(heads) ?? [], [.. (parsed.GetValue(signers) ?? []).Select(ReadKey), .. NodesOf(parsed.GetValue(genesis))],
            parsed.GetValue(quorum), parsed.GetValue(json)));
        return command;
    }

    static int Run(FileInfo file, FileInfo[] headFiles, HeadKey[] signers, int? quorum, bool json)
    {
        HeadKey[] keys = [.. signers.Distinct()];
        var needed = quorum ?? keys.Length;
        if (needed < 0 || needed > keys.Length)
            throw new CliException($"--quorum is 0 to the number of signers ({keys.Length}), not {needed}.");
        HeadNote[] kept = [.. headFiles.Select(ReadNote)];

        var report = Verify(file, kept);
        var signed = Signers([.. report.Notes, .. kept.Where(n => n.Head == report.Chain.Head)], keys, out var spoilt);
        var isSigned = spoilt is null && signed.Count >= needed;
        var result = new Result(
            report.Chain.IsIntact && isSigned, report.Chain.Head.Journal.ToString("N"), report.Start.Position + 1, report.Chain.Head.Position,
            report.Chain.Head.Hash.ToString(), report.Chain.Events, report.Chain.Streams, report.Chain.AnchorsMatched,
            [.. signed.OrderBy(s => s.Key.Name, StringComparer.Ordinal).Select(s => new Signer(s.Key.Name, s.Value))],
            [.. report.Chain.Faults.Select(f => new Fault(f.Kind.ToString(), f.Position, f.Detail))], report.Chain.FaultCount);
        if (json)
            Console.WriteLine(JsonSerializer.Serialize(result, FileJson.Default.AuditVerifyResult));
        else
            Print(result, report, kept.Length > 0);

        if (!report.Chain.IsIntact)
            throw new CliException($"not intact: {report.Chain.Faults[0]}.", CliException.Negative);
        if (spoilt is not null)
            throw new CliException($"the signature of {spoilt} on the last head is not valid.", CliException.Negative);
        if (!isSigned)
            throw new CliException($"the last head is signed by {signed.Count} of the signers given, {needed} are needed.", CliException.Negative);
        return 0;
    }

    static IEnumerable<HeadKey> NodesOf(FileInfo? genesis) => genesis is not null && PolicyFile.ReadGenesis(genesis.FullName) is var deployment
        ? deployment.Nodes.Select(node => new HeadKey(deployment.WitnessNameOf(node), node.Id.AsSpan()))
        : [];

    static ExportReport Verify(FileInfo file, HeadNote[] kept)
    {
        try
        {
            using var stream = new FileStream(file.FullName, new FileStreamOptions { Options = FileOptions.SequentialScan, BufferSize = 1 << 16 });
            return ExportVerifier.VerifyAsync(stream, [.. kept.Select(n => n.Head)]).GetAwaiter().GetResult();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ExportFormatException or ArgumentException)
        {
            throw new CliException($"{file}: {problem.Message}");
        }
    }

    static Dictionary<HeadKey, DateTimeOffset> Signers(HeadNote[] notes, HeadKey[] keys, out string? spoilt)
    {
        spoilt = null;
        var signed = new Dictionary<HeadKey, DateTimeOffset>();
        foreach (var note in notes)
            foreach (var key in keys)
            {
                if (note.SignedBy([key], Ed25519Signature.Verify) is not { } found)
                    spoilt = key.Name;
                else if (found.TryGetValue(key, out var time))
                    signed[key] = time;
            }
        return signed;
    }

    static void Print(Result result, ExportReport report, bool comparesHeads)
    {
        foreach (var fault in result.Faults)
            Console.WriteLine($"{fault.Kind} at {fault.Position}: {fault.Detail}");
        if (result.FaultCount > result.Faults.Length)
            Console.WriteLine($"and {result.FaultCount - result.Faults.Length} more");
        Console.WriteLine($"journal   {result.Journal}");
        Console.WriteLine($"events    {result.Events} in {result.Streams} streams, positions {result.FirstPosition} to {result.LastPosition}");
        Console.WriteLine($"head      {result.Hash}");
        if (!report.IsWhole)
            Console.WriteLine($"begins    behind {report.Start.Hash}, position {report.Start.Position}, which this file cannot prove");
        if (comparesHeads)
            Console.WriteLine($"kept      {result.HeadsMatched} heads stand in this history");
        foreach (var signer in result.SignedBy)
            Console.WriteLine($"signed    by {signer.Name} at {signer.Time.ToString("u", CultureInfo.InvariantCulture)}");
        Console.WriteLine(result.Valid ? "intact" : report.Chain.IsIntact ? "intact, but not signed as asked" : "NOT INTACT");
    }

    static HeadKey ReadKey(string text)
    {
        try
        {
            return HeadKey.Parse(text);
        }
        catch (FormatException problem)
        {
            throw new CliException($"--signer {text}: {problem.Message}");
        }
    }

    static HeadNote ReadNote(FileInfo file)
    {
        try
        {
            if (file.Length > JournalLimits.MaxNoteBytes)
                throw new CliException($"{file}: larger than a head note can be.");
            return HeadNote.Parse(File.ReadAllText(file.FullName));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new CliException($"{file}: {problem.Message}");
        }
    }

    internal sealed record Result(
        bool Valid, string Journal, long FirstPosition, long LastPosition, string Hash, long Events, long Streams, int HeadsMatched,
        Signer[] SignedBy, Fault[] Faults, long FaultCount);

    internal sealed record Signer(string Name, DateTimeOffset Time);

    internal sealed record Fault(string Kind, long Position, string Detail);
}
