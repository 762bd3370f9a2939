using Quorate.Threshold.Sessions;

namespace Quorate.Testing;

/// <summary>
/// All parties of a session in one process, over a network that a seed makes hostile: messages are delivered in random
/// order and may be dropped, duplicated or changed by rules. Everything is a function of the seed, so a failure replays.
/// </summary>
public sealed class Simulation(ulong seed) : IDisposable
{
    /// <summary>A message on its way.</summary>
    public readonly record struct InFlight(PartyId From, PartyId To, byte[] Bytes);

    /// <summary>Changes what one recipient gets: none, one or several messages instead of one.</summary>
    public delegate IEnumerable<byte[]> Rule(InFlight message);

    readonly SeededRandom random = new(seed, "simulation");
    readonly SortedDictionary<PartyId, Session> sessions = [];
    readonly List<Rule> rules = [];
    readonly List<InFlight> network = [];
    readonly Dictionary<PartyId, long> sent = [];

    /// <summary>The sessions by party.</summary>
    public IReadOnlyDictionary<PartyId, Session> Sessions => sessions;

    /// <summary>Messages delivered so far.</summary>
    public int Delivered { get; private set; }

    /// <summary>Bytes sent so far by one party, a broadcast counted once for every recipient.</summary>
    public long BytesSent(PartyId party) => sent.GetValueOrDefault(party);

    /// <summary>Adds a started session; its first messages are under way at once.</summary>
    public Simulation Add(Session session)
    {
        sessions.Add(session.Me, session);
        return this;
    }

    /// <summary>Applies <paramref name="rule"/> to every message for every recipient.</summary>
    public Simulation With(Rule rule)
    {
        rules.Add(rule);
        return this;
    }

    /// <summary>
    /// Changes the decoded message that <paramref name="from"/> sends in a round, to one party or to all; its later
    /// reports still speak of the original.
    /// </summary>
    public Simulation Tamper<M>(byte round, PartyId from, PartyId? to, Func<M, M> change) where M : IMessage<M> =>
        With(message => message.From == from && (to is null || message.To == to) && WireTap.RoundOf(message.Bytes) == (round, false)
            ? [WireTap.Replace(message.Bytes, change)]
            : [message.Bytes]);

    /// <summary>
    /// As <see cref="Tamper"/>, by a cheat who stays consistent: in its later reports it tells every party that it sent
    /// what that party got.
    /// </summary>
    public Simulation Cheat<M>(byte round, PartyId from, PartyId? to, Func<M, M> change) where M : IMessage<M>
    {
        Dictionary<PartyId, (byte[] Original, byte[] Changed)> cheated = [];
        return With(message =>
        {
            if (message.From != from || (to is not null && message.To != to))
                return [message.Bytes];
            if (WireTap.RoundOf(message.Bytes) == (round, false))
            {
                var changed = WireTap.Replace(message.Bytes, change);
                cheated[message.To] = (WireTap.DigestOf(from, message.Bytes), WireTap.DigestOf(from, changed));
                return [changed];
            }
            return cheated.TryGetValue(message.To, out var digests)
                ? [WireTap.ReplaceDigest(message.Bytes, digests.Original, digests.Changed)]
                : [message.Bytes];
        });
    }

    /// <summary>
    /// Changes the raw bytes that <paramref name="from"/> sends in a round, to one party or to all; its later reports
    /// still speak of the original.
    /// </summary>
    public Simulation TamperBytes(byte round, PartyId from, PartyId? to, Func<byte[], byte[]> change) =>
        With(message => message.From == from && (to is null || message.To == to) && WireTap.RoundOf(message.Bytes) == (round, false)
            ? [change([.. message.Bytes])]
            : [message.Bytes]);

    /// <summary>Loses every message of <paramref name="from"/> in a round, to one party or to all.</summary>
    public Simulation Drop(byte round, PartyId from, PartyId? to = null) =>
        With(message => message.From == from && (to is null || message.To == to) && WireTap.RoundOf(message.Bytes).Round == round
            ? []
            : [message.Bytes]);

    /// <summary>Delivers some messages twice, as the seed has it.</summary>
    public Simulation Duplicate() => With(message => random.Below(3) == 0 ? [message.Bytes, message.Bytes] : [message.Bytes]);

    /// <summary>
    /// Delivers until nothing is under way, then lets the hosts' deadline pass for every session that still waits.
    /// </summary>
    public Simulation Run()
    {
        while (Deliver())
        {
        }
        foreach (var session in sessions.Values)
            session.TimeOut();
        return this;
    }

    /// <summary>Delivers one message; false where none is under way.</summary>
    public bool Deliver()
    {
        Collect();
        if (network.Count == 0)
            return false;
        var index = random.Below(network.Count);
        var message = network[index];
        network[index] = network[^1];
        network.RemoveAt(network.Count - 1);
        Delivered++;
        if (sessions.TryGetValue(message.To, out var session))
            session.Receive(message.From, message.Bytes);
        return true;
    }

    /// <summary>The output of one party, which must have one.</summary>
    public TOutput Output<TOutput>(PartyId party) where TOutput : class => ((Session<TOutput>)sessions[party]).TakeOutput();

    /// <summary>Every party's output, in ascending order of the parties.</summary>
    public TOutput[] Outputs<TOutput>() where TOutput : class => [.. sessions.Keys.Select(Output<TOutput>)];

    /// <summary>Why one party's session aborted, or null.</summary>
    public Abort? AbortOf(PartyId party) => sessions[party].Abort;

    public void Dispose()
    {
        foreach (var session in sessions.Values)
            session.Dispose();
        random.Dispose();
    }

    void Collect()
    {
        foreach (var session in sessions.Values)
            foreach (var message in session.TakeOutgoing())
            {
                foreach (var to in message.To is { } one ? [one] : session.Parties.Except(session.Me))
                {
                    sent[session.Me] = BytesSent(session.Me) + message.Bytes.Length;
                    IEnumerable<InFlight> copies = [new(session.Me, to, message.Bytes.ToArray())];
                    foreach (var rule in rules)
                        copies = [.. copies.SelectMany(c => rule(c).Select(b => c with { Bytes = b }))];
                    network.AddRange(copies);
                }
                message.Dispose();
            }
    }
}
