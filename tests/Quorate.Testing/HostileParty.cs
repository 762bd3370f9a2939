using Quorate.Threshold.Sessions;
using Xunit;

namespace Quorate.Testing;

/// <summary>One party does anything at all to what it sends, under a seed; and what must hold for the others whatever that is.</summary>
public static class HostileParty
{
    const int AfterContext = 33;

    /// <summary>
    /// Runs the simulation with <paramref name="hostile"/> changing, dropping, repeating or forging its messages: one in
    /// <paramref name="oneIn"/>, or under some seeds all.
    /// </summary>
    public static Simulation Misbehave(this Simulation run, PartyId hostile, ulong seed, int oneIn = 4)
    {
        using var random = new SeededRandom(seed, "hostile");
        List<byte[]> said = [], heard = [];
        var often = random.Below(4) == 0 ? 1 : oneIn;
        return run.With(m =>
        {
            if (m.From != hostile)
            {
                heard.Add(m.Bytes);
                return [m.Bytes];
            }
            said.Add(m.Bytes);
            return random.Below(often) == 0 ? Change(random, m.Bytes, said, heard) : [m.Bytes];
        }).Run();
    }

    /// <summary>
    /// The outputs of the honest parties that finished. None may still run, and none may hold anybody but
    /// <paramref name="hostile"/> for proven guilty; where nobody is hostile, nobody at all.
    /// </summary>
    public static IEnumerable<TOutput> Judge<TOutput>(this Simulation run, PartyId? hostile, ulong seed) where TOutput : class
    {
        foreach (var (p, any) in run.Sessions.Where(s => s.Key != hostile))
        {
            var session = (Session<TOutput>)any;
            Assert.False(session.IsRunning);
            foreach (var accusation in session.Abort?.Accusations ?? [])
                Assert.True(
                    accusation.Culprit == hostile || accusation.Fault.Certainty == Certainty.Suspected,
                    $"seed {seed}: {p} holds {accusation} for proven");
            if (session.Abort is null)
                yield return session.TakeOutput();
        }
    }

    static IEnumerable<byte[]> Change(SeededRandom random, byte[] bytes, List<byte[]> said, List<byte[]> heard)
    {
        var changed = bytes.ToArray();
        switch (random.Below(9))
        {
            case 0:
                return [];
            case 1:
                Flip(random, changed);
                return [changed];
            case 2:
                Flip(random, changed);
                return [bytes, changed];
            case 3:
                return [changed[..(AfterContext + random.Below(changed.Length - AfterContext))]];
            case 4:
                return [[.. changed, (byte)random.Below(256)]];
            case 5:
                return [said[random.Below(said.Count)]];
            case 6 when heard.Count > 0:
                // Another's message as its own, in place or besides.
                return random.Below(2) == 0 ? [heard[random.Below(heard.Count)]] : [bytes, heard[random.Below(heard.Count)]];
            case 7:
                changed[AfterContext] = (byte)random.Below(5);
                return [changed, bytes];
            default:
                changed.AsSpan(^Math.Min(32, changed.Length - AfterContext)..).Fill((byte)random.Below(256));
                return [changed];
        }
    }

    /// <summary>One bit: of the first bytes, of the last, or anywhere, so that a long message's short parts are hit too.</summary>
    static void Flip(SeededRandom random, byte[] bytes)
    {
        var length = bytes.Length - AfterContext;
        var few = Math.Min(300, length);
        var at = random.Below(3) switch { 0 => random.Below(few), 1 => length - 1 - random.Below(few), _ => random.Below(length) };
        bytes[AfterContext + at] ^= (byte)(1 << random.Below(8));
    }
}
