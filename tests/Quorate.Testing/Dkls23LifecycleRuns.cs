using Quorate.Cryptography.Curves;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;

namespace Quorate.Testing;

/// <summary>Set-up and acknowledgement of DKLs23 shares set up for a simulation; phase 1 is <see cref="LifecycleRuns"/>'.</summary>
public static class Dkls23LifecycleRuns
{
    /// <summary>All sessions of the set-up of those who have a pending share; who has none is absent.</summary>
    public static Simulation Setup(ulong seed, IEnumerable<PendingSharing<Secp256k1>> sharings)
    {
        var simulation = new Simulation(seed);
        foreach (var pending in sharings.Where(p => p.HasShare))
            simulation.Add(new Dkls23Setup(FrostRuns.Id(seed), pending, new SeededRandom(seed, $"set-up {pending.Me}")).Start());
        return simulation;
    }

    /// <summary>All sessions of phase 2 of those who hold a pending share of this epoch.</summary>
    public static Simulation Acknowledge(ulong seed, IEnumerable<Dkls23KeyHolding> holdings, uint epoch)
    {
        var simulation = new Simulation(seed);
        foreach (var holding in holdings.Where(h => h.Pending.Any(p => p.HasShare && p.Package.Epoch == epoch)))
            simulation.Add(holding.Acknowledge(FrostRuns.Id(~seed), epoch, new SeededRandom(seed, $"acknowledge {holding.Me}")).Start());
        return simulation;
    }

    /// <summary>An honest resharing from beginning to end: the holdings of dealers and receivers, with what is new in force.</summary>
    public static SortedDictionary<PartyId, Dkls23KeyHolding> Complete(ulong seed, ResharePlan<Secp256k1> plan, IEnumerable<Dkls23KeyHolding> old)
    {
        var holdings = new SortedDictionary<PartyId, Dkls23KeyHolding>(old.ToDictionary(h => h.Me));
        foreach (var joining in plan.Parties.Where(p => !holdings.ContainsKey(p)))
            holdings.Add(joining, Dkls23KeyHolding.Joining(joining, plan.Package));
        using var phase1 = LifecycleRuns.Reshare(seed, plan, plan.Dealers.ToDictionary(p => p, p => holdings[p].DealingShare!)).Run();
        var pending = phase1.Outputs<PendingSharing<Secp256k1>>();
        using var setup = Setup(seed, pending).Run();
        foreach (var p in pending)
            holdings[p.Me].Add(p, p.HasShare ? setup.Output<PairwiseSetups>(p.Me) : null);
        using var phase2 = Acknowledge(seed, holdings.Values, plan.Epoch).Run();
        var certificate = phase2.Output<ReshareCertificate<Secp256k1>>(plan.Receivers[0]);
        foreach (var holding in holdings.Values)
            holding.Accept(certificate);
        return holdings;
    }
}
