using Quorate.Threshold.ChillDkg;
using Quorate.Threshold.Sessions;

namespace Quorate.Testing;

/// <summary>ChillDKG sessions set up for a simulation: participants 1 to n, and a coordinator.</summary>
public sealed class ChillDkgRuns : IDisposable
{
    readonly ulong seed;

    /// <summary>Host keys and parameters for t of n, as a function of the seed.</summary>
    public ChillDkgRuns(ulong seed, int t, int n)
    {
        this.seed = seed;
        HostKeys = [.. PartyId.Range(n).Select(p => HostKey.Generate(new SeededRandom(seed, $"host key {p}")))];
        Parameters = new(t, HostKeys.Select(k => k.PublicKey.Encode()).ToArray());
        Coordinator = new(n + 1);
    }

    /// <summary>The participants' host keys, in order.</summary>
    public IReadOnlyList<HostKey> HostKeys { get; }

    /// <summary>What they agree on.</summary>
    public SessionParameters Parameters { get; }

    /// <summary>The coordinator's number.</summary>
    public PartyId Coordinator { get; }

    /// <summary>All sessions of a key generation.</summary>
    public Simulation Keygen()
    {
        var simulation = new Simulation(seed);
        simulation.Add(new ChillDkgCoordinator(FrostRuns.Id(seed), Coordinator, Parameters).Start());
        foreach (var p in Parameters.Participants)
            simulation.Add(Participant(p, Parameters).Start());
        return simulation;
    }

    /// <summary>One participant, who may believe in other parameters.</summary>
    public ChillDkgParticipant Participant(PartyId p, SessionParameters parameters) =>
        new(FrostRuns.Id(seed), HostKeys[p.Value - 1], parameters, Coordinator, new SeededRandom(seed, $"chilldkg {p}"));

    /// <summary>The outputs of an honest key generation, in the order of the participants.</summary>
    public ChillDkgOutput[] Key()
    {
        using var simulation = Keygen().Run();
        return [.. Parameters.Participants.Select(simulation.Output<ChillDkgOutput>)];
    }

    public void Dispose()
    {
        foreach (var key in HostKeys)
            key.Dispose();
    }
}
