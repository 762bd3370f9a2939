using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Quorate.Chains;
using Quorate.Cli.Ceremonies;
using Quorate.Cli.Node;
using Quorate.Policies;

namespace Quorate.Cli.Acts;

/// <summary>The commands that write acts: docs/spec/genesis.md.</summary>
static class DraftCommands
{
    static readonly Option<FileInfo?> genesis = new("--genesis") { Description = "The genesis document; for the first act, where no node is asked." };
    static readonly Option<FileInfo?> after = new("--after") { Description = "The act before this one; where no node is asked." };
    static readonly Option<FileInfo> target = new("--out") { Description = "The new file.", Required = true };
    static readonly Option<double> hours = new("--hours") { Description = "How long nodes may be handed it.", DefaultValueFactory = _ => 24 };

    static readonly Argument<FileInfo> file = new("FILE") { Description = "The document." };
    static readonly Option<string[]> members = new("--members") { Description = "Who decides, by name.", Required = true, AllowMultipleArgumentsPerToken = true };
    static readonly Option<int> threshold = new("--threshold", "-t") { Description = "How many of them it takes.", Required = true };
    static readonly Argument<string> scope = new("SCOPE") { Description = "A wallet, or * for everything." };

    internal static IEnumerable<Command> All()
    {
        yield return Draft("policy",
            """
            Write an act that puts another policy in force. Try it with `quorate policy` first.

            Example:
              quorate act policy treasury.json --node http://127.0.0.1:7101 --out act.json
            """, [file], parsed => Document(parsed.GetValue(file)!.FullName));
        yield return Draft("membership",
            """
            Write an act that puts another membership in force: everybody with his devices, as in the genesis document.

            Example:
              quorate act membership members.json --node http://127.0.0.1:7101 --out act.json
            """, [file], parsed => Document(parsed.GetValue(file)!.FullName));
        yield return Draft("administrators",
            """
            Write an act by which other members decide.

            Example:
              quorate act administrators --members alice bob dora --threshold 2 --node http://127.0.0.1:7101 --out act.json
            """, [members, threshold], parsed => new JsonObject
            {
                ["threshold"] = parsed.GetValue(threshold), ["members"] = new JsonArray([.. parsed.GetValue(members)!.Select(name => (JsonNode)name)]),
            });
        yield return Draft("unfreeze",
            """
            Write an act that ends a freeze: of one wallet, or * of everything.

            Example:
              quorate act unfreeze treasury --node http://127.0.0.1:7101 --out act.json
            """, [scope], parsed => parsed.GetValue(scope)!);
    }

    static Command Draft(string kind, string description, Symbol[] symbols, Func<ParseResult, JsonNode> build)
    {
        var command = new Command(kind, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
                command.Add(argument);
            else
                command.Add((Option)symbol);
        }
        foreach (var option in (Option[])[target, hours, NodeConnection.Url, NodeConnection.Certificate, NodeConnection.Pin, genesis, after])
            command.Add(option);
        command.SetAction(async (parsed, cancellation) =>
        {
            var path = parsed.GetValue(target)!.FullName;
            var (previous, number) = await PlaceAsync(parsed, cancellation);
            var text = JsonSerializer.Serialize(new()
            {
                ["quorateAct"] = 1,
                ["previous"] = previous,
                ["number"] = number,
                ["expiresAt"] = Deadline.In(parsed.GetValue(hours)),
                ["change"] = new JsonObject { [kind] = build(parsed) },
            }, FileJson.Default.JsonObject);
            try
            {
                var act = AdministrativeAct.Parse(Encoding.UTF8.GetBytes(text), ChainSpelling.IsCanonical);
                NewFile.Write(path, text);
                Console.WriteLine($"{act}\nfollows  {act.Previous}\nexpires  {act.ExpiresAt:u}\nact      {path}");
            }
            catch (DocumentException problem)
            {
                throw new CliException($"{problem.Message} [{problem.Code}]");
            }
        });
        return command;
    }

    /// <summary>What the act follows: as a node says, or as a document does. The administrators compare it before they approve.</summary>
    static async Task<(string Previous, ulong Number)> PlaceAsync(ParseResult parsed, CancellationToken cancellation)
    {
        if (parsed.GetValue(after) is { } before)
        {
            var act = PolicyFile.ReadAct(before.FullName);
            return ($"{act.Hash}", act.Number + 1);
        }
        if (parsed.GetValue(genesis) is { } document)
            return ($"{PolicyFile.ReadGenesis(document.FullName).Hash}", 1);
        var status = await NodeCalls.StatusAsync(parsed, cancellation);
        return status.LastAct.IsEmpty
            ? throw new CliException($"{parsed.GetValue(NodeConnection.Url)} has no deployment: nothing can follow.")
            : (Convert.ToHexStringLower(status.LastAct.Span), status.Acts + 1);
    }

    static JsonNode Document(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllBytes(path)) ?? throw new CliException($"{path}: null.");
        }
        catch (Exception problem) when (problem is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{path}: {problem.Message}");
        }
    }
}
