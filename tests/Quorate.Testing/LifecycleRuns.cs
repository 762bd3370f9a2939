using Quorate.Cryptography.Curves;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Testing;

/// <summary>Sessions of refresh, resharing and repair set up for a simulation, and what every party holds between them.</summary>
public static class LifecycleRuns
{
    /// <summary>All sessions of phase 1. The dealers' shares stay the caller's.</summary>
    public static Simulation Reshare<C>(ulong seed, ResharePlan<C> plan, IReadOnlyDictionary<PartyId, KeyShare<C>> shares) where C : struct, ICurve<C>
    {
        var (simulation, id) = (new Simulation(seed), FrostRuns.Id(seed));
        foreach (var p in plan.Parties)
            simulation.Add((plan.Dealers.Contains(p)
                ? new Reshare<C>(plan, id, shares[p], new SeededRandom(seed, $"reshare {p}"))
                : Threshold.Lifecycle.Reshare<C>.Receive(plan, id, p)).Start());
        return simulation;
    }

    /// <summary>All sessions of phase 2 of those who have a pending sharing; who has none is absent.</summary>
    public static Simulation Acknowledge<C>(ulong seed, IEnumerable<PendingSharing<C>> sharings) where C : struct, ICurve<C>
    {
        var (simulation, id) = (new Simulation(seed), FrostRuns.Id(~seed));
        var present = sharings.ToArray();
        var parties = new PartySet(present.SelectMany(p => p.Package.Parties.Append(p.Me)).Distinct());
        foreach (var pending in present)
            simulation.Add(new ReshareAcknowledgement<C>(id, pending, parties, new SeededRandom(seed, $"acknowledge {pending.Me}")).Start());
        return simulation;
    }

    /// <summary>An honest resharing from beginning to end: the new shares by receiver.</summary>
    public static SortedDictionary<PartyId, KeyShare<C>> Complete<C>(
        ulong seed, ResharePlan<C> plan, IReadOnlyDictionary<PartyId, KeyShare<C>> shares) where C : struct, ICurve<C>
    {
        using var phase1 = Reshare(seed, plan, shares).Run();
        var pending = phase1.Outputs<PendingSharing<C>>();
        using var phase2 = Acknowledge(seed, pending).Run();
        var active = pending.Where(p => p.HasShare).ToDictionary(p => p.Me, p => p.Activate(phase2.Output<ReshareCertificate<C>>(p.Me)));
        foreach (var p in pending)
            p.Dispose();
        return new(active);
    }

    /// <summary>All sessions of a repair.</summary>
    public static Simulation Repair<C>(ulong seed, IReadOnlyDictionary<PartyId, KeyShare<C>> shares, PartySet helpers, PartyId lost) where C : struct, ICurve<C>
    {
        var (simulation, id) = (new Simulation(seed), FrostRuns.Id(seed));
        var package = shares[helpers[0]].Package;
        simulation.Add(Threshold.Lifecycle.Repair<C>.Receive(id, package, helpers, lost).Start());
        foreach (var p in helpers)
            simulation.Add(new Repair<C>(id, shares[p], helpers, lost, new SeededRandom(seed, $"repair {p}")).Start());
        return simulation;
    }
}
