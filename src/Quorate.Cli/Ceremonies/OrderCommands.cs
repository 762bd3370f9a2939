using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Quorate.Cli.Node;
using Quorate.Node.V1;
using Quorate.Policies;

namespace Quorate.Cli.Ceremonies;

/// <summary>The commands that write orders: docs/spec/ceremonies.md.</summary>
static class OrderCommands
{
    static readonly Option<FileInfo> genesis = new("--genesis") { Description = "The genesis document of the deployment.", Required = true };
    static readonly Option<FileInfo> target = new("--out") { Description = "The new file.", Required = true };
    static readonly Option<string?> id = new("--id") { Description = "The order's own name, used once for ever; random when absent." };
    static readonly Option<double> hours = new("--hours") { Description = "How long it is good for, 168 at most.", DefaultValueFactory = _ => 24 };

    static readonly Option<string> wallet = new("--wallet") { Description = "The wallet.", Required = true };
    static readonly Option<int> threshold = new("--threshold", "-t") { Description = "How many nodes sign, at least 2.", DefaultValueFactory = _ => 2 };
    static readonly Option<string[]> nodes = new("--nodes") { Description = "Names of nodes; all of the genesis document when absent.", AllowMultipleArgumentsPerToken = true };
    static readonly Option<uint?> epoch = new("--epoch") { Description = "The epoch in force; the node at --node is asked when absent." };
    static readonly Option<string[]> keys = new("--keys") { Description = "The ids of all the wallet's keys; the node at --node is asked when absent.", AllowMultipleArgumentsPerToken = true };

    internal static IEnumerable<Command> All()
    {
        yield return Write("new-wallet", "createWallet",
            """
            Write an order for a new wallet, with keys that no machine ever holds whole.

            Example:
              quorate ceremony new-wallet --genesis genesis.json --wallet treasury --threshold 2 --out order.json
            """, [wallet, threshold, nodes, schemes], (parsed, document) => Task.FromResult(new JsonObject
            {
                ["wallet"] = parsed.GetValue(wallet), ["threshold"] = parsed.GetValue(threshold), ["nodes"] = NodesOf(parsed, document),
                ["schemes"] = Array(parsed.GetValue(schemes)!),
            }));
        yield return Write("refresh", "refresh",
            """
            Write an order for new shares of the same keys: whatever of the old ones was stolen is worth nothing afterwards.

            Example:
              quorate ceremony refresh --genesis genesis.json --wallet treasury --node http://127.0.0.1:7101 --out order.json
            """, [wallet, epoch], async (parsed, _) =>
            {
                var (number, _) = await FactsAsync(parsed, withKeys: false);
                return new() { ["wallet"] = parsed.GetValue(wallet), ["epoch"] = number };
            });
        yield return Write("reshare", "reshare",
            """
            Write an order that moves a wallet to another committee or threshold. Nodes that leave destroy their shares.

            Example:
              quorate ceremony reshare --genesis genesis.json --wallet treasury --nodes node-2 node-3 node-4 --threshold 2 \
                --node http://127.0.0.1:7101 --out order.json
            """, [wallet, threshold, nodes, epoch, keys], async (parsed, document) =>
            {
                var (number, ids) = await FactsAsync(parsed, withKeys: true);
                return new()
                {
                    ["wallet"] = parsed.GetValue(wallet), ["epoch"] = number, ["threshold"] = parsed.GetValue(threshold), ["nodes"] = NodesOf(parsed, document),
                    ["keys"] = ids,
                };
            });
        yield return Write("repair", "repair",
            """
            Write an order that gives one node its lost shares back. It knows the wallet again by it; shares for ECDSA sign after
            the next refresh.

            Example:
              quorate ceremony repair --genesis genesis.json --wallet treasury --lost node-2 --node http://127.0.0.1:7101 --out order.json
            """, [wallet, lost, epoch, keys], async (parsed, _) =>
            {
                var (number, ids) = await FactsAsync(parsed, withKeys: true);
                return new() { ["wallet"] = parsed.GetValue(wallet), ["epoch"] = number, ["node"] = parsed.GetValue(lost), ["keys"] = ids };
            });
        yield return Write("import", "importKey",
            """
            Write an order for a wallet of a key that exists. The importer's operator brings the private key with
            `quorate node import` before the ceremony is led.

            Example:
              quorate ceremony import --genesis genesis.json --wallet old --scheme ecdsa --importer node-1 --public-key 02... --out order.json
            """, [wallet, scheme, importer, publicKey, chainCode, threshold, nodes], (parsed, document) => Task.FromResult(new JsonObject
            {
                ["wallet"] = parsed.GetValue(wallet), ["scheme"] = parsed.GetValue(scheme), ["importer"] = parsed.GetValue(importer),
                ["nodes"] = NodesOf(parsed, document), ["threshold"] = parsed.GetValue(threshold), ["publicKey"] = parsed.GetValue(publicKey),
                ["chainCode"] = parsed.GetValue(chainCode) ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)),
            }));
        yield return Write("backup", "backup",
            """
            Write an order by which each node writes an encrypted backup of its vault where its operator has configured it.

            Example:
              quorate ceremony backup --genesis genesis.json --out order.json
            """, [nodes], (parsed, document) => Task.FromResult(new JsonObject { ["nodes"] = NodesOf(parsed, document) }));
    }

    static readonly Option<string[]> schemes = new("--schemes")
    {
        Description = "A key for each of them.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [.. KeyName.All],
    };
    static readonly Option<string> lost = new("--lost") { Description = "The node that has lost its shares.", Required = true };
    static readonly Option<string> scheme = new("--scheme") { Description = $"What the key is for: {string.Join(", ", KeyName.All)}.", Required = true };
    static readonly Option<string> importer = new("--importer") { Description = "The node whose operator brings the key.", Required = true };
    static readonly Option<string> publicKey = new("--public-key") { Description = "The public key in hexadecimal: 33 bytes, of Ed25519 32.", Required = true };
    static readonly Option<string?> chainCode = new("--chain-code") { Description = "32 bytes in hexadecimal for the derivation of children; random when absent." };

    static Command Write(
        string name, string kind, string description, Option[] options, Func<ParseResult, GenesisDocument, Task<JsonObject>> build)
    {
        var command = new Command(name, description) { genesis, target, id, hours };
        foreach (var option in options)
            command.Add(option);
        if (options.Contains(epoch))
            foreach (var option in (Option[])[NodeConnection.Url, NodeConnection.Certificate, NodeConnection.Pin])
                command.Add(option);
        command.SetAction(async (parsed, _) =>
        {
            var document = PolicyFile.ReadGenesis(parsed.GetValue(genesis)!.FullName);
            var path = parsed.GetValue(target)!.FullName;
            if (Path.Exists(path))
                throw new CliException($"{path} exists; nothing is overwritten.");
            var order = OrderText.Of(
                document.Hash.ToString(), parsed.GetValue(id) ?? $"{name}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}", parsed.GetValue(hours), kind,
                await build(parsed, document));
            var text = JsonSerializer.Serialize(order, FileJson.Default.JsonObject);
            try
            {
                var read = CeremonyOrder.Parse(Encoding.UTF8.GetBytes(text));
                await File.WriteAllTextAsync(path, text + "\n", CancellationToken.None);
                Console.WriteLine($"{read}\nexpires  {read.ExpiresAt:u}\norder    {path}");
            }
            catch (DocumentException problem)
            {
                throw new CliException($"{problem.Message} [{problem.Code}]");
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                throw new CliException($"{path}: {problem.Message}");
            }
        });
        return command;
    }

    static JsonArray NodesOf(ParseResult parsed, GenesisDocument document)
    {
        var names = parsed.GetValue(nodes) is { Length: > 0 } some ? some : [.. document.Nodes.Select(node => node.Name)];
        return names.FirstOrDefault(name => document.Nodes.All(node => node.Name != name)) is { } unknown
            ? throw new CliException($"The genesis document has no node {unknown}.")
            : Array(names);
    }

    /// <summary>What the order says of a wallet that exists: told, or asked of a node. The administrators compare it before they approve.</summary>
    static async Task<(uint Epoch, JsonArray Keys)> FactsAsync(ParseResult parsed, bool withKeys)
    {
        var ids = withKeys ? parsed.GetValue(keys) ?? [] : [];
        if (parsed.GetValue(epoch) is { } told && (!withKeys || ids.Length > 0))
            return (told, Array(ids));
        var status = await NodeCalls.StatusAsync(parsed, CancellationToken.None);
        Wallet known = status.Wallets.FirstOrDefault(w => w.Name == parsed.GetValue(wallet))
            ?? throw new CliException($"{parsed.GetValue(NodeConnection.Url)} knows no wallet {parsed.GetValue(wallet)}.");
        return (parsed.GetValue(epoch) ?? (uint)known.Epoch, ids.Length > 0 ? Array(ids) : Array([.. known.Keys.Select(key => Convert.ToHexStringLower(key.Id.Span))]));
    }

    static JsonArray Array(string[] items) => [.. items.Select(item => (JsonNode)item)];
}
