using System.Collections.Frozen;

namespace Quorate.Policies;

/// <summary>Reads what a rule speaks about: one kind of act with the conditions that make sense for it.</summary>
sealed class PatternReader(PolicyReader policy)
{
    const int MaxElements = 2000;
    const int MaxMemoBytes = 1 << 20;

    // What the other side is called in each kind, and whether assets and amounts can be named.
    static readonly Dictionary<string, (ActKind Kind, string? Side, bool HasAmount)> kinds = new()
    {
        ["transfer"] = (ActKind.Transfer, "recipients", true),
        ["approval"] = (ActKind.Approval, "spenders", true),
        ["call"] = (ActKind.Call, "contracts", false),
        ["deployment"] = (ActKind.Deployment, null, false),
        ["delegation"] = (ActKind.Delegation, "delegates", false),
        ["accountCreation"] = (ActKind.AccountCreation, "owners", true),
        ["memo"] = (ActKind.Memo, null, false),
        ["fee"] = (ActKind.Fee, null, true),
        ["rawSigning"] = (ActKind.RawSigning, null, false),
    };

    internal static string NameOf(ActKind kind) => kinds.FirstOrDefault(pair => pair.Value.Kind == kind).Key ?? "unknown";

    internal static string? SideOf(ActKind kind) => kinds.Values.FirstOrDefault(entry => entry.Kind == kind).Side;

    internal Pattern Read(JsonValue value)
    {
        var members = new JsonMembers(value);
        var (kind, side, hasAmount) = members.Required("kind").AsChoice(kinds);
        var pattern = new Pattern(kind);
        if (hasAmount)
            pattern = pattern with
            {
                Assets = members.Optional("assets", list => new AssetSet(list.AsSet(1, MaxElements, policy.ReadAsset).ToFrozenSet())),
                Above = members.OptionalValue("above", amount => amount.AsAmount()),
                AtMost = members.OptionalValue("atMost", amount => amount.AsAmount()),
            };
        if (side is not null)
            pattern = pattern with
            {
                Counterparties = members.Optional(side, policy.ReadAccounts),
                ExceptCounterparties = members.Optional("except" + char.ToUpperInvariant(side[0]) + side[1..], policy.ReadAccounts),
            };
        pattern = kind switch
        {
            ActKind.Call => pattern with
            {
                Functions = members.Optional("functions", ReadTexts),
                Arguments = [.. members.Optional("arguments", list => list.AsList(1, MaxElements).ConvertAll(ReadArgument)) ?? []],
            },
            ActKind.Memo => pattern with { MaxBytes = (int?)members.OptionalValue("maxBytes", number => number.AsNumber(0, MaxMemoBytes)) },
            ActKind.Deployment => pattern with { CodeHashes = members.Optional("codeHashes", ReadTexts) },
            _ => pattern,
        };
        members.End();
        if (pattern is { Above: { } above, AtMost: { } atMost } && above >= atMost)
            throw value.Error("empty", $"no amount is above {above} and at most {atMost}.");
        return pattern;
    }

    ArgumentCondition ReadArgument(JsonValue value)
    {
        var members = new JsonMembers(value);
        var condition = new ArgumentCondition(
            (int)members.Required("position").AsNumber(0, 255),
            members.Optional("oneOf", ReadTexts),
            members.Optional("accounts", policy.ReadAccounts),
            members.OptionalValue("above", amount => amount.AsAmount()),
            members.OptionalValue("atMost", amount => amount.AsAmount()));
        members.End();
        return condition is { OneOf: null, Accounts: null, Above: null, AtMost: null }
            ? throw value.Error("missing", "a condition is \"oneOf\", \"accounts\", \"above\" or \"atMost\".")
            : condition;
    }

    static FrozenSet<string> ReadTexts(JsonValue list) =>
        list.AsSet(1, MaxElements, item => item.AsText()).ToFrozenSet(StringComparer.Ordinal);
}
