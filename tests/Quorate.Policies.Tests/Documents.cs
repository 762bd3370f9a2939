using System.Text;
using Quorate.Chains;

namespace Quorate.Policies.Tests;

/// <summary>Small policies and requests, as tests write them.</summary>
static class Documents
{
    internal const string Ether = "eip155:1/slip44:60";

    /// <summary>A policy with these rules, the groups ops (alice, bob) and board (bob, carol, dave), and a list known (0xA, at once) and fresh (0xB, a day).</summary>
    internal static Policy Policy(params string[] rules) => Policies.Policy.Parse(Encoding.UTF8.GetBytes(Text(rules)));

    internal static string Text(params string[] rules) => $$"""
        { "quoratePolicy": 1, "name": "test",
          "groups": { "ops": ["alice", "bob"], "board": ["bob", "carol", "dave"] },
          "addressBook": {
            "known": { "entries": [ { "account": "eip155:1:0xA", "label": "A", "addedAt": "2026-11-01T00:00:00Z" } ] },
            "fresh": { "activationDelaySeconds": 86400, "entries": [ { "account": "eip155:1:0xB", "addedAt": "2026-11-20T12:00:00Z" } ] } },
          "rules": [ {{string.Join(",\n", rules)}} ] }
        """;

    internal static PolicyRequest Request(params Act[] acts) => new()
    {
        Wallet = "wal_1", Chain = ChainId.Parse("eip155:1"), Initiator = "alice", Acts = [.. acts],
    };

    internal static Act Transfer(string to, Amount amount, string asset = Ether) => new()
    {
        Kind = ActKind.Transfer, Counterparty = World.AccountOf("eip155:1:" + to), Asset = AssetId.Parse(asset), Amount = amount,
    };

    internal static Act Fee(Amount amount) => new() { Kind = ActKind.Fee, Asset = AssetId.Parse(Ether), Amount = amount };
}
