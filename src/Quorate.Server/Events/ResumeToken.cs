using System.Buffers.Binary;
using System.Buffers.Text;

namespace Quorate.Server.Events;

/// <summary>
/// Where a reader of events is: behind which one. Opaque to callers, and good on every server of one database for as long as
/// there is the journal.
/// </summary>
/// <param name="Position">The event's position; 0 for before the first.</param>
/// <param name="Mark">The event's <see cref="EventId.Mark"/>; 0 for before the first.</param>
readonly record struct ResumeToken(long Position, long Mark)
{
    const int Size = 17;
    const byte Version = 2;

    /// <summary>Before the first event.</summary>
    internal static ResumeToken Beginning => default;

    /// <summary>Behind an event.</summary>
    internal static ResumeToken Behind(PublicEvent happened) => new(happened.Position, EventId.Mark(happened.Id));

    /// <summary>Reads the one text of a token.</summary>
    internal static bool TryParse(string text, out ResumeToken token)
    {
        token = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (text.Length != Base64Url.GetEncodedLength(Size) || !Base64Url.TryDecodeFromChars(text, bytes, out var written) || written != Size || bytes[0] != Version)
            return false;
        token = new(BinaryPrimitives.ReadInt64BigEndian(bytes[1..]), BinaryPrimitives.ReadInt64BigEndian(bytes[9..]));
        return token.Position >= 0 && token.ToString() == text;
    }

    /// <summary>The text that <see cref="TryParse"/> reads.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], Position);
        BinaryPrimitives.WriteInt64BigEndian(bytes[9..], Mark);
        return Base64Url.EncodeToString(bytes);
    }
}
