using System.Security.Cryptography;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Channel;

/// <summary>A message of the peer's, in the order in which it was sent. Whoever takes it disposes of it.</summary>
sealed record Record(Purpose Purpose, byte Round, SecretBytes Message) : IDisposable
{
    public void Dispose() => Message.Dispose();
}

/// <summary>
/// One direction of a channel, at its recipient. Messages come out in the order in which they were sealed, each once: what
/// overtook another waits for it, within bounds, and what came before is dropped.
/// </summary>
sealed class RecordOpener(SecretBytes key, byte[] binding, PartyId sender, PartyId recipient) : IDisposable
{
    /// <summary>How far a record may be ahead of the one that is missing. An honest peer is rarely more than three ahead.</summary>
    internal const ulong Window = 64;

    /// <summary>Bytes that may wait for a missing record.</summary>
    internal const int MaxWaitingBytes = 4 << 20;

    /// <summary>
    /// Records that do not open, after which the channel is given up. Far below what would help to forge one (each try
    /// succeeds with 2⁻¹⁰⁰ for messages of this length), and enough of a flood to stop working for.
    /// </summary>
    internal const int MaxForgeries = 1 << 16;

    readonly AesGcm aes = new(key.Expose(), PacketFormat.TagSize);
    readonly Dictionary<ulong, Record> waiting = [];
    readonly Queue<Record> arrived = [];
    ulong next;
    int waitingBytes;
    int forgeries;

    /// <summary>Whether somebody on the way has delayed or forged more than is borne. No sign against the peer.</summary>
    internal bool IsGivenUp { get; private set; }

    /// <summary>The next message, if it has come.</summary>
    internal Record? Take() => arrived.TryDequeue(out var record) ? record : null;

    /// <summary>
    /// Takes a record packet. What does not open is ignored, whoever sent it: anybody can make it. <paramref name="session"/>
    /// is empty before there is a session id.
    /// </summary>
    internal void Receive(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> session)
    {
        if (IsGivenUp || packet.Length < PacketFormat.RecordHeaderSize + PacketFormat.TagSize)
            return;
        var (purpose, round, sequence) = PacketFormat.RecordHeader(packet);
        if (sequence < next || sequence >= RecordSealer.MaxRecords || waiting.ContainsKey(sequence))
            return;
        if (Open(packet, purpose, round, sequence, purpose == Purpose.Frame ? session : default) is not { } record)
        {
            IsGivenUp = ++forgeries > MaxForgeries;
            return;
        }
        if (sequence - next >= Window || waitingBytes + record.Message.Length > MaxWaitingBytes)
        {
            record.Dispose();
            IsGivenUp = true;
            return;
        }
        waiting.Add(sequence, record);
        waitingBytes += record.Message.Length;
        while (waiting.Remove(next, out var due))
        {
            waitingBytes -= due.Message.Length;
            arrived.Enqueue(due);
            next++;
        }
    }

    public void Dispose()
    {
        aes.Dispose();
        foreach (var record in waiting.Values.Concat(arrived))
            record.Dispose();
        waiting.Clear();
        arrived.Clear();
    }

    Record? Open(ReadOnlySpan<byte> packet, Purpose purpose, byte round, ulong sequence, ReadOnlySpan<byte> session)
    {
        Span<byte> nonce = stackalloc byte[12];
        Span<byte> associated = stackalloc byte[RecordBinding.Size];
        RecordBinding.Write(associated, nonce, binding, session, purpose, round, sender, recipient, sequence);
        var sealedMessage = packet[PacketFormat.RecordHeaderSize..^PacketFormat.TagSize];
        var message = new SecretBytes(sealedMessage.Length);
        try
        {
            aes.Decrypt(nonce, sealedMessage, packet[^PacketFormat.TagSize..], message.Expose(), associated);
        }
        catch (AuthenticationTagMismatchException)
        {
            message.Dispose();
            return null;
        }
        return new(purpose, round, message);
    }
}
