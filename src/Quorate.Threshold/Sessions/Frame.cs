using Quorate.Cryptography.Hashing;

namespace Quorate.Threshold.Sessions;

/// <summary>
/// What goes over the channel: version, session context, round, the digests of an earlier broadcast that the sender
/// confirms (0 or one per party, in ascending order), and the round's message, absent in a bare echo.
/// </summary>
/// <remarks>
/// <code>
/// offset  size       item
/// 0       1          version, 1
/// 1       32         context: hash of protocol, session id, parties and what they agreed on before
/// 33      1          round
/// 34      1          kind: 0 message, 1 echo
/// 35      2          number of digests d
/// 37      32·d       digests
/// 37+32d  the rest   the message
/// </code>
/// </remarks>
readonly ref struct Frame
{
    internal const int DigestSize = 32;
    internal const int HeaderSize = 37;
    internal const int MaxOverhead = HeaderSize + DigestSize * PartySet.MaxCount;
    const byte Version = 1;

    internal required byte Round { get; init; }
    internal required bool IsEcho { get; init; }
    internal required ReadOnlySpan<byte> Digests { get; init; }
    internal required ReadOnlySpan<byte> Payload { get; init; }

    internal void Write(ReadOnlySpan<byte> context, WireWriter writer)
    {
        writer.Byte(Version);
        writer.Raw(context);
        writer.Byte(Round);
        writer.Byte(IsEcho ? (byte)1 : (byte)0);
        writer.UInt16(Digests.Length / DigestSize);
        writer.Raw(Digests);
        writer.Raw(Payload);
    }

    /// <summary>Whether the bytes claim to belong to the session of this context; others are ignored, not judged.</summary>
    internal static bool BelongsTo(ReadOnlySpan<byte> context, ReadOnlySpan<byte> frame) =>
        frame.Length > context.Length && frame[0] == Version && frame.Slice(1, context.Length).SequenceEqual(context);

    /// <summary>The round a frame names, even if the rest of it cannot be read; null where it ends before.</summary>
    internal static byte? ClaimedRound(ReadOnlySpan<byte> frame) => frame.Length > 1 + SessionId.Size ? frame[1 + SessionId.Size] : null;

    /// <exception cref="WireException">Not a frame.</exception>
    internal static Frame Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader(bytes);
        reader.Take(1 + SessionId.Size);
        var round = reader.Byte();
        var kind = reader.Byte();
        if (kind > 1)
            throw reader.Error($"kind {kind}");
        var digests = reader.Take(DigestSize * reader.Count(PartySet.MaxCount));
        var payload = reader.Take(reader.Remaining);
        if (kind == 1 && !payload.IsEmpty)
            throw reader.Error("an echo carries no message");
        return new() { Round = round, IsEcho = kind == 1, Digests = digests, Payload = payload };
    }

    /// <summary>The digest of one party's message in one round, for confirmation and to tell a repeat from a second version.</summary>
    internal static byte[] Digest(ReadOnlySpan<byte> context, byte round, PartyId sender, ReadOnlySpan<byte> payload)
    {
        using var transcript = new Transcript(Tags.SessionBroadcast);
        return transcript.Append(context).Append(round).Append(sender.Value).Append(payload).Digest();
    }
}
