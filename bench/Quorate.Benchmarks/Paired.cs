using System.Diagnostics;

namespace Quorate.Benchmarks;

/// <summary>
/// Side-by-side timing: the two run in alternating slices, so that whatever slows the machine slows both, and the medians
/// of the slices are compared.
/// </summary>
static class Paired
{
    const int Slices = 41;
    const double SliceMilliseconds = 8;

    /// <summary>Prints the heading of the table that <see cref="Compare"/> fills.</summary>
    internal static void Heading(string ours, string peer) =>
        Console.WriteLine($"{"",-34} {ours,12} {peer,12} {"ratio",8} {"bytes/op",9}");

    /// <summary>Prints median times in nanoseconds, the median ratio of neighbouring slices, and our allocations.</summary>
    internal static void Compare(Comparison comparison)
    {
        var (ours, theirs, ratio) = Take(comparison);
        Console.WriteLine($"{comparison.Name,-34} {ours,12:N0} {theirs,12:N0} {ratio,8:F2} {Allocated(comparison.Ours) / comparison.Operations,9:F1}");
    }

    /// <summary>Median nanoseconds of an operation, and the median of ours over theirs in neighbouring slices.</summary>
    internal static (double Ours, double Theirs, double Ratio) Take(Comparison comparison)
    {
        var (_, ours, peer, operations, _) = comparison;
        var (ourCalls, peerCalls) = (Calibrate(ours), Calibrate(peer));
        var (ourTimes, peerTimes, ratios) = (new double[Slices], new double[Slices], new double[Slices]);
        for (var i = 0; i < Slices; i++)
        {
            ourTimes[i] = Time(ours, ourCalls) / operations;
            peerTimes[i] = Time(peer, peerCalls) / operations;
            ratios[i] = ourTimes[i] / peerTimes[i];
        }
        return (Median(ourTimes), Median(peerTimes), Median(ratios));
    }

    /// <summary>Prints the fastest slice's time in nanoseconds, which other work on the machine disturbs least, and the allocations.</summary>
    internal static void Measure(string name, Action ours, int operations = 1)
    {
        var calls = Calibrate(ours);
        var times = new double[Slices];
        for (var i = 0; i < Slices; i++)
            times[i] = Time(ours, calls) / operations;
        Console.WriteLine($"{name,-34} {times.Min(),12:N1} {"",12} {"",8} {Allocated(ours) / operations,9:F1}");
    }

    /// <summary>Warms up for long enough that the final code is in place, and finds the calls that fill a slice.</summary>
    static int Calibrate(Action action)
    {
        for (var i = 0; i < 4; i++)
        {
            var until = Stopwatch.GetTimestamp() + Stopwatch.Frequency / 20;
            while (Stopwatch.GetTimestamp() < until)
                action();
            Thread.Sleep(60);
        }
        var calls = 1;
        while (Time(action, calls) * calls < SliceMilliseconds * 1e6)
            calls *= 2;
        return calls;
    }

    static double Time(Action action, int calls)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < calls; i++)
            action();
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / calls;
    }

    static double Allocated(Action action)
    {
        const int Calls = 50;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Calls; i++)
            action();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Calls;
    }

    static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }
}
