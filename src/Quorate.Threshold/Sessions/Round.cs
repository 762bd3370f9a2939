namespace Quorate.Threshold.Sessions;

/// <summary>
/// One exchange of messages of one type. A script declares its rounds at the top, so that a faster peer's message has
/// somewhere to wait, sends into them, and yields one to wait until everybody's message is there.
/// </summary>
public abstract class Round : IDisposable
{
    readonly Dictionary<PartyId, byte[]> digests = [];
    readonly Dictionary<PartyId, byte[]> confirmations = [];
    readonly Dictionary<PartyId, byte[]> echoes = [];

    private protected Round(SessionCore session, byte number, PartySet? senders, Round? confirms, bool echoes)
    {
        Session = session;
        Number = number;
        Confirms = confirms;
        HasEcho = echoes;
        Senders = [.. (senders ?? session.Parties).Except(session.Me)];
    }

    private protected SessionCore Session { get; }

    /// <summary>The round's number, which no other round of the session has.</summary>
    public byte Number { get; }

    /// <summary>The other parties that speak in this round, in ascending order.</summary>
    public IReadOnlyList<PartyId> Senders { get; }

    /// <summary>The broadcast whose bytes this round's messages confirm, so that it needs no echo of its own.</summary>
    internal Round? Confirms { get; }

    /// <summary>Whether receivers report to each other what they received before the script goes on.</summary>
    internal bool HasEcho { get; }

    internal abstract int MaxPayload { get; }

    /// <summary>Whether the barrier may open: every message is there, and every echo.</summary>
    internal bool IsComplete
    {
        get
        {
            if (!Senders.All(IsSettled))
                return false;
            if (!HasEcho || Session.HasAccusations)
                return true;
            SendEcho();
            return Session.Others.All(echoes.ContainsKey);
        }
    }

    /// <summary>Those whose message or echo has not come.</summary>
    internal IEnumerable<PartyId> Missing =>
        Session.Others.Where(p => (Senders.Contains(p) && !IsSettled(p)) || (IsEchoSent && !echoes.ContainsKey(p)));

    bool IsEchoSent { get; set; }

    bool IsSettled(PartyId sender) => digests.ContainsKey(sender) || Session.IsAccused(sender);

    /// <summary>Takes a frame of this round. A fault is kept until the next barrier, so that all culprits are named together.</summary>
    internal void Receive(PartyId from, Frame frame)
    {
        if (frame.IsEcho ? !HasEcho : !Senders.Contains(from))
        {
            Session.Accuse(Fault.UnexpectedMessage, from);
            return;
        }
        var expectedDigests = frame.IsEcho || Confirms is not null ? Session.Parties.Count : 0;
        if (frame.Payload.Length > MaxPayload || frame.Digests.Length != expectedDigests * Frame.DigestSize)
        {
            Session.Accuse(Fault.MalformedMessage, from);
            return;
        }
        if (frame.IsEcho)
        {
            if (!echoes.TryAdd(from, frame.Digests.ToArray()) && !echoes[from].AsSpan().SequenceEqual(frame.Digests))
                Session.Accuse(Fault.Equivocation, from);
            return;
        }

        var digest = Frame.Digest(Session.Context, Number, from, frame.Payload);
        if (digests.TryGetValue(from, out var seen))
        {
            if (!seen.AsSpan().SequenceEqual(digest) || !Confirmation(from).SequenceEqual(frame.Digests))
                Session.Accuse(Fault.Equivocation, from);
            return;
        }
        try
        {
            Store(from, frame.Payload);
        }
        catch (WireException)
        {
            Session.Accuse(Fault.MalformedMessage, from);
            return;
        }
        digests[from] = digest;
        if (Confirms is not null)
            confirmations[from] = frame.Digests.ToArray();
    }

    /// <summary>What the reports in a complete round say against each other, before the script looks at its messages.</summary>
    internal IEnumerable<Accusation> Disagreements =>
    [
        .. Confirms is null ? [] : Confirms.Compare(confirmations),
        .. HasEcho ? Compare(echoes) : [],
    ];

    /// <summary>This party's own message counts as received from itself, for the reports of others.</summary>
    private protected void RecordOwn(ReadOnlySpan<byte> payload) =>
        digests[Session.Me] = Frame.Digest(Session.Context, Number, Session.Me, payload);

    private protected void RecordKnown(PartyId sender, ReadOnlySpan<byte> payload) =>
        digests[sender] = Frame.Digest(Session.Context, Number, sender, payload);

    private protected void Send(PartyId? to, ReadOnlySpan<byte> payload) => Session.Send(to, new Frame
    {
        Round = Number,
        IsEcho = false,
        Digests = Confirms is null ? default : Confirms.View(),
        Payload = payload,
    });

    private protected abstract void Store(PartyId from, ReadOnlySpan<byte> payload);

    /// <inheritdoc/>
    public abstract void Dispose();

    ReadOnlySpan<byte> Confirmation(PartyId from) => confirmations.TryGetValue(from, out var c) ? c : default;

    void SendEcho()
    {
        if (IsEchoSent)
            return;
        IsEchoSent = true;
        Session.Send(null, new Frame { Round = Number, IsEcho = true, Digests = View(), Payload = default });
    }

    /// <summary>
    /// The digests of what every party sent here as this party saw it, in ascending order of the parties; zeros for one
    /// that does not speak in this round.
    /// </summary>
    byte[] View()
    {
        var view = new byte[Session.Parties.Count * Frame.DigestSize];
        for (var i = 0; i < Session.Parties.Count; i++)
            if (digests.TryGetValue(Session.Parties[i], out var digest))
                digest.CopyTo(view, i * Frame.DigestSize);
        return view;
    }

    /// <summary>
    /// Compares the others' reports with this party's view. Who misreports what this party sent, or now claims to have
    /// sent something else than this party got, is caught; for a third party's message, sender and reporter are suspects.
    /// </summary>
    IEnumerable<Accusation> Compare(Dictionary<PartyId, byte[]> reports)
    {
        foreach (var (reporter, report) in reports)
            for (var i = 0; i < Session.Parties.Count; i++)
            {
                var sender = Session.Parties[i];
                if (!digests.TryGetValue(sender, out var mine) || mine.AsSpan().SequenceEqual(report.AsSpan(i * Frame.DigestSize, Frame.DigestSize)))
                    continue;
                if (sender == reporter || sender == Session.Me)
                {
                    yield return new(Fault.Equivocation, reporter);
                    continue;
                }
                yield return new(Fault.InconsistentBroadcast, sender);
                yield return new(Fault.InconsistentBroadcast, reporter);
            }
    }
}

/// <summary>A round of messages of type <typeparamref name="M"/>.</summary>
public sealed class Round<M> : Round where M : IMessage<M>
{
    readonly Dictionary<PartyId, M> messages = [];

    internal Round(SessionCore session, byte number, PartySet? senders, Round? confirms, bool echoes)
        : base(session, number, senders, confirms, echoes) { }

    internal override int MaxPayload => M.MaxSize;

    /// <summary>The message of <paramref name="sender"/>; this party's own where it broadcast one.</summary>
    public M this[PartyId sender] => messages[sender];

    /// <summary>Sends <paramref name="message"/> to every other party and keeps it under this party's own id.</summary>
    public void Broadcast(M message)
    {
        using var writer = Encode(message);
        messages.Add(Session.Me, message);
        RecordOwn(writer.Written);
        Send(null, writer.Written);
    }

    /// <summary>Sends <paramref name="message"/> to one party and disposes it.</summary>
    public void Send(PartyId to, M message)
    {
        using var writer = Encode(message);
        (message as IDisposable)?.Dispose();
        Send(to, writer.Written);
    }

    /// <summary>Sends every other party its own message.</summary>
    public void SendEach(Func<PartyId, M> message)
    {
        foreach (var party in Session.Others)
            Send(party, message(party));
    }

    /// <summary>Takes a message that is known from outside the session, as if it had been received in it.</summary>
    internal void Provide(PartyId sender, M message)
    {
        using var writer = Encode(message);
        messages.Add(sender, message);
        RecordKnown(sender, writer.Written);
    }

    private protected override void Store(PartyId from, ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var message = M.Read(ref reader);
        try
        {
            reader.End();
        }
        catch (WireException)
        {
            (message as IDisposable)?.Dispose();
            throw;
        }
        messages.Add(from, message);
    }

    /// <summary>Disposes every message that carries a secret.</summary>
    public override void Dispose()
    {
        foreach (var message in messages.Values)
            (message as IDisposable)?.Dispose();
    }

    static WireWriter Encode(M message)
    {
        var writer = new WireWriter();
        message.Write(writer);
        return writer;
    }
}
