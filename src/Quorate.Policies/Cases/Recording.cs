using System.Collections.Immutable;
using System.Text.Json;

namespace Quorate.Policies;

/// <summary>Intents as they were judged, for a draft to be tried on: docs/spec/policies.md, "Examples and recordings".</summary>
public static class Recording
{
    /// <summary>Largest recording read: some tens of thousands of intents.</summary>
    public const int MaxSize = 64 << 20;

    const int MaxCases = 100_000;

    /// <summary>Reads a recording.</summary>
    /// <exception cref="DocumentException">Not a recording, or not in the order of time; says where and why.</exception>
    public static ImmutableArray<PolicyCase> Parse(ReadOnlySpan<byte> utf8)
    {
        var members = new JsonMembers(JsonTree.Parse(utf8, MaxSize));
        members.Required("quorateRecording").AsNumber(1, 1);
        var list = members.Required("intents").AsList(0, MaxCases);
        members.End();
        var cases = list.ConvertAll(CaseReader.ReadRecorded);
        for (var i = 1; i < cases.Count; i++)
            if (cases[i].At < cases[i - 1].At)
                throw list[i].Error("order", "intents come in the order of time; this one is earlier than the one before.");
        return [.. cases];
    }

    /// <summary>Writes a recording that <see cref="Parse"/> reads back. An act of an unknown kind is written as raw signing.</summary>
    public static byte[] Write(IEnumerable<PolicyCase> cases)
    {
        ArgumentNullException.ThrowIfNull(cases);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new() { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("quorateRecording", 1);
            json.WriteStartArray("intents");
            foreach (var recorded in cases)
                Write(json, recorded);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return stream.ToArray();
    }

    static void Write(Utf8JsonWriter json, PolicyCase recorded)
    {
        json.WriteStartObject();
        json.WriteString("intent", recorded.Name);
        json.WriteString("at", JsonReading.WriteInstant(recorded.At.ToUnixTimeSeconds()));
        json.WriteString("wallet", recorded.Request.Wallet);
        json.WriteString("chain", recorded.Request.Chain.ToString());
        json.WriteString("initiator", recorded.Request.Initiator);
        json.WriteStartArray("acts");
        foreach (var act in recorded.Request.Acts)
            ActJson.Write(json, act.Kind == ActKind.Unknown ? act with { Kind = ActKind.RawSigning } : act);
        json.WriteEndArray();
        json.WriteStartArray("approvedBy");
        foreach (var member in recorded.Approvers.Where(member => member != recorded.Request.Initiator).Order(StringComparer.Ordinal))
            json.WriteStringValue(member);
        json.WriteEndArray();
        json.WriteBoolean("initiatorHasSigned", recorded.Approvers.Contains(recorded.Request.Initiator));
        json.WriteString("decision", recorded.Expected switch { Verdict.Allow => "allow", Verdict.Deny => "deny", _ => "needsApprovals" });
        json.WriteEndObject();
    }
}
