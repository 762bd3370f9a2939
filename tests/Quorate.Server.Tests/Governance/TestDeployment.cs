using System.Text;
using System.Text.Json.Nodes;
using Quorate.Cryptography.Signatures;
using Quorate.Policies;
using Quorate.Testing;

namespace Quorate.Server.Tests.Governance;

/// <summary>A deployment of two nodes and two administrators, with everybody's keys.</summary>
static class TestDeployment
{
    internal static Dictionary<string, Ed25519Key> Keys { get; } =
        new[] { "alice", "bob", "node-1", "node-2" }.ToDictionary(name => name, name => Ed25519Key.Generate(new SeededRandom(9, name)));

    internal static GenesisDocument Genesis() => GenesisDocument.Parse(Encoding.UTF8.GetBytes(new JsonObject
    {
        ["quorateGenesis"] = 1, ["organisation"] = "acme", ["mode"] = "development",
        ["nodes"] = new JsonArray([.. new[] { "node-1", "node-2" }.Select(n => new JsonObject { ["name"] = n, ["key"] = Convert.ToHexStringLower(Keys[n].EncodedPublicKey) })]),
        ["administrators"] = new JsonObject { ["threshold"] = 2, ["members"] = new JsonArray("alice", "bob") },
        ["membership"] = new JsonObject
        {
            ["quorateMembership"] = 1,
            ["relyingParty"] = new JsonObject { ["id"] = "wallet.example.org", ["origins"] = new JsonArray("https://wallet.example.org") },
            ["members"] = new JsonArray([.. new[] { "alice", "bob" }.Select(name => new JsonObject
            {
                ["id"] = name,
                ["devices"] = new JsonArray(new JsonObject { ["id"] = "laptop", ["ed25519"] = Convert.ToHexStringLower(Keys[name].EncodedPublicKey) }),
            })]),
        },
        ["policy"] = new JsonObject
        {
            ["quoratePolicy"] = 1, ["name"] = "a", ["rules"] = new JsonArray(new JsonObject { ["id"] = "pay", ["effect"] = "allow", ["what"] = new JsonArray(new JsonObject { ["kind"] = "transfer" }) }),
        },
    }.ToJsonString()));
}
