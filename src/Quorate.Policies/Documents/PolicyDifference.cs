using System.Collections.Immutable;
using System.Text;

namespace Quorate.Policies;

/// <summary>A part of a document that two policies do not have alike. Only texts are compared, and not what they mean.</summary>
/// <param name="Part">name, description, group, address_list, rule or example.</param>
/// <param name="Name">The rule's id, the group's, list's or example's name; empty for what there is one of.</param>
/// <param name="Before">Its canonical form in the one, RFC 8785; null where it has none.</param>
/// <param name="After">In the other; null where it has none.</param>
public sealed record PolicyDifference(string Part, string Name, string? Before, string? After)
{
    /// <summary>
    /// All differences, part by part and then by name. The order of rules, groups, lists and examples is no difference,
    /// though the hashes tell documents apart by it.
    /// </summary>
    public static ImmutableArray<PolicyDifference> Between(Policy before, Policy after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        return
        [
            .. Compare("name", "name", _ => ""),
            .. Compare("description", "description", _ => ""),
            .. Compare("group", "groups", item => item.Key!),
            .. Compare("address_list", "addressBook", item => item.Key!),
            .. Compare("rule", "rules", item => item.Find("id")!.Text),
            .. Compare("example", "examples", item => item.Find("name")!.Text),
        ];

        IEnumerable<PolicyDifference> Compare(string part, string member, Func<JsonValue, string> name)
        {
            var (old, young) = (Texts(before, member, name), Texts(after, member, name));
            return old.Keys.Union(young.Keys).Order(StringComparer.Ordinal)
                .Select(key => new PolicyDifference(part, key, old.GetValueOrDefault(key), young.GetValueOrDefault(key)))
                .Where(difference => difference.Before != difference.After);
        }
    }

    static Dictionary<string, string> Texts(Policy policy, string member, Func<JsonValue, string> name)
    {
        var value = policy.Document.Find(member);
        var items = value is null ? [] : value.Kind is System.Text.Json.JsonTokenType.StartObject or System.Text.Json.JsonTokenType.StartArray ? value.Items : [value];
        // Several examples may have one name.
        return items.GroupBy(name, StringComparer.Ordinal).ToDictionary(
            same => same.Key, same => string.Join('\n', same.Select(item => Encoding.UTF8.GetString(CanonicalJson.Write(item))).Order(StringComparer.Ordinal)), StringComparer.Ordinal);
    }
}
