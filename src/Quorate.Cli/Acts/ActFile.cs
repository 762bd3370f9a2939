using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Quorate.Policies;

namespace Quorate.Cli.Acts;

/// <summary>An act with its approvals in one file, as nodes take it.</summary>
sealed record ActFile
{
    const string CurrentFormat = "quorate-approved-act/1";

    public required string Format { get; init; }
    public required JsonObject Act { get; init; }
    public required JsonArray Approvals { get; init; }

    internal static ActFile Of(AdministrativeAct act, IEnumerable<Approval> approvals) => new()
    {
        Format = CurrentFormat, Act = JsonNode.Parse(act.Canonical.Span)!.AsObject(), Approvals = JsonNode.Parse(ApprovalJson.Write(approvals))!.AsArray(),
    };

    internal void Write(string path) => NewFile.Write(path, JsonSerializer.Serialize(this, FileJson.Default.ActFile));

    /// <summary>Reads a file, and what is in it.</summary>
    internal static (AdministrativeAct Act, Quorate.Node.V1.ApprovedAct Message) Read(string path)
    {
        var file = FormattedFile.Read(path, FileJson.Default.ActFile, f => f.Format == CurrentFormat, $"an act that was gathered with its approvals, of format {CurrentFormat}");
        try
        {
            var act = AdministrativeAct.Parse(Encoding.UTF8.GetBytes(file.Act.ToJsonString()), Chains.ChainSpelling.IsCanonical);
            var approvals = ApprovalJson.Parse(Encoding.UTF8.GetBytes(file.Approvals.ToJsonString()));
            return (act, new() { Act = ByteString.CopyFrom(act.Canonical.Span), Approvals = ByteString.CopyFrom(ApprovalJson.Write(approvals)) });
        }
        catch (DocumentException problem)
        {
            throw new CliException($"{path}: {problem.Message} [{problem.Code}]");
        }
    }
}
