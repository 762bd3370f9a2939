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
        confirms?.IsConfirmed = true;
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

    /// <summary>
    /// Whether all parties must hold the same messages of this round: they echo it, confirm it, or have all broadcast in it.
    /// A plain broadcast of some is not counted, because who does not speak in it cannot tell it from direct messages.
    /// </summary>
    internal bool IsCommon => HasEcho || IsConfirmed || (Senders.Count == Session.Others.Count && digests.ContainsKey(Session.Me));

    bool IsConfirmed { get; set; }

    internal abstract int MaxPayload { get; }

    /// <summary>Whether the barrier may open: every message is there, and every echo.</summary>
    internal bool IsComplete
    {
        get
        {
            if (!Senders.All(IsSettled))
                return false;
            if (!HasEcho)
                return true;
            // Even a party that is about to accuse reports first: silent, it would itself be the suspect of the others.
            SendEcho();
            return Session.HasDueAccusations || Session.Others.All(echoes.ContainsKey);
        }
    }

    /// <summary>Those whose message or echo has not come.</summary>
    internal IEnumerable<PartyId> Missing =>
        Session.Others.Where(p => (Senders.Contains(p) && !IsSettled(p)) || (IsEchoSent && !echoes.ContainsKey(p)));

    bool IsEchoSent { get; set; }

    bool IsSettled(PartyId sender) => digests.ContainsKey(sender) || Session.IsDulyAccused(sender);

    /// <summary>
    /// Takes a frame of this round. A fault is kept until the round's barrier, or the next one if that has opened, so
    /// that all culprits are named together.
    /// </summary>
    internal void Receive(PartyId from, Frame frame)
    {
        if (frame.IsEcho ? !HasEcho : !Senders.Contains(from))
        {
            Session.Accuse(Fault.UnexpectedMessage, from, Number);
            return;
        }
        var expectedDigests = frame.IsEcho || Confirms is not null ? Session.Parties.Count : 0;
        if (frame.Payload.Length > MaxPayload || frame.Digests.Length != expectedDigests * Frame.DigestSize)
        {
            Session.Accuse(Fault.MalformedMessage, from, Number);
            return;
        }
        if (frame.IsEcho)
        {
            if (!echoes.TryAdd(from, frame.Digests.ToArray()) && !echoes[from].AsSpan().SequenceEqual(frame.Digests))
                Session.Accuse(Fault.Equivocation, from, Number);
            return;
        }

        var digest = Frame.Digest(Session.Context, Number, from, frame.Payload);
        if (digests.TryGetValue(from, out var seen))
        {
            if (!seen.AsSpan().SequenceEqual(digest) || !Confirmation(from).SequenceEqual(frame.Digests))
                Session.Accuse(Fault.Equivocation, from, Number);
            return;
        }
        digests[from] = digest;
        if (Confirms is not null)
            confirmations[from] = frame.Digests.ToArray();
        try
        {
            Store(from, frame.Payload);
        }
        catch (WireException)
        {
            Session.Accuse(Fault.MalformedMessage, from, Number);
        }
    }

    /// <summary>
    /// What the reports in a round say against each other, before the script looks at its messages. Who misreports what
    /// this party sent, or claims to have sent something else than this party got, is caught; for a third party's
    /// message, sender and reporter are suspects, unless one of them is caught already: that explains it.
    /// </summary>
    internal IEnumerable<Accusation> Disagreements
    {
        get
        {
            (PartyId Sender, PartyId Reporter)[] conflicts =
                [.. Confirms?.Conflicts(confirmations) ?? [], .. HasEcho ? Conflicts(echoes) : []];
            PartyId[] caught = [.. conflicts.Where(c => c.Sender == c.Reporter || c.Sender == Session.Me).Select(c => c.Reporter)];
            bool IsCaught(PartyId party) => caught.Contains(party) || Session.IsDulyAccused(party);
            return
            [
                .. caught.Select(p => new Accusation(Fault.Equivocation, p)),
                .. conflicts.Where(c => !IsCaught(c.Sender) && !IsCaught(c.Reporter))
                    .SelectMany(c => new[] { c.Sender, c.Reporter })
                    .Select(p => new Accusation(Fault.InconsistentBroadcast, p)),
            ];
        }
    }

    /// <summary>This party's own message counts as received from itself, for the reports of others.</summary>
    private protected void RecordOwn(ReadOnlySpan<byte> payload) =>
        digests[Session.Me] = Frame.Digest(Session.Context, Number, Session.Me, payload);

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
    internal byte[] View()
    {
        var view = new byte[Session.Parties.Count * Frame.DigestSize];
        for (var i = 0; i < Session.Parties.Count; i++)
            if (digests.TryGetValue(Session.Parties[i], out var digest))
                digest.CopyTo(view, i * Frame.DigestSize);
        return view;
    }

    /// <summary>Whose message which of the others reports differently from what this party sent or got.</summary>
    IEnumerable<(PartyId Sender, PartyId Reporter)> Conflicts(Dictionary<PartyId, byte[]> reports)
    {
        foreach (var (reporter, report) in reports)
            for (var i = 0; i < Session.Parties.Count; i++)
                if (digests.TryGetValue(Session.Parties[i], out var mine)
                    && !mine.AsSpan().SequenceEqual(report.AsSpan(i * Frame.DigestSize, Frame.DigestSize)))
                    yield return (Session.Parties[i], reporter);
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
        try
        {
            using var writer = Encode(message);
            Send(to, writer.Written);
        }
        finally
        {
            (message as IDisposable)?.Dispose();
        }
    }

    /// <summary>Sends every other party its own message.</summary>
    public void SendEach(Func<PartyId, M> message)
    {
        foreach (var party in Session.Others)
            Send(party, message(party));
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
