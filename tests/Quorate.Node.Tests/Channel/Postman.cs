using Quorate.Node.Channel;
using Quorate.Node.Sessions;
using Quorate.Policies;
using Quorate.Testing;

namespace Quorate.Node.Tests.Channel;

/// <summary>
/// Carries packets between pure ends under a seed, which decides the order. Rules lose, repeat, change and add packets;
/// everything is a function of the seed, so a failure replays.
/// </summary>
sealed class Postman(ulong seed) : IDisposable
{
    /// <summary>A packet on its way.</summary>
    internal readonly record struct Letter(NodeId From, NodeId To, byte[] Bytes);

    internal delegate IEnumerable<Letter> Rule(Letter letter);

    sealed record End(Action<NodeId, byte[]> Receive, Func<IReadOnlyList<Packet>> TakeOutgoing, Action TimeOut);

    readonly SeededRandom random = new(seed, "postman");
    readonly Dictionary<NodeId, End> ends = [];
    readonly List<Rule> rules = [];
    readonly List<Letter> bag = [];
    readonly List<Letter> late = [];

    /// <summary>Every packet that was sent, before any rule.</summary>
    internal List<Letter> Sent { get; } = [];

    internal SeededRandom Random => random;

    internal Postman Add(SecuredGroup group)
    {
        ends.Add(group.Description[group.Me], new((from, bytes) => group.Receive(from, bytes), group.TakeOutgoing, group.TimeOut));
        return this;
    }

    internal Postman Add<T>(NodeId node, SecuredSession<T> session) where T : class
    {
        ends.Add(node, new((from, bytes) => session.Receive(from, bytes), session.TakeOutgoing, session.TimeOut));
        return this;
    }

    internal Postman Add(NodeId node, Action<NodeId, byte[]> receive, Func<IReadOnlyList<Packet>> takeOutgoing)
    {
        ends.Add(node, new(receive, takeOutgoing, () => { }));
        return this;
    }

    internal Postman With(Rule rule)
    {
        rules.Add(rule);
        return this;
    }

    /// <summary>Every weather but loss at once: order, repeats, long delays, changed copies, junk.</summary>
    internal Postman InAllWeathers() => With(Weather.Repeat(random)).With(Weather.Tamper(random)).With(Weather.Junk(random)).With(letter =>
    {
        if (random.Below(5) != 0)
            return [letter];
        late.Add(letter);
        return [];
    });

    /// <summary>Delivers until nothing is under way; the delayed come when there is nothing else.</summary>
    internal Postman Run()
    {
        while (true)
        {
            Collect();
            if (bag.Count == 0)
            {
                if (late.Count == 0)
                    return this;
                var index = random.Below(late.Count);
                bag.Add(late[index]);
                late.RemoveAt(index);
            }
            Deliver();
        }
    }

    /// <summary>Delivers one packet; false where none is under way.</summary>
    internal bool Step()
    {
        Collect();
        if (bag.Count == 0)
            return false;
        Deliver();
        return true;
    }

    /// <summary>The hosts' deadlines pass, one after the other.</summary>
    internal Postman TimeOut()
    {
        foreach (var end in ends.Values)
            end.TimeOut();
        return Run();
    }

    public void Dispose() => random.Dispose();

    void Deliver()
    {
        var index = random.Below(bag.Count);
        var letter = bag[index];
        bag[index] = bag[^1];
        bag.RemoveAt(bag.Count - 1);
        if (ends.TryGetValue(letter.To, out var end))
            end.Receive(letter.From, letter.Bytes);
    }

    void Collect()
    {
        foreach (var (node, end) in ends)
            foreach (var packet in end.TakeOutgoing())
            {
                var letter = new Letter(node, packet.To, packet.Bytes.ToArray());
                Sent.Add(letter);
                IEnumerable<Letter> letters = [letter];
                foreach (var rule in rules)
                    letters = [.. letters.SelectMany(l => rule(l))];
                bag.AddRange(letters);
            }
    }
}

/// <summary>What a bad network does, under a seed.</summary>
static class Weather
{
    internal static Postman.Rule Lose(SeededRandom random, int oneIn = 10) => letter => random.Below(oneIn) == 0 ? [] : [letter];

    internal static Postman.Rule Repeat(SeededRandom random) => letter => random.Below(3) == 0 ? [letter, letter] : [letter];

    /// <summary>A changed copy beside the packet: a bit, the end, or the start of it.</summary>
    internal static Postman.Rule Tamper(SeededRandom random) => letter =>
    {
        if (random.Below(3) != 0)
            return [letter];
        var changed = letter.Bytes.ToArray();
        switch (random.Below(3))
        {
            case 0:
                changed[random.Below(changed.Length)] ^= (byte)(1 << random.Below(8));
                break;
            case 1:
                changed = changed[..random.Below(changed.Length)];
                break;
            default:
                changed = [.. changed, (byte)random.Below(256)];
                break;
        }
        return [letter, letter with { Bytes = changed }];
    };

    /// <summary>Random bytes that begin like the packet, so that they reach every step of the reader.</summary>
    internal static Postman.Rule Junk(SeededRandom random) => letter =>
    {
        if (random.Below(5) != 0)
            return [letter];
        var junk = new byte[34 + random.Below(200)];
        random.Fill(junk);
        letter.Bytes.AsSpan(0, Math.Min(33, letter.Bytes.Length)).CopyTo(junk);
        junk[33] = (byte)(1 + random.Below(4));
        return [letter, letter with { Bytes = junk }];
    };
}
