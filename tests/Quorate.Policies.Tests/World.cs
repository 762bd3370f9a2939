using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using Quorate.Chains;
using Quorate.Testing;

namespace Quorate.Policies.Tests;

/// <summary>
/// Random policies, requests and times over a vocabulary so small that rules meet, contradict and exhaust each other. A
/// policy is built as JSON, so that a second evaluator can read it without our reader.
/// </summary>
public sealed class World(SeededRandom random)
{
    public static readonly string[] Members = ["alice", "bob", "carol", "dave"];
    public static readonly string[] Wallets = ["wal_1", "wal_2"];
    public static readonly string[] Chains = ["eip155:1", "eip155:10"];
    public static readonly string[] Accounts = ["eip155:1:0xA", "eip155:1:0xB", "eip155:1:0xC", "eip155:10:0xD"];
    public static readonly string[] Functions = ["f(uint256)", "g(address,uint256)"];

    // Coin, token, a collection and a token of it.
    public static readonly string[] Assets = ["eip155:1/slip44:60", "eip155:1/erc20:0xEE", "eip155:1/erc721:0xFF", "eip155:1/erc721:0xFF/7"];

    // Saturday evening to Monday morning in Berlin, across the end of summer time.
    public static readonly DateTimeOffset Start = new(2026, 10, 24, 20, 0, 0, TimeSpan.Zero);

    static readonly string[] days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    static readonly string[] zones = ["Europe/Berlin", "America/New_York", "UTC"];
    static readonly string[] hours = ["00:00", "02:30", "08:00", "18:00", "23:30"];

    public bool Chance(int percent) => random.Below(100) < percent;

    public int Below(int bound) => random.Below(bound);

    public T Pick<T>(IReadOnlyList<T> from) => from[random.Below(from.Count)];

    public T[] Some<T>(IReadOnlyList<T> from)
    {
        T[] some = [.. from.Where(_ => Chance(50))];
        return some.Length > 0 ? some : [Pick(from)];
    }

    public static Policy Parse(JsonNode policy) => Policy.Parse(Encoding.UTF8.GetBytes(policy.ToJsonString()));

    public JsonObject NewPolicy(int maxRules = 7)
    {
        var rules = new JsonArray();
        // Often a broad permission, so that something is left to deny, limit and approve.
        if (Chance(80))
            rules.Add(new JsonObject
            {
                ["id"] = "broad", ["effect"] = "allow",
                ["what"] = new JsonArray(Kinds.Where(_ => Chance(85)).DefaultIfEmpty("fee").Select(kind => (JsonNode)new JsonObject { ["kind"] = kind }).ToArray()),
            });
        for (var i = random.Below(maxRules + 1); i > 0; i--)
            rules.Add(Rule($"r{i}"));
        return new JsonObject
        {
            ["quoratePolicy"] = 1,
            ["name"] = "random",
            ["groups"] = new JsonObject { ["ops"] = Array(Members.Where(_ => Chance(60))), ["board"] = Array(Members.Where(_ => Chance(60))) },
            ["addressBook"] = new JsonObject { ["known"] = List(), ["fresh"] = List() },
            ["rules"] = rules,
        };
    }

    static readonly string[] Kinds = ["transfer", "approval", "call", "deployment", "delegation", "accountCreation", "memo", "fee"];

    JsonObject List() => new()
    {
        ["activationDelaySeconds"] = Pick([0, 3600, 86_400]),
        ["entries"] = new JsonArray(Accounts.Where(_ => Chance(50)).Select(account => (JsonNode)new JsonObject
        {
            ["account"] = account, ["addedAt"] = Instant(Start.AddHours(random.Below(60) - 30)),
        }).ToArray()),
    };

    public JsonObject Rule(string id, string? effect = null)
    {
        effect ??= Pick(["allow", "allow", "deny", "require"]);
        var rule = new JsonObject { ["id"] = id, ["effect"] = effect };
        if (Chance(20))
            rule["wallets"] = Array(Some(Wallets));
        if (Chance(20))
            rule["chains"] = Array(Some(Chains));
        if (Chance(25))
            rule["initiators"] = Array(Some([.. Members, "@ops"]));
        if (Chance(15))
            rule["exceptInitiators"] = Array(Some([.. Members, "@board"]));
        if (Chance(15))
            rule["hours"] = new JsonArray(Hours());
        if (Chance(15))
            rule["outsideHours"] = new JsonArray(Hours());
        if (Chance(10))
            rule["validFrom"] = Instant(Start.AddHours(random.Below(40)));
        if (Chance(10))
            rule["validUntil"] = Instant(Start.AddHours(random.Below(40)));
        var isRaw = effect == "allow" && Chance(8);
        if (isRaw)
            rule["wallets"] ??= Array(Some(Wallets));
        if (effect == "allow" || Chance(70))
            rule["what"] = isRaw
                ? new JsonArray(new JsonObject { ["kind"] = "rawSigning" })
                : new JsonArray(Enumerable.Range(0, 1 + random.Below(3)).Select(_ => (JsonNode)Pattern()).ToArray());
        if (Chance(45))
            rule[effect == "allow" ? "within" : "beyond"] = Limits();
        if (effect == "require")
            rule["approvals"] = new JsonArray(Enumerable.Range(0, 1 + random.Below(2)).Select(_ => (JsonNode)new JsonObject
            {
                ["group"] = Pick(["ops", "board"]), ["count"] = 1 + random.Below(3), ["initiatorMayApprove"] = Chance(50),
            }).ToArray());
        return rule;
    }

    JsonObject Hours()
    {
        var from = Pick(hours);
        return new() { ["zone"] = Pick(zones), ["days"] = Array(Some(days)), ["from"] = from, ["to"] = Pick([.. hours.Where(h => h != from), "24:00"]) };
    }

    JsonObject Pattern()
    {
        var kind = Pick([.. Kinds, "transfer", "transfer", "call"]);
        var pattern = new JsonObject { ["kind"] = kind };
        if (kind is "transfer" or "approval" or "accountCreation" or "fee")
        {
            if (Chance(40))
                pattern["assets"] = Array(Some(Assets));
            var above = random.Below(8);
            if (Chance(25))
                pattern["above"] = $"{above}";
            if (Chance(25))
                pattern["atMost"] = $"{above + 1 + random.Below(6)}";
        }
        var side = kind switch { "transfer" => "Recipients", "approval" => "Spenders", "call" => "Contracts", "delegation" => "Delegates", "accountCreation" => "Owners", _ => null };
        if (side is not null && Chance(50))
            pattern[char.ToLowerInvariant(side[0]) + side[1..]] = SomeAccounts();
        if (side is not null && Chance(25))
            pattern["except" + side] = SomeAccounts();
        if (kind == "call")
        {
            if (Chance(50))
                pattern["functions"] = Array(Some(Functions));
            if (Chance(40))
                pattern["arguments"] = new JsonArray(Argument());
        }
        if (kind == "memo" && Chance(50))
            pattern["maxBytes"] = random.Below(3);
        if (kind == "deployment" && Chance(50))
            pattern["codeHashes"] = Array(Some(["c0", "c1"]));
        return pattern;
    }

    JsonObject Argument()
    {
        var argument = new JsonObject { ["position"] = random.Below(2) };
        switch (random.Below(3))
        {
            case 0:
                argument["oneOf"] = Array(Some(["0xA", "0xB", "3", "5"]));
                break;
            case 1:
                argument["accounts"] = SomeAccounts();
                break;
            default:
                argument["atMost"] = $"{random.Below(8)}";
                break;
        }
        return argument;
    }

    JsonArray SomeAccounts() => Array(Some([.. Accounts, "@known", "@fresh", "self", "nobody"]));

    JsonArray Limits()
    {
        var limits = new List<JsonObject>();
        for (var i = 1 + random.Below(3); i > 0; i--)
        {
            var limit = new JsonObject();
            if (Chance(75))
                (limit["asset"], limit["atMost"]) = (Pick(Assets), $"{random.Below(25)}");
            else
                limit["transactions"] = random.Below(4);
            var window = random.Below(limit.ContainsKey("asset") ? 3 : 2);
            if (window == 0)
                limit["rollingSeconds"] = Pick([3600, 21_600, 86_400]);
            if (window == 1)
                (limit["every"], limit["zone"]) = (Pick(["day", "week", "month"]), Pick(zones));
            if (window < 2 && Chance(60))
                limit["per"] = Pick(["rule", "wallet", "initiator"]);
            limits.Add(limit);
        }
        return new(limits.DistinctBy(l => $"{l["asset"]} {l["rollingSeconds"]} {l["every"]} {l["zone"]} {l["per"] ?? "rule"}").ToArray<JsonNode>());
    }

    public PolicyRequest Request() => new()
    {
        Wallet = Pick(Wallets),
        Chain = ChainId.Parse(Pick([Chains[0], Chains[0], Chains[0], Chains[1]])),
        Initiator = Pick(Members),
        Acts = [.. Enumerable.Range(0, Chance(3) ? 0 : 1 + random.Below(3)).Select(_ => Act())],
        Violations = Chance(2) ? ["not what the intent says"] : [],
        ExpiresAt = Chance(10) ? Start.AddHours(random.Below(60)).ToUnixTimeSeconds() : null,
    };

    public Act Act()
    {
        var kind = Pick([ActKind.Transfer, ActKind.Transfer, ActKind.Transfer, ActKind.Fee, ActKind.Approval, ActKind.Call, ActKind.Call,
            ActKind.Deployment, ActKind.Delegation, ActKind.AccountCreation, ActKind.Memo, .. Chance(20) ? [ActKind.RawSigning, ActKind.Unknown] : Array<ActKind>()]);
        var isToSelf = kind == ActKind.Transfer && Chance(15);
        var act = new Act { Kind = kind, IsToSelf = isToSelf };
        if (kind is ActKind.Transfer or ActKind.Approval or ActKind.AccountCreation or ActKind.Fee)
            act = act with
            {
                Asset = AssetId.Parse(Pick([Assets[0], Assets[0], Assets[1], Assets[3]])),
                Amount = kind == ActKind.Approval && Chance(20) ? Amount.MaxValue : (ulong)random.Below(13),
            };
        if (kind is ActKind.Transfer or ActKind.Approval or ActKind.AccountCreation or ActKind.Call or ActKind.Delegation)
            act = act with { Counterparty = (kind is ActKind.Transfer or ActKind.Delegation && Chance(10)) || (isToSelf && Chance(50)) ? null : AccountOf(Pick(Accounts)) };
        return kind switch
        {
            ActKind.Call => act with { Function = Chance(20) ? null : Pick(Functions), Arguments = Chance(15) ? [] : [new(null, "address", Pick(["0xA", "0xB"])), new(null, "uint256", $"{random.Below(8)}")] },
            ActKind.Memo => act with { Data = string.Concat(Enumerable.Repeat("ab", random.Below(4))) },
            ActKind.Deployment => act with { Data = Pick(["c0", "c1"]) },
            ActKind.RawSigning or ActKind.Unknown => act with { Data = "?" },
            _ => act,
        };
    }

    public ImmutableHashSet<string> Approvers(PolicyRequest request) =>
        [.. Members.Where(_ => Chance(55)), .. Chance(85) ? [request.Initiator] : Array<string>()];

    public static Account AccountOf(string text) => Account.TryParse(text, out var account) ? account : throw new FormatException(text);

    public static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);

    static JsonArray Array(IEnumerable<string> texts) => new(texts.Select(text => (JsonNode)text).ToArray());

    static T[] Array<T>() => [];
}
