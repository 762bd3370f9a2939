using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Sessions;

namespace Quorate.Testing;

/// <summary>DKLs23 sessions set up for a simulation.</summary>
public static class Dkls23Runs
{
    /// <summary>All sessions of a key generation.</summary>
    public static Simulation Keygen(ulong seed, int t, PartySet parties)
    {
        var simulation = new Simulation(seed);
        foreach (var p in parties)
            simulation.Add(new Dkls23Keygen(FrostRuns.Id(seed), p, parties, t, new SeededRandom(seed, $"keygen {p}")).Start());
        return simulation;
    }

    /// <summary>The shares of an honest key generation, by party.</summary>
    public static SortedDictionary<PartyId, Dkls23KeyShare> Key(ulong seed, int t, PartySet parties)
    {
        using var simulation = Keygen(seed, t, parties).Run();
        return new(parties.ToDictionary(p => p, p => simulation.Output<Dkls23KeyShare>(p)));
    }

    /// <summary>All sessions of a signature. Bans go to <paramref name="bans"/> by party, or nowhere.</summary>
    public static Simulation Sign(
        ulong seed, IReadOnlyDictionary<PartyId, Dkls23KeyShare> shares, PartySet quorum, byte[] digest,
        IReadOnlyDictionary<PartyId, BanList>? bans = null)
    {
        var simulation = new Simulation(seed);
        foreach (var p in quorum)
            simulation.Add(new Dkls23Sign(
                FrostRuns.Id(seed), shares[p], quorum, digest, bans?[p] ?? new BanList(), new SeededRandom(seed, $"sign {p}")).Start());
        return simulation;
    }
}
