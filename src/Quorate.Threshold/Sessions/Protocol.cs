using Quorate.Cryptography.Hashing;

namespace Quorate.Threshold.Sessions;

/// <summary>
/// One phase of a protocol as seen by one party: a script that sends into rounds and yields each to wait for it. It has
/// no clock, no network and no randomness but what its constructor was given, so a run is a function of its inputs and
/// of the messages' order. Construction checks the caller's arguments; afterwards only peers can be wrong.
/// </summary>
/// <typeparam name="TOutput">What the phase yields. If it holds secrets it is disposable, and belongs to whoever takes it.</typeparam>
public abstract class Protocol<TOutput> where TOutput : class
{
    readonly SessionCore session;
    bool started;
    TOutput? output;

    /// <summary>Takes the protocol's name with revision, the session and who takes part in it.</summary>
    /// <param name="name">Name and revision.</param>
    /// <param name="id">The session.</param>
    /// <param name="me">This party.</param>
    /// <param name="parties">Everybody, this party included.</param>
    /// <param name="agreed">
    /// Everything else that all parties must hold alike, such as the key and the message: who holds something else is in
    /// another session, and misses messages instead of blaming those who sent them.
    /// </param>
    /// <exception cref="ArgumentException"><paramref name="me"/> is not among the parties.</exception>
    protected Protocol(string name, SessionId id, PartyId me, PartySet parties, params ReadOnlySpan<byte[]> agreed)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(parties);
        if (!parties.Contains(me))
            throw new ArgumentException($"{me} is not one of {parties}.", nameof(me));

        using var transcript = new Transcript(Tags.SessionContext);
        transcript.Append(name).Append(id.AsSpan()).List(parties.Count);
        foreach (var party in parties)
            transcript.Append(party.Value);
        transcript.List(agreed.Length);
        foreach (var item in agreed)
            transcript.Append(item);
        session = new(transcript.Digest(), me, parties);
    }

    /// <summary>This party.</summary>
    public PartyId Me => session.Me;

    /// <summary>Everybody in the session, this party included.</summary>
    public PartySet Parties => session.Parties;

    /// <summary>32 bytes that stand for protocol, session id, parties and what they agreed on before: the binding of every proof and hash in the script.</summary>
    protected ReadOnlySpan<byte> Context => session.Context;

    /// <summary>Runs the script up to its first barrier.</summary>
    /// <exception cref="InvalidOperationException">The protocol has been started before.</exception>
    public Session<TOutput> Start()
    {
        if (started)
            throw new InvalidOperationException("A protocol object runs once; nonces inside it must not be used again.");
        started = true;
        return new(session, Run().GetEnumerator(), () => output);
    }

    /// <summary>The script.</summary>
    protected internal abstract IEnumerable<Round> Run();

    /// <summary>A round of broadcast or direct messages.</summary>
    /// <param name="number">A number no other round of the session has.</param>
    /// <param name="senders">Who speaks in it; everybody where omitted.</param>
    /// <param name="confirms">
    /// An earlier broadcast of all parties that this round's messages confirm: disagreement about it is found at this
    /// barrier, before the script sees the round. For values that only need agreement before the result is judged.
    /// </param>
    protected Round<M> Round<M>(byte number, PartySet? senders = null, Round? confirms = null) where M : IMessage<M> =>
        session.Add(new Round<M>(session, number, senders, confirms, echoes: false));

    /// <summary>
    /// A broadcast with echo: the barrier opens when every party has reported receiving the same bytes.
    /// For values that must be agreed before a secret that depends on them is released.
    /// </summary>
    /// <param name="number">A number no other round of the session has.</param>
    /// <param name="senders">Who speaks in it; everybody where omitted. All parties listen and report.</param>
    protected Round<M> EchoRound<M>(byte number, PartySet? senders = null) where M : IMessage<M> =>
        session.Add(new Round<M>(session, number, senders, null, echoes: true));

    /// <summary>Ends the session, naming <paramref name="culprits"/>, if there are any.</summary>
    protected static void Blame(Fault fault, IEnumerable<PartyId> culprits) => Blame(Accuse(fault, culprits));

    /// <summary>One accusation for every culprit, to be brought together with others.</summary>
    protected static IEnumerable<Accusation> Accuse(Fault fault, IEnumerable<PartyId> culprits) => culprits.Select(c => new Accusation(fault, c));

    /// <summary>Ends the session with all of these accusations, if there are any.</summary>
    protected static void Blame(IEnumerable<Accusation> accusations)
    {
        var found = accusations.ToArray();
        if (found.Length > 0)
            throw new BlameException(new(found));
    }

    /// <summary>Keeps a value that is disposed when the session ends, however it ends.</summary>
    protected T Own<T>(T value) where T : IDisposable
    {
        session.Own(value);
        return value;
    }

    /// <summary>Sets the output. The script then returns.</summary>
    protected void Finish(TOutput value) => output = value;
}

/// <summary>Carries an abort from a script to its session, and never further.</summary>
sealed class BlameException(Abort abort) : Exception
{
    internal Abort Abort { get; } = abort;
}
