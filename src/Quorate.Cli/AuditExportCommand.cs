using System.CommandLine;
using System.Globalization;
using Quorate.Cli.Node;
using Quorate.Cli.Server;
using Quorate.Journal;
using Quorate.Server.Audit;

namespace Quorate.Cli;

/// <summary><c>quorate audit export</c>.</summary>
static class AuditExportCommand
{
    internal static Command Create()
    {
        var data = new Option<DirectoryInfo>("--data") { Description = "The server's data directory.", Required = true };
        var configuration = new Option<FileInfo?>("--config") { Description = "The server's configuration; server.json in the data directory when absent." };
        var target = new Option<FileInfo>("--out") { Description = "The new file.", Required = true };
        var command = new Command("export",
            """
            Write a wallet server's journal into a file that `quorate audit verify` checks without server or database: up to the
            last head that the nodes have co-signed, with their signatures. The server may be running.

            Example:
              quorate audit export --data server --out journal.export
            """)
        {
            data, configuration, target,
        };
        command.SetAction((parsed, cancellation) => DataDirectory.RunAsync(async () =>
        {
            var directory = parsed.GetValue(data)!.FullName;
            var postgres = ServerConfiguration.Read(parsed.GetValue(configuration)?.FullName ?? Path.Combine(directory, "server.json")).Database;
            var path = parsed.GetValue(target)!.FullName;
            var journal = postgres is null
                ? await EventStore.OpenSqliteAsync(Existing(Path.Combine(directory, ServerJournal.FileName)))
                : await EventStore.OpenPostgresAsync(postgres, cancellation: cancellation);
            await using (journal.ConfigureAwait(false))
            {
                using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
                var note = await ServerJournal.ExportAsync(journal, file, after: null, cancellation);
                file.Flush(flushToDisk: true);
                Console.WriteLine(note is null
                    ? "whole journal; the nodes have co-signed no head yet"
                    : string.Create(CultureInfo.InvariantCulture, $"{note.Head.Position} events, co-signed by {note.Signatures.Count}: {path}"));
            }
        }));
        return command;
    }

    // Opening makes what is not there; exporting does not.
    static string Existing(string path) => File.Exists(path) ? path : throw new CliException($"{path} is not there.");
}
