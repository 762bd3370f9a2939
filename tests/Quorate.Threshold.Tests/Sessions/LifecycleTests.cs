using Quorate.Testing;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Tests.Sessions;

/// <summary>Tests that count living secrets run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SecretCounting
{
    public const string Name = "Counts living secrets";
}

/// <summary>How sessions begin and end, and that no secret survives the end.</summary>
[Collection(SecretCounting.Name)]
public sealed class LifecycleTests
{
    static byte[] Whispered(ulong value)
    {
        using var writer = new WireWriter();
        using var whisper = Whisper.Of(value);
        whisper.Write(writer);
        return writer.Written.ToArray();
    }

    static Seat Started() => new(Scripts.Whispered, parties: 3);

    [Fact]
    public void A_protocol_object_starts_once()
    {
        var protocol = new Scripted(1, PartySet.Range(2), Scripts.OneBroadcast);
        using var session = protocol.Start();
        Assert.Throws<InvalidOperationException>(protocol.Start);
    }

    [Fact]
    public void Only_a_member_can_take_part() =>
        Assert.Throws<ArgumentException>(() => new Scripted(3, PartySet.Range(2), Scripts.OneBroadcast));

    [Fact]
    public void The_output_is_taken_once_and_belongs_to_the_taker()
    {
        var live = new LiveSecrets();
        using var seat = new Seat(Scripts.OneBroadcast, parties: 2);
        Assert.Throws<InvalidOperationException>(() => seat.Session.TakeOutput());
        seat.Say(2, 1, "x");
        var output = seat.Session.TakeOutput();
        Assert.Throws<InvalidOperationException>(() => seat.Session.TakeOutput());
        seat.Session.Dispose();
        Assert.Equal(1, live.More);
        Assert.False(output.Secret.IsDisposed);
        output.Dispose();
        Assert.Equal(0, live.More);
    }

    [Fact]
    public void An_output_that_nobody_takes_is_wiped_with_the_session()
    {
        var live = new LiveSecrets();
        var seat = new Seat(Scripts.OneBroadcast, parties: 2);
        seat.Say(2, 1, "x");
        Assert.Equal(1, live.More);
        seat.Session.Dispose();
        Assert.Equal(0, live.More);
        Assert.Throws<InvalidOperationException>(() => seat.Session.TakeOutput());
    }

    [Fact]
    public void A_finished_session_holds_no_secret_but_its_output()
    {
        var live = new LiveSecrets();
        using var seat = Started();
        seat.Hear(2, seat.Forge(1, false, Whispered(1)));
        seat.Hear(3, seat.Forge(1, false, Whispered(1)));
        seat.Say(2, 2, "x");
        seat.Say(3, 2, "x");
        Assert.Equal(1, live.More);
        seat.AssertFinished("2");
        Assert.Equal(0, live.More);
    }

    [Fact]
    public void A_session_abandoned_at_any_point_leaves_no_secret()
    {
        var live = new LiveSecrets();
        for (var heard = 0; heard <= 4; heard++)
        {
            var seat = Started();
            if (heard > 0)
                seat.Hear(2, seat.Forge(1, false, Whispered(1)));
            if (heard > 1)
                seat.Hear(3, seat.Forge(1, false, Whispered(1)));
            if (heard > 2)
                seat.Say(2, 2, "x");
            if (heard > 3)
                seat.Say(3, 2, "x");
            Assert.NotEqual(0, live.More);
            seat.Session.Dispose();
            Assert.Equal(0, live.More);
            Assert.False(seat.Session.IsRunning);
            Assert.Null(seat.Session.Abort);
            Assert.Empty(seat.Session.WaitingFor);
            Assert.Empty(seat.Session.TakeOutgoing());
            seat.Say(2, 2, "too late");
            seat.Session.TimeOut();
            Assert.Null(seat.Session.Abort);
        }
    }

    [Fact]
    public void An_abort_leaves_no_secret()
    {
        var live = new LiveSecrets();
        using var seat = Started();
        seat.Hear(2, seat.Forge(1, false, Whispered(1)));
        // A secret scalar with a byte too many has been read before it is refused.
        seat.Hear(3, seat.Forge(1, false, [.. Whispered(1)[..31]]));
        seat.AssertAborted((Fault.MalformedMessage, 3));
        Assert.Equal(0, live.More);
    }

    [Fact]
    public void A_message_refused_for_trailing_bytes_leaves_no_secret()
    {
        static IEnumerable<Round> Script(Scripted p)
        {
            var round1 = p.Round<Padded>(1);
            yield return round1;
        }

        var live = new LiveSecrets();
        using var seat = new Seat(Script, parties: 2);
        seat.Hear(2, seat.Forge(1, false, [.. Whispered(1), 0]));
        seat.AssertAborted((Fault.MalformedMessage, 2));
        Assert.Equal(0, live.More);
    }

    [Fact]
    public void A_deadline_leaves_no_secret()
    {
        var live = new LiveSecrets();
        using var seat = Started();
        seat.Hear(2, seat.Forge(1, false, Whispered(1)));
        seat.Session.TimeOut();
        seat.AssertAborted((Fault.Timeout, 3));
        Assert.Equal(0, live.More);
    }

    [Fact]
    public void An_output_set_before_a_blame_never_leaves()
    {
        static IEnumerable<Round> Script(Scripted p)
        {
            var round1 = p.Round<Note>(1);
            yield return round1;
            p.Finish(new("too early"));
            Scripted.Blame(Fault.InvalidProof, [new(2)]);
        }

        var live = new LiveSecrets();
        using var seat = new Seat(Script, parties: 2);
        seat.Say(2, 1, "x");
        seat.AssertAborted((Fault.InvalidProof, 2));
        Assert.Equal(0, live.More);
    }

    [Fact]
    public void Wiped_messages_are_gone_from_their_buffers()
    {
        using var seat = Started();
        var sent = seat.Session.TakeOutgoing();
        Assert.Equal([new PartyId(2), new PartyId(3)], sent.Select(m => m.To!.Value));
        Assert.Contains(sent[0].Bytes.ToArray(), b => b != 0);
        sent[0].Dispose();
        Assert.All(sent[0].Bytes.ToArray(), b => Assert.Equal(0, b));
    }

    [Fact]
    public void What_was_sent_before_an_abort_still_goes_out_and_a_dispose_takes_it_back()
    {
        using var seat = new Seat(Scripts.TwoBroadcasts, parties: 2);
        seat.Say(2, 2, "x");
        seat.Say(2, 2, "y");
        seat.Say(2, 1, "x");
        seat.AssertAborted((Fault.Equivocation, 2));
        Assert.Equal([1, 2], seat.Sent());

        using var abandoned = new Seat(Scripts.TwoBroadcasts, parties: 2);
        abandoned.Session.Dispose();
        Assert.Equal([], abandoned.Sent());
    }

    [Theory, InlineData(0), InlineData(1)]
    public void A_bug_in_a_script_closes_the_session_and_surfaces(int barriers)
    {
        IEnumerable<Round> Script(Scripted p)
        {
            using var local = Whisper.Of(7);
            p.Own(Whisper.Of(8));
            var round1 = p.Round<Note>(1);
            round1.Broadcast(new("a"));
            if (barriers > 0)
                yield return round1;
            throw new NotSupportedException("a bug");
        }

        var live = new LiveSecrets();
        var protocol = new Scripted(1, PartySet.Range(2), Script);
        if (barriers == 0)
        {
            Assert.Throws<NotSupportedException>(protocol.Start);
        }
        else
        {
            using var seat = new Seat(Script, parties: 2);
            Assert.Throws<NotSupportedException>(() => seat.Say(2, 1, "x"));
            Assert.False(seat.Session.IsRunning);
            Assert.Null(seat.Session.Abort);
            Assert.Empty(seat.Session.TakeOutgoing());
            Assert.Throws<InvalidOperationException>(() => seat.Session.TakeOutput());
        }
        Assert.Equal(0, live.More);
    }

    [Fact]
    public void A_bug_in_a_messages_reader_closes_the_session_too()
    {
        static IEnumerable<Round> Script(Scripted p)
        {
            p.Own(Whisper.Of(8));
            var round1 = p.Round<Broken>(1);
            yield return round1;
        }

        var live = new LiveSecrets();
        using var seat = new Seat(Script, parties: 2);
        Assert.Throws<NotSupportedException>(() => seat.Hear(2, seat.Forge(1, false, [])));
        Assert.False(seat.Session.IsRunning);
        Assert.Equal(0, live.More);
    }

    [Fact]
    public void A_script_that_ends_without_an_output_is_a_bug()
    {
        static IEnumerable<Round> Script(Scripted p)
        {
            yield return p.Round<Note>(1);
        }

        using var seat = new Seat(Script, parties: 2);
        Assert.Throws<InvalidOperationException>(() => seat.Say(2, 1, "x"));
        Assert.False(seat.Session.IsRunning);
    }

    [Fact]
    public void Two_rounds_of_one_number_are_a_bug()
    {
        static IEnumerable<Round> Script(Scripted p)
        {
            p.Round<Note>(1);
            yield return p.Round<Note>(1);
        }

        Assert.Throws<ArgumentException>(() => new Seat(Script));
    }

    [Fact]
    public void A_message_that_cannot_be_encoded_leaves_no_secret()
    {
        static IEnumerable<Round> Script(Scripted p)
        {
            p.Round<Broken>(1).SendEach(_ => new Broken());
            yield break;
        }

        var live = new LiveSecrets();
        Assert.Throws<NotSupportedException>(() => new Seat(Script));
        Assert.Equal(0, live.More);
    }

    /// <summary>As a whisper, with room for more bytes than it reads.</summary>
    sealed record Padded(Whisper Inner) : IMessage<Padded>, IDisposable
    {
        public static int MaxSize => 100;

        public void Write(WireWriter writer) => Inner.Write(writer);

        public static Padded Read(ref WireReader reader) => new(Whisper.Read(ref reader));

        public void Dispose() => Inner.Dispose();
    }

    /// <summary>A message type with bugs.</summary>
    sealed class Broken : IMessage<Broken>, IDisposable
    {
        readonly Whisper secret = Whisper.Of(1);

        public static int MaxSize => 100;

        public void Write(WireWriter writer) => throw new NotSupportedException();

        public static Broken Read(ref WireReader reader) => throw new NotSupportedException();

        public void Dispose() => secret.Dispose();
    }
}
