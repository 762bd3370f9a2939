using System.Collections.Immutable;
using System.Text.Json;

namespace Quorate.Policies;

/// <summary>Approvals as JSON, docs/spec/intents.md: how they travel and how they are recorded.</summary>
public static class ApprovalJson
{
    /// <summary>Largest document read: a thousand assertions.</summary>
    public const int MaxSize = 8 << 20;

    // What a client makes of a challenge and an origin; authenticators answer in some hundred bytes.
    const int MaxHex = 8192;

    /// <summary>Reads a list of approvals.</summary>
    /// <exception cref="DocumentException">Not approvals; says where and why.</exception>
    public static ImmutableArray<Approval> Parse(ReadOnlySpan<byte> utf8) =>
        Read(JsonTree.Parse(utf8, MaxSize));

    internal static ImmutableArray<Approval> Read(JsonValue list) => [.. list.AsList(0, ApprovalSet.MaxApprovals).Select(ReadOne)];

    /// <summary>The list as compact JSON in UTF-8, which <see cref="Parse"/> reads back.</summary>
    public static byte[] Write(IEnumerable<Approval> approvals)
    {
        ArgumentNullException.ThrowIfNull(approvals);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartArray();
            foreach (var approval in approvals)
                Write(json, approval);
            json.WriteEndArray();
        }
        return stream.ToArray();
    }

    static void Write(Utf8JsonWriter json, Approval approval)
    {
        json.WriteStartObject();
        json.WriteString("member", approval.Member);
        json.WriteString("device", approval.Device);
        switch (approval)
        {
            case Approval.Signature plain:
                json.WriteString("signature", Convert.ToHexStringLower(plain.Value.Span));
                break;
            case Approval.Assertion assertion:
                json.WriteString("clientData", Convert.ToHexStringLower(assertion.ClientDataJson.Span));
                json.WriteString("authenticatorData", Convert.ToHexStringLower(assertion.AuthenticatorData.Span));
                json.WriteString("signature", Convert.ToHexStringLower(assertion.Value.Span));
                break;
        }
        json.WriteEndObject();
    }

    static Approval ReadOne(JsonValue value)
    {
        var members = new JsonMembers(value);
        var member = members.Required("member").AsName();
        var device = members.Required("device").AsName();
        var signature = Bytes(members.Required("signature"));
        var clientData = members.Optional("clientData");
        var authenticatorData = members.Optional("authenticatorData");
        members.End();
        if (clientData is null != authenticatorData is null)
            throw value.Error("assertion", "an assertion has \"clientData\" and \"authenticatorData\"; a signature has neither.");
        return clientData is null
            ? new Approval.Signature(member, device, signature)
            : new Approval.Assertion(member, device, Bytes(clientData), Bytes(authenticatorData!), signature);
    }

    static byte[] Bytes(JsonValue value) => Convert.FromHexString(value.AsHex(MaxHex));
}
