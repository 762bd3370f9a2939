using Quorate.Threshold.Sessions;

namespace Quorate.Benchmarks;

/// <summary>
/// What one party of a session computes, allocates and sends, split at its barriers: phase k is all the work from the
/// opening of barrier k − 1 to the opening of barrier k, receiving the messages included.
/// </summary>
sealed class PhaseClock(int phases)
{
    /// <summary>Milliseconds of processor time, bytes allocated and bytes sent in one phase of one run.</summary>
    internal readonly record struct Sample(double Milliseconds, long Allocated);

    readonly List<Sample>[] samples = [.. Enumerable.Range(0, phases).Select(_ => new List<Sample>())];

    /// <summary>Bytes the measured party sent in the last run, a broadcast counted once for every recipient.</summary>
    internal long BytesSent { get; private set; }

    /// <summary>The median of a phase over all runs.</summary>
    internal Sample Median(int phase) => new(
        Middle(samples[phase].Select(s => s.Milliseconds)), (long)Middle(samples[phase].Select(s => (double)s.Allocated)));

    /// <summary>Runs a session to its end. Party 1 is measured; everybody's messages are delivered in order.</summary>
    internal TOutput[] Run<TOutput>(PartySet parties, Func<PartyId, Protocol<TOutput>> protocol) where TOutput : class
    {
        var sessions = Run(parties, parties[0], p =>
        {
            var mine = protocol(p);
            return () => mine.Start();
        });
        var outputs = sessions.Select(s => ((Session<TOutput>)s).TakeOutput()).ToArray();
        foreach (var session in sessions)
            session.Dispose();
        return outputs;
    }

    /// <summary>
    /// Runs a session whose parties play different roles, and measures one of them. The first call of a party's function
    /// prepares, the second one starts. Returns the ended sessions, in the order of the parties.
    /// </summary>
    internal Session[] Run(PartySet parties, PartyId me, Func<PartyId, Func<Session>> prepare)
    {
        var sessions = new SortedDictionary<PartyId, Session>();
        var mine = prepare(me);
        Session? session = null;
        var phase = 0;
        Measure(() => session = mine());
        foreach (var party in parties.Except(me))
            sessions.Add(party, prepare(party)());
        sessions.Add(me, session!);

        BytesSent = 0;
        while (true)
        {
            // One wave: everything under way now. Party 1's barrier opens within it.
            var wave = sessions.Values.SelectMany(s => s.TakeOutgoing().Select(m => (From: s.Me, Message: m))).ToArray();
            if (wave.Length == 0)
                break;
            BytesSent += wave.Where(w => w.From == me).Sum(w => w.Message.Bytes.Length * (w.Message.To is null ? parties.Count - 1L : 1L));
            // A wave that brings this party nothing is not one of its phases.
            if (wave.All(w => w.From == me || (w.Message.To is not null && w.Message.To != me)))
            {
                Deliver(wave);
                continue;
            }
            phase++;
            Measure(() =>
            {
                foreach (var (from, message) in wave)
                    if (message.To is null || message.To == me)
                        session!.Receive(from, message.Bytes.Span);
            });
            Deliver(wave);
        }
        return [.. sessions.Values];

        void Deliver((PartyId From, OutgoingMessage Message)[] wave)
        {
            foreach (var (from, message) in wave)
                foreach (var other in sessions.Values)
                    if (other.Me != me && (message.To is null || message.To == other.Me))
                        other.Receive(from, message.Bytes.Span);
        }

        void Measure(Action work)
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var begun = CpuClock.Milliseconds;
            work();
            samples[phase].Add(new(CpuClock.Milliseconds - begun, GC.GetAllocatedBytesForCurrentThread() - allocated));
        }
    }

    static double Middle(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
