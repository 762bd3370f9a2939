using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Quorate.Policies;
using Quorate.Server.Deciding;

namespace Quorate.Server.Governance;

/// <summary>Documents and approvals between the JSON of events and the bytes that nodes read.</summary>
static class Documents
{
    /// <summary>The document as bytes.</summary>
    internal static byte[] Utf8(JsonElement document) => JsonSerializer.SerializeToUtf8Bytes(document, DocumentJson.Default.JsonElement);

    /// <summary>The next act, which puts a policy in force: docs/spec/genesis.md.</summary>
    /// <param name="pinned">What it follows on.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="expiresAt">Until when nodes take it; cut to whole seconds.</param>
    internal static JsonElement PolicyAct(PinnedDeployment pinned, JsonElement policy, DateTimeOffset expiresAt) => JsonSerializer.SerializeToElement(new()
    {
        ["quorateAct"] = 1,
        ["previous"] = pinned.LastAct.ToString(),
        ["number"] = pinned.Acts + 1,
        ["expiresAt"] = expiresAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        ["change"] = new JsonObject { ["policy"] = JsonObject.Create(policy) },
    }, DocumentJson.Default.JsonObject);

    /// <summary>Approvals as the JSON array that nodes read.</summary>
    internal static byte[] Array(IEnumerable<JsonElement> approvals)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartArray();
            foreach (var approval in approvals)
                approval.WriteTo(json);
            json.WriteEndArray();
        }
        return stream.ToArray();
    }

    /// <inheritdoc cref="Array(IEnumerable{JsonElement})"/>
    internal static byte[] Array(IEnumerable<GatheredApproval> approvals) => Array(approvals.Select(a => a.Document));

    /// <summary>The same, read.</summary>
    internal static IReadOnlyCollection<Approval> Read(IEnumerable<GatheredApproval> approvals) => ApprovalJson.Parse(Array(approvals));

    /// <summary>
    /// One approval that has come from outside: read, and verified against what it should be of. A device that is not known
    /// or a signature that is none is refused here, so that nobody fills a document with approvals that are worth nothing.
    /// </summary>
    internal static (Approval? Approval, Refusal? Refusal) Verify(
        JsonElement document, Digest subject, DateTimeOffset expiresAt, Membership membership, DateTimeOffset now)
    {
        try
        {
            var approval = ApprovalJson.Parse(Array([document]))[0];
            return ApprovalSet.Verify(subject, expiresAt, [approval], membership, PasskeyCounters.Empty, now).Refused is [var refused]
                ? (null, new("approval_refused", $"The approval of {approval.Member} does not count: {refused.Fault}."))
                : (approval, null);
        }
        catch (DocumentException wrong)
        {
            return (null, new("invalid_document", wrong.Message));
        }
    }
}
