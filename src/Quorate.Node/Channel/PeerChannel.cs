using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Channel;

/// <summary>
/// The channel of one session to one peer: the handshake, then records both ways. Pure: packets go in and come out.
/// </summary>
sealed class PeerChannel : IDisposable
{
    /// <summary>
    /// Packets that may overtake the peer's key or proof: its proof and its contribution, for it says nothing more before it
    /// has heard ours. Two more, so that junk does not take their place at once.
    /// </summary>
    const int MaxEarly = 4;

    /// <summary>The longest packet that may be early, above either of the two.</summary>
    const int MaxEarlySize = 512;

    readonly SessionDescription description;
    readonly PartyId peer;
    readonly Handshake handshake;
    readonly List<byte[]> early = [];
    List<byte[]> outgoing = [];
    (RecordSealer Sealer, RecordOpener Opener)? records;

    internal PeerChannel(SessionDescription description, PartyId me, PartyId peer, Ed25519Key identity, IRandom random)
    {
        (this.description, this.peer) = (description, peer);
        handshake = new(description, me, peer, identity, random);
        Emit(PacketKind.Hello, handshake.Hello);
    }

    /// <summary>Whether the peer has proved who it is, and that it holds our description.</summary>
    internal bool IsEstablished => records is not null;

    /// <summary>Why the channel is of no use any more, or null.</summary>
    internal GroupFailure? Failure { get; private set; }

    /// <summary>The id that frames are bound to from now on.</summary>
    internal SessionId? Session { get; set; }

    /// <summary>The packets to carry to the peer, each handed out once.</summary>
    internal List<byte[]> TakeOutgoing()
    {
        var taken = outgoing;
        outgoing = [];
        return taken;
    }

    /// <summary>The peer's next message, if it has come.</summary>
    internal Record? Take() => records?.Opener.Take();

    /// <summary>Seals a message to the peer.</summary>
    /// <exception cref="InvalidOperationException">The channel is not established, or has carried all it may.</exception>
    internal void Send(Purpose purpose, byte round, ReadOnlySpan<byte> message)
    {
        var sealer = records?.Sealer ?? throw new InvalidOperationException("The peer has not proved who it is.");
        outgoing.Add(sealer.Seal(purpose, round, purpose == Purpose.Frame ? Session!.AsSpan() : default, message));
    }

    /// <summary>Takes a packet of this attempt that the transport says is from the peer.</summary>
    internal void Receive(ReadOnlySpan<byte> packet)
    {
        if (Failure is not null)
            return;
        var body = packet[PacketFormat.HeaderSize..];
        switch (PacketFormat.KindOf(packet))
        {
            case PacketKind.Hello when handshake.TakeHello(body) is { } proof:
                Emit(PacketKind.Proof, proof);
                Replay();
                break;
            case PacketKind.Proof when !handshake.HasExchanged:
            case PacketKind.Record when !IsEstablished:
                Keep(packet);
                break;
            case PacketKind.Proof when !IsEstablished:
                Judge(handshake.TakeProof(body));
                break;
            case PacketKind.Record:
                records!.Value.Opener.Receive(packet, Session is null ? default : Session.AsSpan());
                if (records.Value.Opener.IsGivenUp)
                    Failure = GroupFailure.Interference;
                break;
        }
    }

    public void Dispose()
    {
        handshake.Dispose();
        records?.Sealer.Dispose();
        records?.Opener.Dispose();
    }

    void Judge(ProofResult result)
    {
        switch (result)
        {
            case ProofResult.Impostor:
                Failure = GroupFailure.Interference;
                break;
            case ProofResult.Disagrees:
                Failure = GroupFailure.Of(GroupFault.Disagreement, peer, handshake.Stated!);
                break;
            case ProofResult.Accepted:
                records = handshake.Finish();
                Replay();
                break;
        }
    }

    void Replay()
    {
        byte[][] kept = [.. early];
        early.Clear();
        foreach (var packet in kept)
            Receive(packet);
    }

    void Keep(ReadOnlySpan<byte> packet)
    {
        if (early.Count == MaxEarly || packet.Length > MaxEarlySize)
            return;
        foreach (var kept in early)
            if (packet.SequenceEqual(kept))
                return;
        early.Add(packet.ToArray());
    }

    void Emit(PacketKind kind, ReadOnlySpan<byte> body)
    {
        var packet = new byte[PacketFormat.HeaderSize + body.Length];
        body.CopyTo(PacketFormat.Begin(packet, description.Attempt, kind));
        outgoing.Add(packet);
    }
}
