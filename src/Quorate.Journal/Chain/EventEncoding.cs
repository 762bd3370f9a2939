using System.Buffers.Binary;
using System.Text;

namespace Quorate.Journal.Chain;

/// <summary>
/// The bytes of an event that are hashed and exported: id (16), stream (2 + n), version (8), type (2 + n), schema version
/// (2), recorded (8), payload (4 + n). Integers big-endian, names ASCII behind their length. Injective: every field has a
/// fixed size or its length in front, and decoding takes nothing that encoding would not write.
/// </summary>
static class EventEncoding
{
    internal const int GuidSize = 16;

    /// <summary>Bytes of an event without the contents of stream, type and payload.</summary>
    internal const int FixedSize = GuidSize + 2 + 8 + 2 + 2 + 8 + 4;

    /// <summary>Bytes of the largest event.</summary>
    internal const int MaxSize = FixedSize + JournalLimits.MaxStreamNameLength + JournalLimits.MaxTypeNameLength + JournalLimits.MaxPayloadBytes;

    internal static void WriteGuid(Span<byte> destination, Guid value) => value.TryWriteBytes(destination, bigEndian: true, out _);

    internal static int SizeOf(RecordedEvent recorded) =>
        FixedSize + recorded.Stream.Length + recorded.Type.Length + recorded.Payload.Length;

    internal static void Write(RecordedEvent recorded, Span<byte> destination)
    {
        WriteGuid(destination, recorded.Id);
        destination = WriteName(destination[GuidSize..], recorded.Stream);
        BinaryPrimitives.WriteInt64BigEndian(destination, recorded.Version);
        destination = WriteName(destination[8..], recorded.Type);
        BinaryPrimitives.WriteUInt16BigEndian(destination, checked((ushort)recorded.SchemaVersion));
        BinaryPrimitives.WriteInt64BigEndian(destination[2..], recorded.RecordedMicroseconds);
        BinaryPrimitives.WriteInt32BigEndian(destination[10..], recorded.Payload.Length);
        recorded.Payload.Span.CopyTo(destination[14..]);
    }

    /// <summary>Reads an event whose place and hash are known from around it.</summary>
    /// <returns>Null, and at which offset of <paramref name="source"/> what is wrong, if it is no event.</returns>
    internal static RecordedEvent? Read(ReadOnlySpan<byte> source, long position, ChainHash hash, out (int Offset, string What) problem)
    {
        problem = default;
        var at = GuidSize;
        if (source.Length < FixedSize)
            return Refuse(0, "too short for an event", out problem);
        if (ReadName(source, ref at, JournalLimits.MaxStreamNameLength) is not { } stream)
            return Refuse(at, "no stream name", out problem);
        if (source.Length - at < 8)
            return Refuse(at, "no stream version", out problem);
        var version = BinaryPrimitives.ReadInt64BigEndian(source[at..]);
        if (version < 1)
            return Refuse(at, "a stream version below 1", out problem);
        at += 8;
        if (ReadName(source, ref at, JournalLimits.MaxTypeNameLength) is not { } type)
            return Refuse(at, "no type name", out problem);
        if (source.Length - at < 14)
            return Refuse(at, "too short for an event", out problem);
        var schema = BinaryPrimitives.ReadUInt16BigEndian(source[at..]);
        if (schema == 0)
            return Refuse(at, "schema version 0", out problem);
        var recorded = BinaryPrimitives.ReadInt64BigEndian(source[(at + 2)..]);
        if (!IsTime(recorded))
            return Refuse(at + 2, "a time out of range", out problem);
        var length = BinaryPrimitives.ReadInt32BigEndian(source[(at + 10)..]);
        if (length != source.Length - at - 14)
            return Refuse(at + 10, "a payload length that does not fit", out problem);
        return new()
        {
            Position = position, Stream = stream, Version = version, Id = new(source[..GuidSize], bigEndian: true), Type = type,
            SchemaVersion = schema, RecordedMicroseconds = recorded, Payload = source[(at + 14)..].ToArray(), Hash = hash,
        };
    }

    /// <summary>Whether a record with these fields could have been written, or what is wrong with it.</summary>
    internal static string? Problem(RecordedEvent e) =>
        !EventName.IsRecorded(e.Stream, JournalLimits.MaxStreamNameLength) ? "its stream's name is none"
        : !EventName.IsRecorded(e.Type, JournalLimits.MaxTypeNameLength) ? "its type's name is none"
        : e.Version < 1 ? "its stream version is below 1"
        : e.SchemaVersion is < 1 or > JournalLimits.MaxSchemaVersion ? "its schema version is out of range"
        : !IsTime(e.RecordedMicroseconds) ? "its time is out of range"
        : e.Payload.Length > JournalLimits.MaxPayloadBytes ? "its payload is too large"
        : null;

    static bool IsTime(long microseconds) => microseconds >= 0 && microseconds <= MaxMicroseconds;

    /// <summary>The end of the year 9999.</summary>
    static readonly long MaxMicroseconds = (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    static Span<byte> WriteName(Span<byte> destination, string name)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, checked((ushort)name.Length));
        Encoding.ASCII.GetBytes(name, destination[2..]);
        return destination[(2 + name.Length)..];
    }

    static string? ReadName(ReadOnlySpan<byte> source, ref int at, int maxLength)
    {
        if (source.Length - at < 2)
            return null;
        var length = BinaryPrimitives.ReadUInt16BigEndian(source[at..]);
        if (length > maxLength || length > source.Length - at - 2)
            return null;
        var bytes = source.Slice(at + 2, length);
        // Latin-1 keeps every byte apart; what is no ASCII is refused with the other characters.
        var name = Encoding.Latin1.GetString(bytes);
        if (!EventName.IsRecorded(name, maxLength))
            return null;
        at += 2 + length;
        return name;
    }

    static RecordedEvent? Refuse(int offset, string what, out (int, string) problem)
    {
        problem = (offset, what);
        return null;
    }
}
