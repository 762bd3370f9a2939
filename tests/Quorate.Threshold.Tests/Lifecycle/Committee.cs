using Quorate.Testing;
using Quorate.Cryptography.Curves;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Tests.Lifecycle;

/// <summary>
/// Hosts that keep one holding each in durable storage, written after every change; what a host has in memory is what
/// it reads from there. One key on Ed25519.
/// </summary>
sealed class Committee : IDisposable
{
    static readonly byte[] message = "still the same key"u8.ToArray();

    readonly Dictionary<PartyId, byte[]> disks = [];
    readonly Dictionary<PartyId, KeyHolding<Ed25519>> hosts = [];
    ulong seed;

    /// <summary>A freshly generated key.</summary>
    internal Committee(ulong seed, int t, PartySet parties)
    {
        this.seed = seed * 1000;
        foreach (var (p, share) in FrostRuns.Key(FrostSuite.Ed25519, seed, t, parties))
            Store(new(share));
        Initial = hosts.Values.First().Package;
    }

    internal PublicKeyPackage<Ed25519> Initial { get; }

    internal KeyHolding<Ed25519> this[PartyId party] => hosts[party];

    internal IEnumerable<KeyHolding<Ed25519>> Hosts => hosts.Values;

    /// <summary>A copy of one disk, as a backup takes it.</summary>
    internal byte[] Backup(PartyId party) => disks[party];

    /// <summary>The host loses its memory and starts from its disk, or from a backup of it.</summary>
    internal void Restart(PartyId party, byte[]? backup = null)
    {
        if (hosts.Remove(party, out var lost))
            lost.Dispose();
        if (backup is not null)
            disks[party] = backup;
        var reader = new WireReader(disks[party]);
        hosts[party] = KeyHolding<Ed25519>.Read(ref reader);
        reader.End();
    }

    internal void Store(KeyHolding<Ed25519> holding)
    {
        hosts[holding.Me] = holding;
        using var writer = new WireWriter();
        holding.Write(writer);
        disks[holding.Me] = writer.Written.ToArray();
    }

    internal ResharePlan<Ed25519> Plan(PublicKeyPackage<Ed25519> from, PartySet dealers, PartySet to, int t) =>
        ResharePlan<Ed25519>.Reshare(from, dealers, to, t, dealers.Concat(to).Distinct().Max(p => hosts.TryGetValue(p, out var h) ? h.NextEpoch : from.Epoch + 1));

    /// <summary>Phase 1 under the rules of a network; everybody who ends it adds what is pending and stores it, but for those who crash.</summary>
    internal void Phase1(ResharePlan<Ed25519> plan, Func<Simulation, Simulation>? network = null, params PartyId[] crash)
    {
        var shares = plan.Dealers.ToDictionary(p => p, p => hosts[p].Share!);
        using var run = (network ?? (s => s))(LifecycleRuns.Reshare(seed++, plan, shares)).Run();
        foreach (var p in plan.Parties)
        {
            if (run.AbortOf(p) is not null || crash.Contains(p))
                continue;
            if (!hosts.ContainsKey(p))
                hosts[p] = KeyHolding<Ed25519>.Joining(p, plan.Package);
            hosts[p].Add(run.Output<PendingSharing<Ed25519>>(p));
            Store(hosts[p]);
        }
    }

    /// <summary>Phase 2 for one epoch. Nobody accepts yet: returns the certificate of everybody who got one.</summary>
    internal Dictionary<PartyId, ReshareCertificate<Ed25519>> Phase2(uint epoch, Func<Simulation, Simulation>? network = null)
    {
        using var run = (network ?? (s => s))(LifecycleRuns.Acknowledge(seed++, Pending(epoch))).Run();
        return run.Sessions.Keys.Where(p => run.AbortOf(p) is null).ToDictionary(p => p, run.Output<ReshareCertificate<Ed25519>>);
    }

    internal IEnumerable<PendingSharing<Ed25519>> Pending(uint epoch) =>
        hosts.Values.SelectMany(h => h.Pending).Where(p => p.Package.Epoch == epoch);

    internal bool Show(ReshareCertificate<Ed25519> certificate, PartyId party)
    {
        var changed = hosts[party].Accept(certificate);
        if (changed)
            Store(hosts[party]);
        return changed;
    }

    internal void ShowAll(ReshareCertificate<Ed25519> certificate)
    {
        foreach (var party in hosts.Keys)
            Show(certificate, party);
    }

    /// <summary>Whether the quorum signs with the shares it has in force.</summary>
    internal bool Signs(params PartyId[] quorum)
    {
        var shares = quorum.ToDictionary(p => p, p => hosts[p].Share!);
        using var run = FrostRuns.Sign(FrostSuite.Ed25519, seed++, shares, new(quorum), message).Run();
        return run.Sessions.Keys.All(p => run.AbortOf(p) is null
            && run.Output<SchnorrSignature<Ed25519>>(p).Verify(FrostSuite.Ed25519, Initial.GroupKey, message));
    }

    public void Dispose()
    {
        foreach (var host in hosts.Values)
            host.Dispose();
    }
}
