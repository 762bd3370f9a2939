using System.Security.Cryptography;

namespace Quorate.Threshold.Sessions;

/// <summary>What a script and its session share: who is here, the rounds, the messages to send, what to wipe at the end.</summary>
sealed class SessionCore(byte[] context, PartyId me, PartySet parties)
{
    readonly Dictionary<byte, Round> rounds = [];
    readonly Dictionary<(byte Round, bool IsEcho, PartyId From), byte[]> early = [];
    readonly List<IDisposable> owned = [];
    readonly List<(Accusation Accusation, byte? Round)> accusations = [];
    readonly HashSet<byte> reached = [];
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

    /// <summary>Faults found on receipt, whatever their round.</summary>
    internal IEnumerable<Accusation> Accusations => accusations.Select(a => a.Accusation);

    /// <summary>
    /// Those that the present barrier reports: in its round, an earlier one, or none. A fault in a later round waits for
    /// that round. Until then the others need this party's messages, and would suspect it if it stopped for what only
    /// came too early.
    /// </summary>
    internal IEnumerable<Accusation> DueAccusations =>
        accusations.Where(a => a.Round is not { } round || reached.Contains(round)).Select(a => a.Accusation);

    internal bool HasDueAccusations => DueAccusations.Any();

    internal bool IsDulyAccused(PartyId party) => DueAccusations.Any(a => a.Culprit == party);

    /// <param name="fault">What.</param>
    /// <param name="culprit">Who.</param>
    /// <param name="round">In which round, or null where that is unknown.</param>
    internal void Accuse(Fault fault, PartyId culprit, byte? round)
    {
        if (!accusations.Contains((new(fault, culprit), round)))
            accusations.Add((new(fault, culprit), round));
    }

    /// <summary>The script waits for this round from now on.</summary>
    internal void Reach(Round round) => reached.Add(round.Number);

    internal void Own(IDisposable value) => owned.Add(value);

    internal void Send(PartyId? to, Frame frame)
    {
        using var writer = new WireWriter();
        frame.Write(Context, writer);
        outgoing.Add(new(to, frame.Round, writer.Written));
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
            Accuse(Fault.MalformedMessage, from, Declared(bytes));
            return;
        }
        Frame frame;
        try
        {
            frame = Frame.Read(bytes);
        }
        catch (WireException)
        {
            Accuse(Fault.MalformedMessage, from, Declared(bytes));
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

    /// <summary>The round that a broken frame claims to be of, if there is one.</summary>
    byte? Declared(ReadOnlySpan<byte> bytes) => Frame.ClaimedRound(bytes) is { } round && rounds.ContainsKey(round) ? round : null;

    void Keep((byte Round, bool IsEcho, PartyId From) key, ReadOnlySpan<byte> bytes)
    {
        if (early.TryGetValue(key, out var seen))
        {
            if (!CryptographicOperations.FixedTimeEquals(seen, bytes))
                Accuse(Fault.Equivocation, key.From, key.Round);
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
            Accuse(Fault.UnexpectedMessage, key.From, null);
        }
    }
}
