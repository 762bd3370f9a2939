using System.Diagnostics;
using System.Text.Json.Nodes;
using Quorate.Testing.Interop;

namespace Quorate.Benchmarks;

/// <summary>
/// An operation of ours next to one in another process, slice by slice in turns, so that a busy machine slows both; the
/// medians count.
/// </summary>
static class PeerProcess
{
    const int Rounds = 9;
    const int SliceMilliseconds = 120;

    /// <summary>Prints the heading of the table that <see cref="Compare"/> fills.</summary>
    internal static void Heading(string what, string peer) =>
        Console.WriteLine($"{what,-34} {"ours",12} {peer,12} {"faster",8} {"bytes/op",9}");

    /// <summary>Prints our nanoseconds, the peer's, how many times we are faster, and our allocations.</summary>
    /// <param name="peer">A process that answers "measure" with {"nanoseconds"}.</param>
    /// <param name="name">The line's label.</param>
    /// <param name="request">What the peer is asked, with "what" and its inputs.</param>
    /// <param name="ours">Our operation.</param>
    internal static void Compare(JsonLineProcess peer, string name, JsonObject request, Action ours)
    {
        double Theirs()
        {
            var asked = request.DeepClone().AsObject();
            asked["milliseconds"] = SliceMilliseconds;
            return peer.Call("measure", asked)!["nanoseconds"]!.GetValue<double>();
        }

        // Twice each to warm up.
        for (var i = 0; i < 2; i++)
            (_, _) = (Slice(ours), Theirs());
        var (us, them, ratios) = (new double[Rounds], new double[Rounds], new double[Rounds]);
        for (var i = 0; i < Rounds; i++)
        {
            (us[i], them[i]) = (Slice(ours), Theirs());
            ratios[i] = them[i] / us[i];
        }
        foreach (var values in (double[][])[us, them, ratios])
            Array.Sort(values);
        const int Calls = 100;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Calls; i++)
            ours();
        var allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / Calls;
        Console.WriteLine($"  {name,-32} {us[Rounds / 2],12:N0} {them[Rounds / 2],12:N0} {ratios[Rounds / 2],8:F1} {allocated,9:N0}");
    }

    static double Slice(Action action)
    {
        var begun = Stopwatch.GetTimestamp();
        var calls = 0;
        for (; Stopwatch.GetElapsedTime(begun).TotalMilliseconds < SliceMilliseconds; calls += 8)
            for (var i = 0; i < 8; i++)
                action();
        return Stopwatch.GetElapsedTime(begun).TotalNanoseconds / calls;
    }
}
