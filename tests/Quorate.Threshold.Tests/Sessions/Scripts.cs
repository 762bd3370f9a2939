using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Tests.Sessions;

/// <summary>The shortest scripts that use one feature of the kernel each.</summary>
static class Scripts
{
    /// <summary>Everybody says "m⟨id⟩"; the outcome is what all said, in the order of the parties.</summary>
    internal static IEnumerable<Round> OneBroadcast(Scripted p)
    {
        var round1 = p.Round<Note>(1);
        round1.Broadcast(new($"m{p.Me.Value}"));
        yield return round1;
        p.Finish(new(All(p, round1)));
    }

    /// <summary>Two broadcasts; the second round is declared only after the first barrier.</summary>
    internal static IEnumerable<Round> LateRound(Scripted p)
    {
        var round1 = p.Round<Note>(1);
        round1.Broadcast(new("a"));
        yield return round1;
        var round2 = p.Round<Note>(2);
        round2.Broadcast(new("b"));
        yield return round2;
        p.Finish(new(All(p, round1) + "|" + All(p, round2)));
    }

    /// <summary>Two broadcasts, both declared first.</summary>
    internal static IEnumerable<Round> TwoBroadcasts(Scripted p)
    {
        var round1 = p.Round<Note>(1);
        var round2 = p.Round<Note>(2);
        round1.Broadcast(new("a"));
        yield return round1;
        round2.Broadcast(new("b"));
        yield return round2;
        p.Finish(new(All(p, round1) + "|" + All(p, round2)));
    }

    /// <summary>One broadcast with echo.</summary>
    internal static IEnumerable<Round> Echoed(Scripted p)
    {
        var round1 = p.EchoRound<Note>(1);
        round1.Broadcast(new($"m{p.Me.Value}"));
        yield return round1;
        p.Finish(new(All(p, round1)));
    }

    /// <summary>A broadcast with echo, then one without; both declared first, or each when its time comes.</summary>
    internal static Func<Scripted, IEnumerable<Round>> EchoedThenSaid(bool echoedIsSecond)
    {
        return Script;

        IEnumerable<Round> Script(Scripted p)
        {
            var said = p.Round<Note>(echoedIsSecond ? (byte)1 : (byte)2);
            if (echoedIsSecond)
            {
                said.Broadcast(new("b"));
                yield return said;
            }
            var echoed = p.EchoRound<Note>(echoedIsSecond ? (byte)2 : (byte)1);
            echoed.Broadcast(new($"m{p.Me.Value}"));
            yield return echoed;
            if (!echoedIsSecond)
            {
                said.Broadcast(new("b"));
                yield return said;
            }
            p.Finish(new(All(p, echoed) + "|" + All(p, said)));
        }
    }

    /// <summary>One broadcast that the next one confirms.</summary>
    internal static IEnumerable<Round> Confirmed(Scripted p)
    {
        var round1 = p.Round<Note>(1);
        var round2 = p.Round<Note>(2, confirms: round1);
        round1.Broadcast(new($"m{p.Me.Value}"));
        yield return round1;
        round2.Broadcast(new("b"));
        yield return round2;
        p.Finish(new(All(p, round1) + "|" + All(p, round2)));
    }

    /// <summary>A secret local, a secret for every other party, and the sum of those received.</summary>
    internal static IEnumerable<Round> Whispered(Scripted p)
    {
        var round1 = p.Round<Whisper>(1);
        var round2 = p.Round<Note>(2);
        using var local = Whisper.Of(7);
        var owned = p.Own(Whisper.Of(8));
        round1.SendEach(to => Whisper.Of(to.Value));
        yield return round1;
        p.Finish(new($"{round1.Senders.Count(s => round1[s].Value.Expose() == p.Me.ToScalar<Cryptography.Curves.Secp256k1>())}"));
        round2.Broadcast(new($"{owned.Value.IsDisposed}"));
        yield return round2;
    }

    internal static string All(Scripted p, Round<Note> round) => string.Join(",", p.Parties.Select(i => round[i].Text));
}
