using System.CommandLine;
using Quorate.Cli.Api;
using Quorate.Policies;

namespace Quorate.Cli;

/// <summary><c>quorate policy</c>: policies as files, before a node sees them, and as drafts at the server.</summary>
static class PolicyCommand
{
    internal static Command Create() => new Command("policy",
        """
        Read, check, test and try policy documents.

        Examples:
          quorate policy lint treasury.json
          quorate policy test treasury.json
          quorate policy replay draft.json --intents recorded.json
          quorate policy show treasury.json
          quorate policy hash treasury.json
        """)
    {
        Lint(), Test(), Replay(), Show(), Hash(),
    }.With(PolicyDraftCommands.Create());

    static Argument<string> FileArgument() => new("file") { Description = "The policy document, JSON." };

    static Command Lint()
    {
        var file = FileArgument();
        var strict = new Option<bool>("--strict") { Description = "Let warnings count as errors." };
        var command = new Command("lint",
            """
            Find what a policy can not mean: rules that never apply, contradict each other or add nothing,
            limits that are never reached, quorums nobody can form. Exit code 0 means no errors, 1 errors.

            Example:
              quorate policy lint treasury.json
            """)
        {
            file, strict,
        };
        command.SetAction(parsed =>
        {
            var findings = PolicyLinter.Run(PolicyFile.Read(parsed.GetValue(file)!));
            foreach (var finding in findings)
                Console.WriteLine($"{(finding.Severity == Severity.Error ? "error  " : "warning")} {finding.Pointer}: {finding.Message} [{finding.Code}]");
            var errors = findings.Count(finding => finding.Severity == Severity.Error);
            Console.WriteLine($"{errors} errors, {findings.Length - errors} warnings");
            return errors > 0 || (parsed.GetValue(strict) && findings.Length > 0) ? CliException.Negative : 0;
        });
        return command;
    }

    static Command Test()
    {
        var file = FileArgument();
        var command = new Command("test",
            """
            Run the examples that a policy brings. Exit code 0 means that all came out as they expect, 1 that
            some did not.

            Example:
              quorate policy test treasury.json
            """)
        {
            file,
        };
        command.SetAction(parsed =>
        {
            var results = PolicyExamples.Run(PolicyFile.Read(parsed.GetValue(file)!));
            foreach (var result in results)
            {
                Console.WriteLine($"{(result.Problem is null ? "ok    " : "FAILED")} {result.Case.Name}");
                if (result.Problem is not null)
                    Console.WriteLine(Indented($"{result.Problem}\n{result.Decision}".TrimEnd()));
            }
            var failed = results.Count(result => result.Problem is not null);
            Console.WriteLine($"{results.Length - failed} passed, {failed} failed");
            return failed > 0 ? CliException.Negative : 0;
        });
        return command;
    }

    static Command Replay()
    {
        var file = FileArgument();
        var intents = new Option<string>("--intents") { Description = "Recorded intents, JSON.", Required = true };
        var against = new Option<string?>("--against") { Description = "Compare with what this policy says instead of what was decided." };
        var command = new Command("replay",
            """
            Run a draft over recorded intents and show what it would decide otherwise. Exit code 0 means
            nothing, 1 something.

            Example:
              quorate policy replay draft.json --intents recorded.json --against treasury.json
            """)
        {
            file, intents, against,
        };
        command.SetAction(parsed =>
        {
            var draft = PolicyFile.Read(parsed.GetValue(file)!);
            var recorded = PolicyFile.ReadRecording(parsed.GetValue(intents)!);
            var differences = PolicyReplay.Run(draft, recorded, parsed.GetValue(against) is { } other ? PolicyFile.Read(other) : null);
            foreach (var (past, before, after) in differences)
            {
                Console.WriteLine($"{past.Name}  {past.At.UtcDateTime:yyyy-MM-dd HH:mm:ss}  {past.Request.Wallet}  asked by {past.Request.Initiator}");
                foreach (var act in past.Request.Acts)
                    Console.WriteLine($"    {act}");
                Console.WriteLine($"  - {Word(before)}");
                Console.WriteLine($"  + {after.ToString().ReplaceLineEndings("\n  + ")}");
            }
            Console.WriteLine($"{recorded.Length} intents, {differences.Length} would be decided otherwise");
            return differences.IsEmpty ? 0 : CliException.Negative;
        });
        return command;
    }

    static Command Show()
    {
        var file = FileArgument();
        var command = new Command("show",
            """
            Print a policy's canonical form, the bytes that its hash is over.

            Example:
              quorate policy show treasury.json
            """)
        {
            file,
        };
        command.SetAction(parsed =>
        {
            var policy = PolicyFile.Read(parsed.GetValue(file)!);
            Console.Error.WriteLine($"{policy.Name}: {policy.RuleCount} rules, {policy.ExampleCount} examples, hash {policy.Hash}");
            Console.Out.WriteLine(System.Text.Encoding.UTF8.GetString(policy.ToCanonicalJson()));
        });
        return command;
    }

    static Command Hash()
    {
        var file = FileArgument();
        var command = new Command("hash",
            """
            Print a policy's content hash: what administrators sign and nodes pin.

            Example:
              quorate policy hash treasury.json
            """)
        {
            file,
        };
        command.SetAction(parsed => Console.WriteLine(PolicyFile.Read(parsed.GetValue(file)!).Hash));
        return command;
    }

    static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Allow => "allow",
        Verdict.NeedsApprovals => "needs approvals",
        _ => "deny",
    };

    static string Indented(string text) => "         " + text.ReplaceLineEndings("\n         ");
}
