using Quorate.Cryptography.Curves;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Testing;

/// <summary>FROST sessions set up for a simulation.</summary>
public static class FrostRuns
{
    /// <summary>A session id that a test can have again.</summary>
    public static SessionId Id(ulong seed)
    {
        using var random = new SeededRandom(seed, "session");
        return SessionId.Random(random);
    }

    /// <summary>All sessions of a key generation.</summary>
    public static Simulation Keygen<C>(FrostSuite<C> suite, ulong seed, int t, PartySet parties) where C : struct, ICurve<C>
    {
        var simulation = new Simulation(seed);
        foreach (var p in parties)
            simulation.Add(new FrostKeygen<C>(suite, Id(seed), p, parties, t, new SeededRandom(seed, $"keygen {p}")).Start());
        return simulation;
    }

    /// <summary>The shares of an honest key generation, by party.</summary>
    public static SortedDictionary<PartyId, KeyShare<C>> Key<C>(FrostSuite<C> suite, ulong seed, int t, PartySet parties) where C : struct, ICurve<C>
    {
        using var simulation = Keygen(suite, seed, t, parties).Run();
        return new(parties.ToDictionary(p => p, p => simulation.Output<KeyShare<C>>(p)));
    }

    /// <summary>All sessions of a signature.</summary>
    public static Simulation Sign<C>(
        FrostSuite<C> suite, ulong seed, IReadOnlyDictionary<PartyId, KeyShare<C>> shares, PartySet quorum, byte[] message) where C : struct, ICurve<C>
    {
        var simulation = new Simulation(seed);
        foreach (var p in quorum)
            simulation.Add(new FrostSign<C>(suite, Id(seed), shares[p], quorum, message, new SeededRandom(seed, $"sign {p}")).Start());
        return simulation;
    }
}
