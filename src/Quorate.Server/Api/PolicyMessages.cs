using System.Text;
using Google.Protobuf.WellKnownTypes;
using Quorate.Policies;
using Quorate.Server.PolicyDrafts;
using Quorate.Server.Recording;
using Quorate.V1;
using Policy = Quorate.V1.Policy;
using PolicyDifference = Quorate.V1.PolicyDifference;
using ReplayDifference = Quorate.V1.ReplayDifference;

namespace Quorate.Server.Api;

/// <summary>Policies and what is found out about them, as the API shows it.</summary>
static class PolicyMessages
{
    internal static Policy Of(PolicyDraft draft, long version, Digest inForce) => new()
    {
        Id = draft.Id.ToString(), Name = draft.Document.GetProperty("name").GetString(), Document = Answers.Document(draft.Document), Hash = draft.Hash.ToString(),
        Tested = draft.Tested == draft.Hash, Act = draft.Proposed?.Act.ToString() ?? "", ProposedHash = draft.Proposed?.Hash.ToString() ?? "",
        PublishedHash = draft.Published?.ToString() ?? "", InForce = draft.Hash == inForce, Version = version,
        CreateTime = Timestamp.FromDateTimeOffset(draft.Id.MadeAt),
    };

    internal static PolicyFinding Of(Finding finding) => new()
    {
        Severity = SnakeCase.Text(finding.Severity), Code = finding.Code, Pointer = finding.Pointer, Message = finding.Message,
    };

    internal static ExampleOutcome Of(ExampleResult result) => new()
    {
        Name = result.Case.Name, Passed = result.Problem is null, Problem = result.Problem ?? "",
        Verdict = result.Decision is { } decision ? SnakeCase.Text(decision.Verdict) : "", Trace = result.Decision?.ToString() ?? "",
    };

    internal static PolicyDifference Of(Policies.PolicyDifference difference) => new()
    {
        Part = difference.Part, Name = difference.Name, Before = difference.Before ?? "", After = difference.After ?? "",
        Change = difference.Before is null ? "added" : difference.After is null ? "removed" : "changed",
    };

    internal static ReplayDifference Of(Policies.ReplayDifference difference, string transfer, Digest intent)
    {
        var message = new ReplayDifference
        {
            Transfer = transfer, Intent = intent.ToString(), Time = Timestamp.FromDateTimeOffset(difference.Case.At),
            Before = SnakeCase.Text(difference.Before), After = SnakeCase.Text(difference.After.Verdict), Trace = difference.After.ToString(),
        };
        message.Outstanding.Add(difference.After.Outstanding.Select(o => o.ToString()));
        return message;
    }

    internal static PolicyInForce Of(Policies.Policy policy, ulong acts)
    {
        var canonical = policy.ToCanonicalJson();
        return new()
        {
            Document = Struct.Parser.ParseJson(Encoding.UTF8.GetString(canonical)), Hash = policy.Hash.ToString(), Canonical = Google.Protobuf.ByteString.CopyFrom(canonical), Acts = acts,
        };
    }
}
