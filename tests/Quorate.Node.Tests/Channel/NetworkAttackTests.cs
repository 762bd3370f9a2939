using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Signatures;
using Quorate.Node.Channel;
using Quorate.Testing;
using static Quorate.Node.Tests.Channel.Nodes;

namespace Quorate.Node.Tests.Channel;

/// <summary>Whoever carries the packets does wrong, and holds nobody's identity key, or only later.</summary>
public class NetworkAttackTests
{
    static (Postman Postman, SecuredGroup A, SecuredGroup B) Pair(ulong seed = 1, SessionDescription? description = null)
    {
        description ??= Session(2);
        var (a, b) = (Group(description, 1, seed), Group(description, 2, seed));
        a.SayReady();
        b.SayReady();
        return (new Postman(seed).Add(a).Add(b), a, b);
    }

    [Fact]
    public void Reflected_packets_open_nothing()
    {
        var (a, _) = (Group(Session(2), 1), 0);
        a.SayReady();
        for (var i = 0; i < 4; i++)
            foreach (var packet in a.TakeOutgoing())
                a.Receive(packet.To, packet.Bytes.Span);
        Assert.Empty(a.TakeOutgoing());
        Assert.Equal([P(2)], a.WaitingFor);

        // Nor beside the true ones.
        var (postman, c, d) = Pair();
        postman.With(l => [l, new(l.To, l.From, l.Bytes)]).Run();
        Assert.NotNull(c.Session);
        Assert.Equal(c.Session, d.Session);
    }

    [Fact]
    public void A_recording_of_the_same_attempt_opens_nothing()
    {
        var (postman, _, b) = Pair(seed: 1);
        postman.Run();
        b.Send(null, 1, [7]);
        postman.Run();
        var recorded = postman.Sent.Where(l => l.From.Equals(Id(2))).ToArray();

        // To the same node, which begins the same attempt anew: B is not there.
        var again = Group(Session(2), 1, seed: 2);
        again.SayReady();
        for (var i = 0; i < 2; i++)
            foreach (var letter in recorded)
                again.Receive(letter.From, letter.Bytes);
        Assert.Null(again.Session);
        Assert.Null(again.Failure);
        Assert.Equal([P(2)], again.WaitingFor);
    }

    [Fact]
    public void Packets_of_other_sessions_between_the_same_nodes_open_nothing()
    {
        var (first, _, b1) = Pair(1, Session(2, attempt: 1));
        var (second, a2, b2) = Pair(2, Session(2, attempt: 2));
        first.Run();
        second.Run();
        b1.Send(null, 1, [1]);
        b2.Send(null, 1, [2]);
        foreach (var packet in b1.TakeOutgoing())
        {
            var moved = packet.Bytes.ToArray();
            a2.Receive(Id(2), moved);
            Session(2, attempt: 2).Attempt.CopyTo(moved.AsSpan(1));
            a2.Receive(Id(2), moved);
        }
        Assert.Null(a2.TakeFrame());
        second.Run();
        using var frame = a2.TakeFrame();
        Assert.Equal([2], frame!.Bytes.Expose().ToArray());
    }

    [Fact]
    public void A_packet_for_one_peer_opens_nothing_at_another()
    {
        var description = Session();
        using var postman = new Postman(1);
        SecuredGroup[] groups = [.. Enumerable.Range(1, 3).Select(i => Group(description, i))];
        foreach (var group in groups)
        {
            postman.Add(group);
            group.SayReady();
        }
        // Everything goes to everybody, under every sender's name.
        postman.With(l => Enumerable.Range(1, 3).SelectMany(from => Enumerable.Range(1, 3).Select(to => l with { From = Id(from), To = Id(to) }))).Run();
        Assert.Single(groups.Select(g => g.Session).Distinct());
        Assert.All(groups, g => Assert.NotNull(g.Session));
    }

    [Fact]
    public void Every_bit_of_every_packet_is_protected()
    {
        // Each packet is preceded by a copy with one bit changed; were it taken, the true one would come too late.
        for (var bit = 0; bit < 8 * 200; bit += 7)
        {
            var (postman, a, b) = Pair();
            postman.Run();
            a.Send(null, 3, [1, 2, 3, 4]);
            var packet = Assert.Single(a.TakeOutgoing()).Bytes.ToArray();
            var changed = packet.ToArray();
            if (bit / 8 < changed.Length)
                changed[bit / 8] ^= (byte)(1 << (bit % 8));
            else
                changed = changed[..(bit / 8 % changed.Length)];
            b.Receive(Id(1), changed);
            Assert.Null(b.TakeFrame());
            b.Receive(Id(1), packet);
            using var frame = b.TakeFrame();
            Assert.Equal([1, 2, 3, 4], frame!.Bytes.Expose().ToArray());
            Assert.Null(b.Failure);
        }
    }

    [Fact]
    public void Forged_handshakes_before_the_true_ones_change_nothing()
    {
        for (ulong seed = 0; seed < 40; seed++)
        {
            var (postman, a, b) = Pair(seed);
            using var random = new SeededRandom(seed, "forger");
            postman.With(Weather.Tamper(random)).With(Weather.Junk(random)).Run();
            Assert.Null(a.Failure);
            Assert.NotNull(a.Session);
            Assert.Equal(a.Session, b.Session);
        }
    }

    [Fact]
    public void Without_the_identity_key_nobody_gets_past_the_greeting()
    {
        var description = Session(2);
        var a = Group(description, 1);
        a.SayReady();
        var impostor = new CheatingSeat(description, 2, Identity(3));
        impostor.Run(a);
        Assert.False(impostor.To(1).IsEstablished);
        Assert.Null(a.Failure);
        Assert.Equal([P(2)], a.WaitingFor);
    }

    // It has got hold of B's signed ephemeral key and of the secret for it, as after a broken random generator, but not of B's identity.
    [Fact]
    public void An_ephemeral_secret_alone_does_not_make_a_peer_and_blames_nobody()
    {
        var description = Session(2);
        using var a = new Handshake(description, P(1), P(2), Identity(1), new SeededRandom(1, "a"));
        using var b = new Handshake(description, P(2), P(1), Identity(2), new SeededRandom(1, "b"));
        // The thief draws the same key and can only sign with its own.
        using var thief = new Handshake(description, P(2), P(1), Identity(3), new SeededRandom(1, "b"));
        Assert.NotNull(a.TakeHello(b.Hello));
        var forged = thief.TakeHello(a.Hello);
        Assert.Equal(ProofResult.Impostor, a.TakeProof(forged));
        Assert.Null(a.Stated);
    }

    [Fact]
    public void Identity_keys_that_leak_later_do_not_open_recorded_traffic()
    {
        var (postman, a, b) = Pair();
        postman.Run();
        a.Send(null, 1, "the secret"u8);
        postman.Run();
        b.TakeFrame()!.Dispose();
        a.Dispose();
        b.Dispose();

        // The attacker has every packet, and now both identity keys. It plays either side against the recording.
        foreach (var (played, other) in new[] { (1, 2), (2, 1) })
        {
            var attacker = new CheatingSeat(Session(2), played);
            for (var i = 0; i < 2; i++)
                foreach (var letter in postman.Sent.Where(l => l.From.Equals(Id(other))))
                    attacker.To(other).Receive(letter.Bytes);
            Assert.False(attacker.To(other).IsEstablished);
            Assert.Null(attacker.To(other).Take());
        }
        // And the identities' own secrets used as if they were the exchange's.
        foreach (var (mine, theirs) in new[] { (1, 2), (2, 1) })
        {
            using var seed = Identity(mine).ExportSeed();
            using var asExchange = new X25519Key(seed.Expose());
            var hello = postman.Sent.First(l => l.From.Equals(Id(theirs))).Bytes[34..66];
            using var shared = asExchange.Agree(hello);
            Assert.DoesNotContain(postman.Sent, l => l.Bytes.AsSpan().IndexOf("the secret"u8) >= 0);
            Assert.NotNull(shared);
        }
    }

    [Fact]
    public void Nothing_that_is_sealed_can_be_read_on_the_way()
    {
        var (postman, a, b) = Pair();
        postman.Run();
        a.Send(null, 1, "the secret"u8);
        a.Send(null, 1, "the secret"u8);
        postman.Run();
        Assert.DoesNotContain(postman.Sent, l => l.Bytes.AsSpan().IndexOf("the secret"u8) >= 0);
        Assert.Equal(postman.Sent.Count, postman.Sent.Select(l => Convert.ToHexString(l.Bytes)).Distinct().Count());
        b.Dispose();
    }

    [Fact]
    public void A_delay_beyond_the_window_is_the_networks_fault_and_names_nobody()
    {
        var (postman, a, b) = Pair();
        postman.Run();
        for (var i = 0; i <= (int)RecordOpener.Window; i++)
            a.Send(null, 1, [(byte)i]);
        Packet[] packets = [.. a.TakeOutgoing()];
        foreach (var packet in packets[1..^1])
            b.Receive(Id(1), packet.Bytes.Span);
        Assert.Null(b.Failure);
        Assert.Null(b.TakeFrame());
        b.Receive(Id(1), packets[^1].Bytes.Span);
        Assert.Equal(GroupFault.Interference, b.Failure!.Fault);
        Assert.Empty(b.Failure.Culprits);
        Assert.Equal(Threshold.Sessions.Certainty.Suspected, b.Failure.Certainty);
    }

    [Fact]
    public void A_bounded_number_of_bytes_waits_for_a_missing_record()
    {
        var (postman, a, b) = Pair();
        postman.Run();
        for (var i = 0; i < 6; i++)
            a.Send(null, 1, new byte[PacketFormat.MaxMessage]);
        Packet[] packets = [.. a.TakeOutgoing()];
        foreach (var packet in packets[1..5])
            b.Receive(Id(1), packet.Bytes.Span);
        Assert.Null(b.Failure);
        b.Receive(Id(1), packets[5].Bytes.Span);
        Assert.Equal(GroupFault.Interference, b.Failure!.Fault);
    }

    [Fact]
    public void A_flood_of_forgeries_ends_the_group_and_names_nobody()
    {
        var (postman, a, b) = Pair();
        postman.Run();
        a.Send(null, 1, [1]);
        var forged = a.TakeOutgoing()[0].Bytes.ToArray();
        forged[^1] ^= 1;
        for (var i = 0; i < RecordOpener.MaxForgeries; i++)
            b.Receive(Id(1), forged);
        Assert.Null(b.Failure);
        b.Receive(Id(1), forged);
        Assert.Equal(GroupFault.Interference, b.Failure!.Fault);
        Assert.Empty(b.Failure.Culprits);
    }

    [Fact]
    public void Longer_than_the_longest_is_refused_unread_and_never_sent()
    {
        var (postman, a, b) = Pair();
        postman.Run();
        Assert.Throws<ArgumentException>(() => a.Send(null, 1, new byte[PacketFormat.MaxMessage + 1]));
        a.Send(null, 1, new byte[PacketFormat.MaxMessage]);
        var packet = Assert.Single(a.TakeOutgoing()).Bytes.ToArray();
        Assert.Equal(PacketFormat.MaxPacket, packet.Length);
        b.Receive(Id(1), [.. packet, 0]);
        Assert.Null(b.TakeFrame());
        b.Receive(Id(1), packet);
        using var frame = b.TakeFrame();
        Assert.Equal(PacketFormat.MaxMessage, frame!.Bytes.Length);
    }

    [Fact]
    public void A_key_seals_a_bounded_number_of_records()
    {
        var (postman, a, b) = Pair();
        postman.Run();
        // Contribution and readiness have been two.
        for (var i = 2UL; i < RecordSealer.MaxRecords; i++)
        {
            a.Send(null, 1, []);
            b.Receive(Id(1), a.TakeOutgoing()[0].Bytes.Span);
            b.TakeFrame()!.Dispose();
        }
        Assert.Throws<InvalidOperationException>(() => a.Send(null, 1, []));
    }

    [Fact]
    public void A_stranger_is_not_heard()
    {
        var a = Group(Session(2), 1);
        var stranger = Group(Session([1, 2, 3]), 3);
        foreach (var packet in stranger.TakeOutgoing())
            a.Receive(Id(3), packet.Bytes.Span);
        a.Receive(Id(1), []);
        a.Receive(Id(2), []);
        Assert.Single(a.TakeOutgoing());
        Assert.Null(a.Failure);
    }

    [Fact]
    public void A_signed_key_of_small_order_is_not_taken()
    {
        var description = Session(2);
        using var a = new Handshake(description, P(1), P(2), Identity(1), new SeededRandom(1));
        var zero = new byte[32];
        var signature = SignedStatement.Make(StatementKind.Key, description, P(2), Identity(2), [0, 1, .. zero]).Signature;
        Assert.Null(a.TakeHello([.. zero, .. signature]));
        Assert.False(a.HasExchanged);
        Assert.Equal(Ed25519Signature.Size + X25519.Size, a.Hello.Length);
    }
}
