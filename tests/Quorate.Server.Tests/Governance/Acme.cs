using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Quorate.Cryptography.Signatures;
using Quorate.Policies;
using Quorate.Testing;

namespace Quorate.Server.Tests.Governance;

/// <summary>An organisation of two nodes and two administrators, both of whom it takes.</summary>
static class Acme
{
    internal static IReadOnlyDictionary<string, Ed25519Key> Keys => keys;

    static readonly Dictionary<string, Ed25519Key> keys =
        new[] { "alice", "bob", "node-1", "node-2" }.ToDictionary(name => name, name => Ed25519Key.Generate(new SeededRandom(9, name)));

    /// <summary>The number of a node.</summary>
    internal static int NumberOf(NodeId node) => node.Equals(NodeId.FromPublicKey(keys["node-1"].EncodedPublicKey)) ? 1 : 2;

    /// <summary>A member's signature of a document.</summary>
    internal static JsonElement Approval(string member, Digest document)
    {
        using var json = JsonDocument.Parse(ApprovalJson.Write([new Approval.Signature(member, "laptop", keys[member].Sign(ApprovalSet.MessageFor(document)))]));
        return json.RootElement[0].Clone();
    }

    /// <summary>Alice's passkey, her phone.</summary>
    internal static BrowserPasskey Passkey { get; } = new("wallet.example.org", "https://wallet.example.org");

    internal static GenesisDocument Genesis(params string[] alsoAllowed) => GenesisDocument.Parse(Encoding.UTF8.GetBytes(new JsonObject
    {
        ["quorateGenesis"] = 1, ["organisation"] = "acme", ["mode"] = "development",
        ["nodes"] = new JsonArray([.. new[] { "node-1", "node-2" }.Select(n => new JsonObject { ["name"] = n, ["key"] = Convert.ToHexStringLower(keys[n].EncodedPublicKey) })]),
        ["administrators"] = new JsonObject { ["threshold"] = 2, ["members"] = new JsonArray("alice", "bob") },
        ["membership"] = new JsonObject
        {
            ["quorateMembership"] = 1,
            ["relyingParty"] = new JsonObject { ["id"] = "wallet.example.org", ["origins"] = new JsonArray("https://wallet.example.org") },
            ["members"] = new JsonArray([.. new[] { "alice", "bob" }.Select(name => new JsonObject
            {
                ["id"] = name,
                ["devices"] = new JsonArray([
                    new JsonObject { ["id"] = "laptop", ["ed25519"] = Convert.ToHexStringLower(keys[name].EncodedPublicKey) }, .. name == "alice" ? (JsonNode[])[Passkey.Device("phone")] : []]),
            })]),
        },
        ["policy"] = new JsonObject
        {
            ["quoratePolicy"] = 1, ["name"] = "a", ["rules"] = new JsonArray(new JsonObject { ["id"] = "pay", ["effect"] = "allow", ["what"] = new JsonArray([.. alsoAllowed.Prepend("transfer").Select(kind => new JsonObject { ["kind"] = kind })]) }),
        },
    }.ToJsonString()));
}
