using System.Buffers.Text;
using System.Text.Json;

namespace Quorate.Policies;

/// <summary>The client's account of a ceremony, WebAuthn L3, section 5.8.1. Members that are not known are ignored, as it asks.</summary>
sealed record ClientData(string Type, string Challenge, string Origin, bool IsCrossOrigin, string? TopOrigin)
{
    /// <summary>Largest accepted; real ones have a few hundred bytes.</summary>
    const int MaxSize = 8192;

    internal const string Get = "webauthn.get";
    internal const string Create = "webauthn.create";

    /// <summary>Reads it; null where it is not that. A member twice is refused: two readers might see two different pages.</summary>
    internal static ClientData? Read(ReadOnlySpan<byte> utf8)
    {
        // Section 7.2, step 9: UTF-8 decode, which drops a byte order mark.
        if (utf8.StartsWith(new byte[] { 0xEF, 0xBB, 0xBF }))
            utf8 = utf8[3..];
        try
        {
            var value = JsonTree.Parse(utf8, MaxSize);
            return value.Kind == JsonTokenType.StartObject
                ? new(
                    value.Find("type")?.AsText() ?? throw value.Error("missing", "no type."),
                    value.Find("challenge")?.AsText() ?? throw value.Error("missing", "no challenge."),
                    value.Find("origin")?.AsText() ?? throw value.Error("missing", "no origin."),
                    value.Find("crossOrigin")?.AsTruth() ?? false,
                    value.Find("topOrigin")?.AsText())
                : null;
        }
        catch (DocumentException)
        {
            return null;
        }
    }

    /// <summary>What is wrong with it; null where it belongs to this ceremony.</summary>
    internal ApprovalFault? FaultFor(string type, ReadOnlySpan<byte> challenge, RelyingParty party)
    {
        if (Type != type)
            return ApprovalFault.WrongType;
        if (Challenge != Base64Url.EncodeToString(challenge))
            return ApprovalFault.WrongChallenge;
        if (!party.Origins.Contains(Origin))
            return ApprovalFault.WrongOrigin;
        // Framed by whom it has to say, and it has to be somebody expected.
        return (IsCrossOrigin || TopOrigin is not null) && (TopOrigin is null || !party.TopOrigins.Contains(TopOrigin)) ? ApprovalFault.CrossOrigin : null;
    }
}
