using Quorate.Cryptography.Derivation;
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

    /// <summary>All sessions of a presignature.</summary>
    public static Simulation Presign(
        ulong seed, IReadOnlyDictionary<PartyId, Dkls23KeyShare> shares, PartySet quorum, IReadOnlyDictionary<PartyId, BanList>? bans = null)
    {
        var simulation = new Simulation(seed);
        foreach (var p in quorum)
            simulation.Add(new Dkls23Presign(
                FrostRuns.Id(seed), shares[p], quorum, bans?[p] ?? new BanList(), new SeededRandom(seed, $"presign {p}")).Start());
        return simulation;
    }

    /// <summary>A presignature by party. The same arguments make the same one again, like a copy of the memory.</summary>
    public static SortedDictionary<PartyId, Dkls23Presignature> Presignatures(
        ulong seed, IReadOnlyDictionary<PartyId, Dkls23KeyShare> shares, PartySet quorum)
    {
        using var simulation = Presign(seed, shares, quorum).Run();
        return new(quorum.ToDictionary(p => p, simulation.Output<Dkls23Presignature>));
    }

    /// <summary>All sessions of the round that uses a presignature.</summary>
    public static Simulation Online(
        ulong seed, IReadOnlyDictionary<PartyId, Dkls23KeyShare> shares, IReadOnlyDictionary<PartyId, Dkls23Presignature> presignatures,
        byte[] digest, Bip32Path? path = null)
    {
        var simulation = new Simulation(seed);
        foreach (var (p, presignature) in presignatures)
            simulation.Add(new Dkls23Online(
                FrostRuns.Id(seed), shares[p], presignature.Quorum, path ?? Bip32Path.Root, digest, presignature, new SpentPresignatures(), new BanList()).Start());
        return simulation;
    }
}
