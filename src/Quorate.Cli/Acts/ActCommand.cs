using System.CommandLine;
using Quorate.Cli.Api;
using Quorate.Cli.Ceremonies;

namespace Quorate.Cli.Acts;

/// <summary><c>quorate act</c>: from a change that administrators want to a file that nodes take.</summary>
static class ActCommand
{
    internal static Command Create()
    {
        var command = new Command("act",
            """
            Change what nodes go by: policy, members and their devices, administrators, the end of a freeze. An act is written,
            as many administrators approve it as it takes, and every node is handed the same file.

            Example:
              quorate act policy treasury.json --node http://127.0.0.1:7101 --out act.json
              quorate act approve act.json --device-key alice.device.json --out act.alice.json
              quorate act approve act.json --device-key bob.device.json --out act.bob.json
              quorate act gather act.json --approval act.alice.json act.bob.json --out act-1.json
              quorate node acts take act-1.json --node http://127.0.0.1:7101
            """);
        command.Add(ApproveCommand.Create("ACT", "The act.",
            """
            Approve an act with a device key. Prints what is signed: read it, and compare the hash with the other administrators.

            Example:
              quorate act approve act.json --device-key alice.device.json --out act.alice.json
            """, path => PolicyFile.ReadAct(path) is var act ? new(act.Hash, act.Canonical, $"{act}") : default));
        command.Add(Gather());
        return command.With(DraftCommands.All()).With(RecordCommands.Acts());
    }

    static Command Gather()
    {
        var act = new Argument<FileInfo>("ACT") { Description = "The act." };
        var approvals = new Option<FileInfo[]>("--approval") { Description = "The administrators' approvals of it.", Required = true, AllowMultipleArgumentsPerToken = true };
        var target = new Option<FileInfo>("--out") { Description = "The new file.", Required = true };
        var command = new Command("gather",
            """
            Put an act and its approvals into one file, which nodes take. Keep it: a node that is new, or has lost its journal,
            needs every act since the genesis document. Whether the approvals are enough is for the nodes to say.

            Example:
              quorate act gather act.json --approval act.alice.json act.bob.json --out act-1.json
            """)
        {
            act, approvals, target,
        };
        command.SetAction(parsed =>
        {
            var document = PolicyFile.ReadAct(parsed.GetValue(act)!.FullName);
            var signed = parsed.GetValue(approvals)!.SelectMany(file => PolicyFile.ReadApprovals(file.FullName)).ToArray();
            var path = parsed.GetValue(target)!.FullName;
            ActFile.Of(document, signed).Write(path);
            Console.WriteLine($"{document}\nsigned by {string.Join(", ", signed.Select(approval => approval.Member).Distinct())}: {path}");
        });
        return command;
    }
}
