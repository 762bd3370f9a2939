using System.Collections.Frozen;
using System.Collections.Immutable;
using Quorate.Chains;

namespace Quorate.Policies;

/// <summary>From a document to a policy: the parts around the rules, and the names that rules use.</summary>
sealed class PolicyReader(SpellingCheck? spelling)
{
    // Bounds on work, each a hundred times what a careful policy has.
    internal const int MaxRules = 1000;
    internal const int MaxGroups = 500;
    internal const int MaxMembers = 10_000;
    internal const int MaxEntries = 20_000;
    internal const int MaxExamples = 2000;
    const long MaxDelaySeconds = 366L * 86_400;

    internal Dictionary<string, FrozenSet<string>> Groups { get; } = new(StringComparer.Ordinal);

    internal Dictionary<string, AddressList> Lists { get; } = new(StringComparer.Ordinal);

    internal Policy Read(JsonValue document)
    {
        var members = new JsonMembers(document);
        members.Required("quoratePolicy").AsNumber(1, 1);
        var name = members.Required("name").AsName();
        var description = members.Optional("description", value => value.AsProse()) ?? "";
        foreach (var (group, value) in Named(members.Optional("groups"), MaxGroups))
            Groups.Add(group, value.AsSet(0, MaxMembers, member => member.AsName()).ToFrozenSet(StringComparer.Ordinal));
        foreach (var (list, value) in Named(members.Optional("addressBook"), MaxGroups))
            Lists.Add(list, ReadList(list, value));
        var rules = ReadRules(members.Required("rules"));
        var examples = members.Optional("examples", value => value.AsList(0, MaxExamples).ConvertAll(example => CaseReader.ReadExample(example, this))) ?? [];
        members.End();
        return new(document, new(
            name, description, Policy.HashOf(CanonicalJson.Write(document)), rules, Groups.ToFrozenDictionary(StringComparer.Ordinal),
            Lists.ToFrozenDictionary(StringComparer.Ordinal), [.. examples]));
    }

    ImmutableArray<PolicyRule> ReadRules(JsonValue value)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var rules = new List<PolicyRule>();
        foreach (var item in value.AsList(0, MaxRules))
        {
            var rule = new RuleReader(this).Read(item);
            if (!ids.Add(rule.Id))
                throw item.Find("id")!.Error("duplicate", "another rule has this id.");
            rules.Add(rule);
        }
        // The document's order means nothing, and so it leaves no trace.
        return [.. rules.OrderBy(rule => rule.Id, StringComparer.Ordinal)];
    }

    AddressList ReadList(string name, JsonValue value)
    {
        var members = new JsonMembers(value);
        var delay = members.OptionalValue("activationDelaySeconds", number => number.AsNumber(0, MaxDelaySeconds)) ?? 0;
        var entries = members.Required("entries").AsList(0, MaxEntries).ConvertAll(ReadEntry);
        members.End();
        var accounts = new HashSet<Account>();
        if (entries.Find(entry => !accounts.Add(entry.Account)) is { } twice)
            throw new DocumentException(twice.Pointer, "duplicate", "this account stands twice in its list.");
        return new(name, value.Pointer, delay, [.. entries]);
    }

    AddressEntry ReadEntry(JsonValue value)
    {
        var members = new JsonMembers(value);
        var account = ReadAccount(members.Required("account"));
        members.Optional("label", text => text.AsProse());
        var addedAt = members.Required("addedAt").AsInstant();
        members.End();
        return new(account, addedAt, value.Pointer);
    }

    internal Account ReadAccount(JsonValue value)
    {
        var account = value.AsAccount();
        return spelling?.Invoke(account.Chain, account.Address) == false
            ? throw value.Error("account", $"not an address of {account.Chain} in its canonical spelling.")
            : account;
    }

    internal ChainId ReadChain(JsonValue value)
    {
        var chain = value.AsChain();
        return spelling?.Invoke(chain, null) == false ? throw value.Error("chain", $"{chain} is not the canonical spelling of a chain.") : chain;
    }

    internal AssetId ReadAsset(JsonValue value)
    {
        var asset = value.AsAsset();
        if (spelling?.Invoke(asset.Chain, null) == false)
            throw value.Error("asset", $"{asset.Chain} is not the canonical spelling of a chain.");
        return asset.Namespace is "erc20" or "erc721" or "erc1155" or "token" && spelling?.Invoke(asset.Chain, asset.Reference) == false
            ? throw value.Error("asset", $"the contract is not an address of {asset.Chain} in its canonical spelling.")
            : asset;
    }

    /// <summary>Members, and groups as <c>@name</c>.</summary>
    internal MemberSet ReadMembers(JsonValue value)
    {
        var named = new List<string>();
        var groups = ImmutableArray.CreateBuilder<FrozenSet<string>>();
        foreach (var (text, item) in value.AsSet(1, MaxMembers, item => item.AsText(Naming.MaxLength + 1)).Zip(value.Items))
        {
            if (text.StartsWith('@'))
                groups.Add(FindGroup(text[1..], item));
            else
                named.Add(item.AsName());
        }
        return new(named.ToFrozenSet(StringComparer.Ordinal), groups.ToImmutable());
    }

    internal FrozenSet<string> FindGroup(string name, JsonValue at) =>
        Groups.TryGetValue(name, out var group) ? group : throw at.Error("unknown-name", $"there is no group \"{name}\".");

    /// <summary>Accounts, lists of the book as <c>@name</c>, <c>self</c> and <c>nobody</c>.</summary>
    internal AccountSet ReadAccounts(JsonValue value)
    {
        var named = new List<Account>();
        var lists = ImmutableArray.CreateBuilder<AddressList>();
        bool hasSelf = false, hasNobody = false;
        foreach (var (text, item) in value.AsSet(1, MaxEntries, item => item.AsText()).Zip(value.Items))
        {
            switch (text)
            {
                case "self":
                    hasSelf = true;
                    break;
                case "nobody":
                    hasNobody = true;
                    break;
                case ['@', .. var name]:
                    lists.Add(Lists.TryGetValue(name, out var list) ? list : throw item.Error("unknown-name", $"the address book has no list \"{name}\"."));
                    break;
                default:
                    named.Add(ReadAccount(item));
                    break;
            }
        }
        return new(named.ToFrozenSet(), lists.ToImmutable(), hasSelf, hasNobody);
    }

    static IEnumerable<(string Name, JsonValue Value)> Named(JsonValue? value, int max)
    {
        if (value is null)
            yield break;
        if (value.Kind != System.Text.Json.JsonTokenType.StartObject)
            throw value.WrongType("an object");
        if (value.Items.Count > max)
            throw value.Error("count", $"at most {max} members, not {value.Items.Count}.");
        foreach (var member in value.Items)
            yield return Naming.IsValid(member.Key) ? (member.Key!, member) : throw member.Error("name", "its name is not 1 to 64 letters, digits, '.', '_' and '-'.");
    }
}
