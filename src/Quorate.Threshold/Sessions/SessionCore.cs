using System.Security.Cryptography;

namespace Quorate.Threshold.Sessions;

/// <summary>What a script and its session share: who is here, the rounds, the messages to send, what to wipe at the end.</summary>
sealed class SessionCore(byte[] context, PartyId me, PartySet parties)
{
    readonly Dictionary<byte, Round> rounds = [];
    readonly Dictionary<(byte Round, bool IsEcho, PartyId From), byte[]> early = [];
    readonly List<IDisposable> owned = [];
    readonly List<Accusation> accusations = [];
    List<OutgoingMessage> outgoing = [];

    internal byte[] Context { get; } = context;

    internal PartyId Me { get; } = me;

    internal PartySet Parties { get; } = parties;

    internal IReadOnlyList<PartyId> Others { get; } = [.. parties.Except(me)];

    internal Round<M> Add<M>(Round<M> round) where M : IMessage<M>
    {
        rounds.Add(round.Number, round);
        foreach (var key in early.Keys.Where(k => k.Round == round.Number).ToArray())
        {
            early.Remove(key, out var bytes);
            round.Receive(key.From, Frame.Read(bytes));
            CryptographicOperations.ZeroMemory(bytes);
        }
        return round;
    }

    /// <summary>Faults found on receipt, whatever their round, that the next barrier will report.</summary>
    internal IReadOnlyList<Accusation> Accusations => accusations;

    internal bool HasAccusations => accusations.Count > 0;

    internal bool IsAccused(PartyId party) => accusations.Exists(a => a.Culprit == party);

    internal void Accuse(Fault fault, PartyId culprit)
    {
        if (!accusations.Contains(new(fault, culprit)))
            accusations.Add(new(fault, culprit));
    }

    internal void Own(IDisposable value) => owned.Add(value);

    internal void Send(PartyId? to, Frame frame)
    {
        using var writer = new WireWriter();
        frame.Write(Context, writer);
        outgoing.Add(new(to, writer.Written));
    }

    internal List<OutgoingMessage> TakeOutgoing()
    {
        var taken = outgoing;
        outgoing = [];
        return taken;
    }

    /// <summary>
    /// Hands a frame to its round. One for a round that the script has not declared yet waits, at most one of a kind per
    /// sender and round, up to <see cref="MaxEarlyFrames"/> in all.
    /// </summary>
    internal void Receive(PartyId from, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxFrame)
        {
            Accuse(Fault.MalformedMessage, from);
            return;
        }
        Frame frame;
        try
        {
            frame = Frame.Read(bytes);
        }
        catch (WireException)
        {
            Accuse(Fault.MalformedMessage, from);
            return;
        }
        if (rounds.TryGetValue(frame.Round, out var round))
            round.Receive(from, frame);
        else
            Keep((frame.Round, frame.IsEcho, from), bytes);
    }

    /// <summary>How many frames of one sender may wait for rounds that do not exist yet.</summary>
    internal const int MaxEarlyFrames = 2;

    /// <summary>The longest frame in bytes any protocol has; each message type has its own, lower limit.</summary>
    internal const int MaxFrame = 1 << 20;

    /// <summary>Frees everything; what is not yet sent stays only where <paramref name="keepOutgoing"/> says so.</summary>
    internal void Close(bool keepOutgoing)
    {
        foreach (var round in rounds.Values)
            round.Dispose();
        foreach (var value in owned)
            value.Dispose();
        foreach (var bytes in early.Values)
            CryptographicOperations.ZeroMemory(bytes);
        early.Clear();
        if (keepOutgoing)
            return;
        foreach (var message in outgoing)
            message.Dispose();
        outgoing.Clear();
    }

    void Keep((byte Round, bool IsEcho, PartyId From) key, ReadOnlySpan<byte> bytes)
    {
        if (early.TryGetValue(key, out var seen))
        {
            if (!CryptographicOperations.FixedTimeEquals(seen, bytes))
                Accuse(Fault.Equivocation, key.From);
        }
        else if (early.Keys.Count(k => k.From == key.From) < MaxEarlyFrames)
        {
            // Pinned, since it may carry a secret and is wiped.
            var copy = GC.AllocateUninitializedArray<byte>(bytes.Length, pinned: true);
            bytes.CopyTo(copy);
            early.Add(key, copy);
        }
        else
        {
            Accuse(Fault.UnexpectedMessage, key.From);
        }
    }
}
