using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Policies;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Channel;

/// <summary>Opaque bytes for one node. Whatever is secret in them is sealed.</summary>
public readonly record struct Packet(NodeId To, ReadOnlyMemory<byte> Bytes);

/// <summary>A frame of the session, from a peer that has proved who it is. Whoever takes it disposes of it.</summary>
public sealed record ReceivedFrame(PartyId From, SecretBytes Bytes) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Bytes.Dispose();
}

/// <summary>What a peer says about the session, beside its frames.</summary>
readonly record struct Notice(PartyId From, Purpose Purpose, byte[] Bytes);

/// <summary>
/// The channels of one session to all its other nodes, and the barrier before it: docs/spec/channel.md. Without input or
/// output of its own: the host carries packets and keeps the time. Not thread-safe. However it ends, every key is wiped.
/// </summary>
public sealed class SecuredGroup : IDisposable
{
    /// <summary>
    /// Frames of one peer that may wait to be taken, before and after the barrier. An honest peer sends what its first round
    /// has before it needs an answer.
    /// </summary>
    public const int MaxUntaken = 16;

    readonly SortedDictionary<PartyId, PeerChannel> channels = [];
    readonly HashSet<PartyId> greeted = [];
    readonly Queue<ReceivedFrame> frames = [];
    readonly Queue<Notice> notices = [];
    readonly ReadyBarrier barrier;
    bool isWilling;
    bool hasSaidReady;
    bool isDisposed;

    /// <summary>Begins to find the others. Each node does so when it has decided to take part.</summary>
    /// <param name="description">What the session is.</param>
    /// <param name="me">This node's seat.</param>
    /// <param name="identity">This node's identity key; it stays the caller's.</param>
    /// <param name="random">Randomness of the ephemeral keys and of the contribution.</param>
    /// <exception cref="ArgumentException">The identity does not sit there.</exception>
    public SecuredGroup(SessionDescription description, PartyId me, Ed25519Key identity, IRandom random)
    {
        ArgumentNullException.ThrowIfNull(description);
        ArgumentNullException.ThrowIfNull(identity);
        ArgumentNullException.ThrowIfNull(random);
        if (!description.Parties.Contains(me) || !description[me].AsSpan().SequenceEqual(identity.EncodedPublicKey))
            throw new ArgumentException($"{identity} is not {me} of this session.", nameof(identity));
        (Description, Me) = (description, me);
        barrier = new(description, me, identity, random);
        foreach (var peer in description.Parties.Except(me))
            channels.Add(peer, new(description, me, peer, identity, random));
    }

    /// <summary>What the session is.</summary>
    public SessionDescription Description { get; }

    /// <summary>This node's seat.</summary>
    public PartyId Me { get; }

    /// <summary>Why there is no group, or none any more; null while there is hope.</summary>
    public GroupFailure? Failure { get; private set; }

    /// <summary>
    /// The session's id, once the barrier is open: all parties have authenticated each other, hold the same description and
    /// have said so, and are ready. Null before.
    /// </summary>
    public SessionId? Session => hasSaidReady && barrier.IsAgreed ? barrier.Session : null;

    /// <summary>Who has yet to prove itself, contribute, or say that it is ready; empty when the barrier is open.</summary>
    public IReadOnlyList<PartyId> WaitingFor => Session is not null ? [] : [.. channels.Keys.Where(IsMissing)];

    /// <summary>This node is ready: it has what the session needs, and has judged it. Only then do the others hear so.</summary>
    public void SayReady()
    {
        isWilling = true;
        Advance();
    }

    /// <summary>The packets to carry, each handed out once.</summary>
    public IReadOnlyList<Packet> TakeOutgoing() =>
        [.. channels.SelectMany(c => c.Value.TakeOutgoing().Select(bytes => new Packet(Description[c.Key], bytes)))];

    /// <summary>
    /// The id that the session will have or has: everybody has contributed to it. Earlier than <see cref="Session"/>, which
    /// waits for all to be ready.
    /// </summary>
    internal SessionId? Named => barrier.Session;

    /// <summary>What is to be said to everybody at a failure, before the keys are wiped; nothing unless it is set.</summary>
    internal Func<GroupFailure, byte[]?>? LastWord { get; set; }

    /// <summary>What a peer has said about the session, once its id is known.</summary>
    internal Notice? TakeNotice() => Named is not null && notices.TryDequeue(out var notice) ? notice : null;

    /// <summary>Says something about the session to everybody but <paramref name="except"/>; those that are not there yet do not hear it.</summary>
    internal void Say(Purpose purpose, ReadOnlySpan<byte> message, params ReadOnlySpan<PartyId> except)
    {
        foreach (var (peer, channel) in channels)
            if (channel.IsEstablished && !except.Contains(peer))
                channel.Send(purpose, 0, message);
    }

    /// <summary>Ends the group for something that was found above it. The first failure stays.</summary>
    internal void GiveUp(GroupFailure failure)
    {
        if (Failure is null && !isDisposed)
            Fail(failure);
    }

    /// <summary>The next frame of the session, if one has come.</summary>
    public ReceivedFrame? TakeFrame() => Session is not null && frames.TryDequeue(out var frame) ? frame : null;

    /// <summary>
    /// Takes bytes that the transport says are from <paramref name="from"/>, which is believed only once they open. What does
    /// not is ignored, like everything of another attempt and everything after the end.
    /// </summary>
    public void Receive(NodeId from, ReadOnlySpan<byte> packet)
    {
        if (isDisposed || Failure is not null || !PacketFormat.TryReadAttempt(packet, out var attempt)
            || !attempt.SequenceEqual(Description.Attempt) || Description.SeatOf(from) is not { } peer || peer == Me)
            return;
        channels[peer].Receive(packet);
        Advance();
    }

    /// <summary>Seals a frame to one party, or the same to all others.</summary>
    /// <exception cref="InvalidOperationException">The barrier is not open.</exception>
    public void Send(PartyId? to, byte round, ReadOnlySpan<byte> frame)
    {
        if (Session is null)
            throw new InvalidOperationException("Not everybody is ready.");
        foreach (var peer in to is { } one ? [one] : channels.Keys.ToArray())
            channels[peer].Send(Purpose.Frame, round, frame);
    }

    /// <summary>Ends the wait for the barrier because the host's deadline has passed. Names whom it is for, as suspects.</summary>
    public void TimeOut()
    {
        if (Session is null && Failure is null && !isDisposed)
            Fail(new(GroupFault.Timeout, WaitingFor, []));
    }

    /// <summary>Wipes all keys and all frames that nobody took.</summary>
    public void Dispose()
    {
        isDisposed = true;
        foreach (var channel in channels.Values)
            channel.Dispose();
        foreach (var frame in frames)
            frame.Dispose();
        frames.Clear();
    }

    bool IsMissing(PartyId peer) => !channels[peer].IsEstablished || !barrier.HasContributed(peer) || !barrier.HasAgreed(peer);

    void Advance()
    {
        if (Failure is not null || isDisposed)
            return;
        GroupFailure? found = null;
        foreach (var (peer, channel) in channels)
        {
            if (channel.IsEstablished && greeted.Add(peer))
                channel.Send(Purpose.Contribution, 0, barrier.Contribution);
            while (found is null && channel.Take() is { } record)
                found = Take(peer, record);
            found ??= channel.Failure ?? barrier.Failure;
        }
        // Who has found two contributions of one party still says what it got: by that the others find it too.
        if (isWilling && !hasSaidReady && barrier.Session is not null && greeted.Count == channels.Count)
            TellReadiness();
        if (found is not null)
            Fail(found);
    }

    void TellReadiness()
    {
        hasSaidReady = true;
        var readiness = barrier.Readiness();
        foreach (var channel in channels.Values)
        {
            channel.Session = barrier.Session;
            channel.Send(Purpose.Readiness, 0, readiness);
        }
    }

    /// <summary>Takes one message; a failure where no honest peer sends it.</summary>
    GroupFailure? Take(PartyId from, Record record)
    {
        if (record.Purpose == Purpose.Frame && barrier.HasAgreed(from) && frames.Count(f => f.From == from) < MaxUntaken)
        {
            frames.Enqueue(new(from, record.Message));
            return null;
        }
        using (record)
            switch (record.Purpose)
            {
                case Purpose.Contribution:
                    barrier.TakeContribution(from, record.Message.Expose());
                    return barrier.Failure;
                case Purpose.Readiness:
                    barrier.TakeReadiness(from, record.Message.Expose());
                    return barrier.Failure;
                case Purpose.Progress or Purpose.Abort when barrier.HasReported(from) && notices.Count(n => n.From == from) < MaxUntaken:
                    notices.Enqueue(new(from, record.Purpose, record.Message.Expose().ToArray()));
                    return null;
                default:
                    // Frames or notices before readiness, a flood of them, or a purpose that does not exist.
                    return GroupFailure.Of(GroupFault.Malformed, from);
            }
    }

    void Fail(GroupFailure failure)
    {
        Failure = failure;
        if (hasSaidReady && LastWord?.Invoke(failure) is { } word)
            Say(Purpose.Abort, word);
        Dispose();
    }
}
