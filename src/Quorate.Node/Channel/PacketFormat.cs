using System.Buffers.Binary;

namespace Quorate.Node.Channel;

/// <summary>What a packet is, in clear.</summary>
enum PacketKind : byte
{
    /// <summary>An ephemeral key (32) and its sender's signature on it (64).</summary>
    Hello = 1,

    /// <summary>The sealed proof of identity.</summary>
    Proof = 2,

    /// <summary>Purpose, round, sequence number, and the sealed message.</summary>
    Record = 3,

    /// <summary>A signed letter outside of any session; its id takes the attempt's place.</summary>
    Letter = 4,
}

/// <summary>What a record is for.</summary>
enum Purpose : byte
{
    /// <summary>The sender's contribution to the session's id.</summary>
    Contribution = 1,

    /// <summary>The sender is ready.</summary>
    Readiness = 2,

    /// <summary>A frame of the threshold session.</summary>
    Frame = 3,

    /// <summary>How far the sender has come, and what it has heard.</summary>
    Progress = 4,

    /// <summary>Somebody has given up: the sender, or one whose statement it passes on.</summary>
    Abort = 5,
}

/// <summary>The bytes between two nodes, as a relay sees them: docs/spec/channel.md.</summary>
static class PacketFormat
{
    internal const byte Version = 1;
    internal const int HeaderSize = 1 + SessionDescription.AttemptSize + 1;
    internal const int RecordHeaderSize = HeaderSize + 1 + 1 + 8;
    internal const int TagSize = 16;

    /// <summary>The longest message that a record seals: the session kernel's longest frame.</summary>
    internal const int MaxMessage = 1 << 20;

    internal const int MaxPacket = RecordHeaderSize + MaxMessage + TagSize;

    /// <summary>Writes the header and returns what follows it.</summary>
    internal static Span<byte> Begin(byte[] packet, ReadOnlySpan<byte> attempt, PacketKind kind)
    {
        packet[0] = Version;
        attempt.CopyTo(packet.AsSpan(1));
        packet[HeaderSize - 1] = (byte)kind;
        return packet.AsSpan(HeaderSize);
    }

    /// <summary>The attempt that a packet names; false where it is none.</summary>
    internal static bool TryReadAttempt(ReadOnlySpan<byte> packet, out ReadOnlySpan<byte> attempt)
    {
        attempt = default;
        if (packet.Length is < HeaderSize or > MaxPacket || packet[0] != Version)
            return false;
        attempt = packet.Slice(1, SessionDescription.AttemptSize);
        return true;
    }

    internal static PacketKind KindOf(ReadOnlySpan<byte> packet) => (PacketKind)packet[HeaderSize - 1];

    internal static (Purpose Purpose, byte Round, ulong Sequence) RecordHeader(ReadOnlySpan<byte> packet) =>
        ((Purpose)packet[HeaderSize], packet[HeaderSize + 1], BinaryPrimitives.ReadUInt64BigEndian(packet[(HeaderSize + 2)..]));
}
