using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Quorate.Policies;
using Quorate.Server.Governance;

namespace Quorate.Server.Deciding;

/// <summary>An administrator's signature of a document, as it came. Whether it counts is for nodes to say.</summary>
/// <param name="Member">Who says to have signed.</param>
/// <param name="Device">With what.</param>
/// <param name="Document">The approval, docs/spec/intents.md.</param>
sealed record GatheredApproval(string Member, string Device, JsonElement Document);

/// <summary>What is the same for every document that administrators sign: reading it, and gathering what they sign.</summary>
static class SignedDocuments
{
    /// <summary>Reads a document of Quorate.Policies out of a command.</summary>
    internal delegate T Reader<T>(ReadOnlySpan<byte> utf8);

    /// <summary>The document; or what is wrong with it and where.</summary>
    internal static (T? Document, Refusal? Refusal) Parse<T>(JsonElement document, Reader<T> read) where T : class
    {
        try
        {
            return (read(Documents.Utf8(document)), null);
        }
        catch (DocumentException wrong)
        {
            return (null, new Refusal("invalid_document", wrong.Message));
        }
    }

    /// <summary>Takes one more approval, once from each device, until the document expires. Nodes read no more than so many.</summary>
    /// <param name="approvals">What there is.</param>
    /// <param name="member">Who.</param>
    /// <param name="device">With what.</param>
    /// <param name="at">When.</param>
    /// <param name="expiresAt">When the document is worth nothing any more.</param>
    /// <param name="what">What it is called.</param>
    /// <param name="approved">What happens.</param>
    internal static Decision<TEvent> Gather<TEvent>(
        ImmutableArray<GatheredApproval> approvals, string member, string device, DateTimeOffset at, DateTimeOffset expiresAt, string what, TEvent approved) =>
        approvals.Any(a => (a.Member, a.Device) == (member, device)) ? Decision<TEvent>.Nothing
            : at >= expiresAt ? Expired(expiresAt)
            : approvals.Length >= ApprovalSet.MaxApprovals ? new Refusal("too_many_approvals", $"{what} has at most {ApprovalSet.MaxApprovals}.")
            : approved;

    internal static Refusal Expired(DateTimeOffset expiresAt) => new("expired", $"Its time was over at {expiresAt:u}.");
}

[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(System.Text.Json.Nodes.JsonObject))]
sealed partial class DocumentJson : JsonSerializerContext;
