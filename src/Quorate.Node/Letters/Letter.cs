using System.Buffers.Binary;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Signatures;
using Quorate.Node.Channel;
using Quorate.Policies;

namespace Quorate.Node.Letters;

/// <summary>What a letter is about: who handles it.</summary>
enum Topic : byte
{
    /// <summary>An offer to sign.</summary>
    Sign = 1,

    /// <summary>An offer to prepare signatures.</summary>
    Presign = 2,

    /// <summary>An offer to take part in a ceremony.</summary>
    Ceremony = 3,

    /// <summary>A certificate that a ceremony has ended, or the question for one.</summary>
    Certificate = 4,

    /// <summary>The end of something before its time.</summary>
    Abort = 5,
}

/// <summary>
/// One message between nodes outside of a session, under its sender's identity: docs/spec/channel.md, letters. Signed and
/// not encrypted: nothing in it may be secret.
/// </summary>
/// <param name="Id">32 bytes, which an answer shares with its question.</param>
/// <param name="IsAnswer">Whether it answers.</param>
/// <param name="Topic">What it is about.</param>
/// <param name="Time">When it was written, by the sender's clock, in Unix milliseconds.</param>
/// <param name="Body">The content.</param>
sealed record Letter(ReadOnlyMemory<byte> Id, bool IsAnswer, Topic Topic, long Time, ReadOnlyMemory<byte> Body)
{
    const int FixedSize = 1 + 1 + 8;

    /// <summary>The longest body: the packet holds a transaction and its approvals.</summary>
    internal const int MaxBody = 768 << 10;

    /// <summary>Writes the packet, signed.</summary>
    internal byte[] Seal(ReadOnlySpan<byte> deployment, Ed25519Key sender, NodeId recipient)
    {
        var packet = new byte[PacketFormat.HeaderSize + FixedSize + Body.Length + Ed25519Signature.Size];
        var rest = PacketFormat.Begin(packet, Id.Span, PacketKind.Letter);
        rest[0] = IsAnswer ? (byte)1 : (byte)0;
        rest[1] = (byte)Topic;
        BinaryPrimitives.WriteInt64BigEndian(rest[2..], Time);
        Body.Span.CopyTo(rest[FixedSize..]);
        sender.Sign(Message(deployment, sender.EncodedPublicKey, recipient.AsSpan())).CopyTo(rest[^Ed25519Signature.Size..]);
        return packet;
    }

    /// <summary>Reads a packet of this kind; null where it is none, or not signed by the sender for the recipient.</summary>
    internal static Letter? Open(ReadOnlyMemory<byte> packet, ReadOnlySpan<byte> deployment, NodeId sender, NodeId recipient)
    {
        var size = packet.Length - PacketFormat.HeaderSize - FixedSize - Ed25519Signature.Size;
        if (size is < 0 or > MaxBody)
            return null;
        var rest = packet.Span[PacketFormat.HeaderSize..];
        if (rest[0] > 1)
            return null;
        var letter = new Letter(
            packet.Slice(1, SessionDescription.AttemptSize), rest[0] == 1, (Topic)rest[1], BinaryPrimitives.ReadInt64BigEndian(rest[2..]),
            packet.Slice(PacketFormat.HeaderSize + FixedSize, size));
        return sender.Verify(letter.Message(deployment, sender.AsSpan(), recipient.AsSpan()), rest[^Ed25519Signature.Size..]) ? letter : null;
    }

    byte[] Message(ReadOnlySpan<byte> deployment, ReadOnlySpan<byte> sender, ReadOnlySpan<byte> recipient)
    {
        using var transcript = new Transcript(Tags.Letter);
        return transcript.Append(deployment).Append(sender).Append(recipient).Append(Id.Span).Append(IsAnswer ? 1UL : 0UL).Append((ulong)Topic)
            .Append(unchecked((ulong)Time)).Append(Body.Span).Digest();
    }
}
