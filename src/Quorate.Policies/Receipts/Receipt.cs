using System.Collections.Immutable;
using System.Text.Json;

namespace Quorate.Policies;

/// <summary>An act with its approvals, as a receipt carries it.</summary>
/// <param name="Act">The document.</param>
/// <param name="Approvals">The administrators' signatures.</param>
public sealed record ReceiptAct(AdministrativeAct Act, ImmutableArray<Approval> Approvals);

/// <summary>What was asked of the nodes.</summary>
/// <param name="Intent">The intent.</param>
/// <param name="Kind">The kind of payload: <c>Transaction</c>, <c>TypedData</c> or <c>PersonalMessage</c>.</param>
/// <param name="Payload">The raw payload.</param>
public sealed record ReceiptRequest(Intent Intent, string Kind, ReadOnlyMemory<byte> Payload);

/// <summary>One signature.</summary>
/// <param name="Index">Which of the intent's.</param>
/// <param name="Signature">64 bytes. The key follows from the wallet's and the intent.</param>
public sealed record ReceiptSignature(int Index, ReadOnlyMemory<byte> Signature);

/// <summary>
/// Everything about one signed request in one file, docs/spec/receipts.md: what was asked, who approved it, what each node
/// decided and why, and the signatures. Whoever has the genesis document can check all of it with nothing else. Reading one
/// yields values of the right shape; whether they are true is for who verifies it.
/// </summary>
public sealed record Receipt
{
    /// <summary>Largest file read: a payload of the largest size twice, in hexadecimal, approvals and acts.</summary>
    public const int MaxSize = 16 << 20;

    const int MaxPayload = 512 << 10;
    const int MaxActs = 4_096;
    const int MaxDecisions = GenesisDocument.MaxNodes;

    static readonly Dictionary<string, string> kinds = new[] { "Transaction", "TypedData", "PersonalMessage" }.ToDictionary(kind => kind);

    /// <summary>Hash of the genesis document that it is to be checked with.</summary>
    public required Digest Deployment { get; init; }

    /// <summary>The administrators' acts up to the decision, from the first.</summary>
    public required ImmutableArray<ReceiptAct> Acts { get; init; }

    /// <summary>What was signed.</summary>
    public required ReceiptRequest Signed { get; init; }

    /// <summary>What was approved, where what was signed replaces it; null where that is the same.</summary>
    public ReceiptRequest? Approved { get; init; }

    /// <summary>The approvals, the initiator's own signature included.</summary>
    public required ImmutableArray<Approval> Approvals { get; init; }

    /// <summary>What the nodes say.</summary>
    public required ImmutableArray<SignedDecision> Decisions { get; init; }

    /// <summary>The signatures, one for each of the intent's.</summary>
    public required ImmutableArray<ReceiptSignature> Signatures { get; init; }

    /// <summary>The file: compact JSON in UTF-8.</summary>
    public byte[] Write()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("quorateReceipt", 1);
            json.WriteString("deployment", Deployment.ToString());
            json.WriteStartArray("acts");
            foreach (var (act, approvals) in Acts)
            {
                json.WriteStartObject();
                json.WritePropertyName("act");
                json.WriteRawValue(act.Canonical.Span);
                json.WritePropertyName("approvals");
                json.WriteRawValue(ApprovalJson.Write(approvals));
                json.WriteEndObject();
            }
            json.WriteEndArray();
            Write(json, "signed", Signed);
            if (Approved is not null)
                Write(json, "approved", Approved);
            json.WritePropertyName("approvals");
            json.WriteRawValue(ApprovalJson.Write(Approvals));
            json.WriteStartArray("decisions");
            foreach (var decision in Decisions)
            {
                json.WriteStartObject();
                json.WritePropertyName("decision");
                json.WriteRawValue(decision.Document.Span);
                json.WriteString("signature", Convert.ToHexStringLower(decision.Signature.Span));
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteStartArray("signatures");
            foreach (var signature in Signatures)
            {
                json.WriteStartObject();
                json.WriteNumber("index", signature.Index);
                json.WriteString("signature", Convert.ToHexStringLower(signature.Signature.Span));
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return stream.ToArray();
    }

    /// <summary>Reads a receipt.</summary>
    /// <param name="utf8">The file.</param>
    /// <param name="spelling">As for <see cref="Policy.Parse"/>.</param>
    /// <exception cref="DocumentException">Not a receipt; says where and why.</exception>
    public static Receipt Parse(ReadOnlySpan<byte> utf8, SpellingCheck? spelling = null)
    {
        var members = new JsonMembers(JsonTree.Parse(utf8, MaxSize));
        members.Required("quorateReceipt").AsNumber(1, 1);
        var receipt = new Receipt
        {
            Deployment = members.Required("deployment").AsDigest(),
            Acts = [.. members.Required("acts").AsList(0, MaxActs).Select(item => ReadAct(item, spelling))],
            Signed = ReadRequest(members.Required("signed")),
            Approved = members.Optional("approved", ReadRequest),
            Approvals = ApprovalJson.Read(members.Required("approvals")),
            Decisions = [.. members.Required("decisions").AsList(0, MaxDecisions).Select(ReadDecision)],
            Signatures = [.. members.Required("signatures").AsList(0, Intent.MaxSignatures).Select(ReadSignature)],
        };
        members.End();
        return receipt;
    }

    static void Write(Utf8JsonWriter json, string name, ReceiptRequest request)
    {
        json.WriteStartObject(name);
        json.WritePropertyName("intent");
        json.WriteRawValue(IntentJson.Write(request.Intent));
        json.WriteString("kind", request.Kind);
        json.WriteString("payload", Convert.ToHexStringLower(request.Payload.Span));
        json.WriteEndObject();
    }

    static ReceiptRequest ReadRequest(JsonValue value)
    {
        var members = new JsonMembers(value);
        var request = new ReceiptRequest(
            IntentJson.Read(members.Required("intent")), members.Required("kind").AsChoice(kinds), Bytes(members.Required("payload"), MaxPayload));
        members.End();
        return request;
    }

    static ReceiptAct ReadAct(JsonValue value, SpellingCheck? spelling)
    {
        var members = new JsonMembers(value);
        var act = new ReceiptAct(AdministrativeAct.Read(members.Required("act"), spelling), ApprovalJson.Read(members.Required("approvals")));
        members.End();
        return act;
    }

    static SignedDecision ReadDecision(JsonValue value)
    {
        var members = new JsonMembers(value);
        // Its canonical form is what was signed, however the file is laid out.
        var decision = new SignedDecision(CanonicalJson.Write(members.Required("decision")), Bytes(members.Required("signature"), 64));
        members.End();
        return decision;
    }

    static ReceiptSignature ReadSignature(JsonValue value)
    {
        var members = new JsonMembers(value);
        var signature = new ReceiptSignature((int)members.Required("index").AsNumber(0, int.MaxValue), Bytes(members.Required("signature"), 64));
        members.End();
        return signature;
    }

    static ReadOnlyMemory<byte> Bytes(JsonValue value, int max) => Convert.FromHexString(value.AsHex(2 * max));
}
