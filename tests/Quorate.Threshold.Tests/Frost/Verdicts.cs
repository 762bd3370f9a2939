using Quorate.Testing;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Tests.Frost;

/// <summary>What the honest parties of a run must say, exactly, and that none of them has an output.</summary>
static class Verdicts
{
    internal static PartyId P(int number) => new(number);

    /// <summary>Every honest party names exactly these culprits of one fault.</summary>
    internal static void AssertAllBlame<TOutput>(this Simulation run, IEnumerable<int> honest, Fault fault, params int[] culprits) where TOutput : class
    {
        foreach (var observer in honest)
            run.AssertBlames<TOutput>(observer, [.. culprits.Select(c => (fault, c))]);
    }

    /// <summary>One honest party makes exactly these accusations.</summary>
    internal static void AssertBlames<TOutput>(this Simulation run, int observer, params (Fault Fault, int Culprit)[] expected) where TOutput : class
    {
        var session = (Session<TOutput>)run.Sessions[P(observer)];
        Assert.Equal(
            string.Join("; ", expected.Select(e => new Accusation(e.Fault, P(e.Culprit))).OrderBy(a => a.Fault).ThenBy(a => a.Culprit)),
            string.Join("; ", session.Abort?.Accusations ?? []));
        Assert.Throws<InvalidOperationException>(session.TakeOutput);
    }
}
