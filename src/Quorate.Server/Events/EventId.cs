using Quorate.Journal;
using Quorate.Server.Ids;

namespace Quorate.Server.Events;

/// <summary>
/// The id of an event: a UUID of version 7 made of the time of its record and of the journal's hash behind it. The hash
/// stands for the journal and for all that came before, so no two events have one id, and every server makes the same.
/// </summary>
static class EventId
{
    internal static ResourceId Of(RecordedEvent recorded)
    {
        Span<byte> hash = stackalloc byte[ChainHash.Size], id = stackalloc byte[16];
        recorded.Hash.CopyTo(hash);
        hash[..16].CopyTo(id);
        var milliseconds = Math.Max(0, recorded.RecordedMicroseconds / 1_000);
        for (var i = 0; i < 6; i++)
            id[i] = (byte)((milliseconds >> (40 - 8 * i)) & 0xff);
        id[6] = (byte)(0x70 | (id[6] & 0x0f));
        id[8] = (byte)(0x80 | (id[8] & 0x3f));
        return new(ResourceKind.Event, new Guid(id, bigEndian: true));
    }

    /// <summary>The part that follows from the hash: eight bytes by which one history is told from another.</summary>
    internal static long Mark(ResourceId id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.Value.TryWriteBytes(bytes, bigEndian: true, out _);
        return System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(bytes[8..]);
    }
}
