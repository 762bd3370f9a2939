using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Quorate.Server.Events;
using Quorate.Server.Ids;
using Quorate.Server.Recording;
using Event = Quorate.V1.Event;

namespace Quorate.Server.Api;

/// <summary>Events as the API shows them, and as endpoints of webhooks get them: one form.</summary>
static class EventMessages
{
    static readonly JsonFormatter formatter = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));

    internal static Event Of(PublicEvent happened) => new()
    {
        Id = happened.Id.ToString(), Type = happened.Type, Timestamp = Timestamp.FromDateTimeOffset(happened.At), Resource = happened.Resource,
        ResourceKind = ResourceId.TryParse(happened.Resource, out var resource) ? SnakeCase.Text(resource.Kind) : "", Vault = happened.Vault ?? "", Wallet = happened.Wallet ?? "",
        Sequence = happened.Sequence, Status = happened.Status ?? "", SubStatus = happened.SubStatus ?? "", Data = Struct.Parser.ParseJson(happened.Data),
        ResumeToken = ResumeToken.Behind(happened).ToString(),
    };

    /// <summary>The bytes that an endpoint gets: the same ones for the same event, however often.</summary>
    internal static byte[] Json(PublicEvent happened) => Encoding.UTF8.GetBytes(formatter.Format(Of(happened)));

    /// <summary>A time of a request; null where it has none.</summary>
    internal static DateTimeOffset? Time(Timestamp? time, string pointer)
    {
        try
        {
            return time?.ToDateTimeOffset();
        }
        catch (InvalidOperationException)
        {
            throw Answers.Invalid(pointer, "no time.");
        }
    }
}
