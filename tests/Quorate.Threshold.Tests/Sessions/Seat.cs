using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Tests.Sessions;

/// <summary>Party 1's real session among peers whose frames the test forges one by one.</summary>
sealed class Seat : IDisposable
{
    readonly byte[] context;

    internal Seat(Func<Scripted, IEnumerable<Round>> script, int parties = 4)
    {
        var protocol = new Scripted(1, PartySet.Range(parties), script);
        context = protocol.SessionContext;
        Session = protocol.Start();
    }

    internal Session<Outcome> Session { get; }

    /// <summary>What the session has to say since the last call, by round; bare echoes as a negative round.</summary>
    internal int[] Sent() => [.. Session.TakeOutgoing().Select(m => Frame.Read(m.Bytes.Span) is { IsEcho: true } echo ? -echo.Round : Frame.Read(m.Bytes.Span).Round)];

    internal void Hear(int from, ReadOnlySpan<byte> bytes) => Session.Receive(new(from), bytes);

    internal void Say(int from, byte round, string text, params byte[][] reports) => Hear(from, Message(round, text, reports));

    internal void Echo(int from, byte round, params byte[][] reports) => Hear(from, EchoFrame(round, reports));

    internal byte[] Message(byte round, string text, params byte[][] reports) => Forge(round, isEcho: false, Encoded(text), reports);

    internal byte[] EchoFrame(byte round, params byte[][] reports) => Forge(round, isEcho: true, [], reports);

    internal byte[] Forge(byte round, bool isEcho, byte[] payload, params byte[][] reports)
    {
        using var writer = new WireWriter();
        new Frame { Round = round, IsEcho = isEcho, Digests = reports.SelectMany(r => r).ToArray(), Payload = payload }.Write(context, writer);
        return writer.Written.ToArray();
    }

    /// <summary>The digest of a sender's note, as an honest receiver reports it.</summary>
    internal byte[] Report(byte round, int sender, string text) => Frame.Digest(context, round, new(sender), Encoded(text));

    internal static byte[] Encoded(string text)
    {
        using var writer = new WireWriter();
        new Note(text).Write(writer);
        return writer.Written.ToArray();
    }

    internal void AssertAborted(params (Fault Fault, int Culprit)[] expected)
    {
        Assert.False(Session.IsRunning);
        Assert.NotNull(Session.Abort);
        Assert.Equal(expected.Select(e => new Accusation(e.Fault, new(e.Culprit))), Session.Abort.Accusations);
        Assert.Throws<InvalidOperationException>(() => Session.TakeOutput());
    }

    internal void AssertFinished(string text)
    {
        Assert.Null(Session.Abort);
        Assert.False(Session.IsRunning);
        using var output = Session.TakeOutput();
        Assert.Equal(text, output.Text);
    }

    public void Dispose() => Session.Dispose();
}
