using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Quorate.Policies;

/// <summary>Reads examples and recordings: docs/spec/policies.md, "Examples and recordings".</summary>
static class CaseReader
{
    internal const int MaxActs = 10_000;
    const int MaxEarlier = 1000;

    static readonly Dictionary<string, Verdict> verdicts = new()
    {
        ["allow"] = Verdict.Allow, ["deny"] = Verdict.Deny, ["needsApprovals"] = Verdict.NeedsApprovals,
    };

    internal static PolicyCase ReadExample(JsonValue value, PolicyReader policy)
    {
        var members = new JsonMembers(value);
        var example = ReadRequest(members, "name", item => item.AsProse(), "expect", list => policy.ReadMembers(list).Members.ToFrozenSet(StringComparer.Ordinal));
        var earlier = members.Optional("earlier", list => list.AsList(0, MaxEarlier).ConvertAll(item => ReadEarlier(item, example.Request))) ?? [];
        var because = members.Optional("because", list => list.AsSet(0, PolicyReader.MaxRules, item => item.AsName()).ToFrozenSet(StringComparer.Ordinal));
        members.End();
        for (var i = 0; i < earlier.Count; i++)
            if (earlier[i].At > (i + 1 < earlier.Count ? earlier[i + 1].At : example.At))
                throw value.Find("earlier")!.Items[i].Error("order", "what came before comes in the order of time, and before the example.");
        return example with { Because = because, Earlier = [.. earlier] };
    }

    internal static PolicyCase ReadRecorded(JsonValue value)
    {
        var members = new JsonMembers(value);
        var recorded = ReadRequest(members, "intent", item => item.AsName(), "decision",
            list => list.AsSet(0, PolicyReader.MaxMembers, item => item.AsName()).ToFrozenSet(StringComparer.Ordinal));
        members.End();
        return recorded;
    }

    static PolicyCase ReadRequest(
        JsonMembers members, string name, Func<JsonValue, string> readName, string verdict, Func<JsonValue, FrozenSet<string>> readMembers)
    {
        var request = new PolicyRequest
        {
            Wallet = members.Required("wallet").AsName(),
            Chain = members.Required("chain").AsChain(),
            Initiator = members.Required("initiator").AsName(),
            Acts = ReadActs(members.Required("acts")),
        };
        var approvers = members.Optional("approvedBy", readMembers) ?? FrozenSet<string>.Empty;
        // Who asks signs; an example about an initiator who has not is the exception that says so.
        var hasSigned = members.Optional("initiatorHasSigned")?.AsTruth() ?? true;
        return new()
        {
            Name = readName(members.Required(name)),
            At = DateTimeOffset.FromUnixTimeSeconds(members.Required("at").AsInstant()),
            Request = request,
            Approvers = hasSigned ? approvers.Append(request.Initiator).ToFrozenSet(StringComparer.Ordinal) : approvers,
            Expected = members.Required(verdict).AsChoice(verdicts),
        };
    }

    static (DateTimeOffset At, PolicyRequest Request) ReadEarlier(JsonValue value, PolicyRequest like)
    {
        var members = new JsonMembers(value);
        var at = DateTimeOffset.FromUnixTimeSeconds(members.Required("at").AsInstant());
        var request = like with
        {
            Wallet = members.Optional("wallet", item => item.AsName()) ?? like.Wallet,
            Initiator = members.Optional("initiator", item => item.AsName()) ?? like.Initiator,
            Acts = ReadActs(members.Required("acts")),
        };
        members.End();
        return (at, request);
    }

    static ImmutableArray<Act> ReadActs(JsonValue value) => [.. value.AsList(0, MaxActs).Select(ActJson.Read)];
}
