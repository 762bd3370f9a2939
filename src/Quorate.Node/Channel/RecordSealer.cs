using System.Buffers.Binary;
using System.Security.Cryptography;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Channel;

/// <summary>One direction of a channel, at its sender: AES-256-GCM, with the sequence number as nonce.</summary>
sealed class RecordSealer(SecretBytes key, ReadOnlySpan<byte> attempt, byte[] binding, PartyId sender, PartyId recipient) : IDisposable
{
    /// <summary>
    /// Records under one key. A session has some tens; so many of the longest are 2³² blocks of AES, at which the best
    /// distinguisher of GCM has an advantage of 2⁻⁶⁵. There is no second key: the channel ends.
    /// </summary>
    internal const ulong MaxRecords = 1 << 16;

    readonly AesGcm aes = new(key.Expose(), PacketFormat.TagSize);
    readonly byte[] attempt = attempt.ToArray();
    ulong sequence;

    /// <summary>The packet of one message. <paramref name="session"/> is empty before there is a session id.</summary>
    /// <exception cref="ArgumentException">Longer than <see cref="PacketFormat.MaxMessage"/>.</exception>
    /// <exception cref="InvalidOperationException">The key has sealed as many as it may.</exception>
    internal byte[] Seal(Purpose purpose, byte round, ReadOnlySpan<byte> session, ReadOnlySpan<byte> message)
    {
        if (message.Length > PacketFormat.MaxMessage)
            throw new ArgumentException($"{message.Length} bytes; a record takes {PacketFormat.MaxMessage}.", nameof(message));
        if (sequence == MaxRecords)
            throw new InvalidOperationException($"A channel carries {MaxRecords} records.");

        var packet = new byte[PacketFormat.RecordHeaderSize + message.Length + PacketFormat.TagSize];
        var header = PacketFormat.Begin(packet, attempt, PacketKind.Record);
        header[0] = (byte)purpose;
        header[1] = round;
        BinaryPrimitives.WriteUInt64BigEndian(header[2..], sequence);

        Span<byte> nonce = stackalloc byte[12];
        Span<byte> associated = stackalloc byte[RecordBinding.Size];
        RecordBinding.Write(associated, nonce, binding, session, purpose, round, sender, recipient, sequence);
        aes.Encrypt(nonce, message, packet.AsSpan(PacketFormat.RecordHeaderSize, message.Length), packet.AsSpan(^PacketFormat.TagSize..), associated);
        sequence++;
        return packet;
    }

    public void Dispose() => aes.Dispose();
}

/// <summary>What a record is bound to beside its key, and its nonce.</summary>
static class RecordBinding
{
    internal const int Size = 32 + SessionId.Size + 1 + 1 + 2 + 2 + 8;

    internal static void Write(
        Span<byte> associated, Span<byte> nonce, ReadOnlySpan<byte> binding, ReadOnlySpan<byte> session, Purpose purpose, byte round,
        PartyId sender, PartyId recipient, ulong sequence)
    {
        associated.Clear();
        binding.CopyTo(associated);
        session.CopyTo(associated[32..]);
        var rest = associated[(32 + SessionId.Size)..];
        rest[0] = (byte)purpose;
        rest[1] = round;
        BinaryPrimitives.WriteUInt16BigEndian(rest[2..], sender.Value);
        BinaryPrimitives.WriteUInt16BigEndian(rest[4..], recipient.Value);
        BinaryPrimitives.WriteUInt64BigEndian(rest[6..], sequence);
        nonce.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(nonce[4..], sequence);
    }
}
