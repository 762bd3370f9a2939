using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Tests.Dkls23;

/// <summary>
/// Hosts that keep one DKLs23 holding each in durable storage, written after every change; what a host has in memory is
/// what it reads from there, but for sessions and their outputs, which a restart loses.
/// </summary>
sealed class Dkls23Committee : IDisposable
{
    static readonly byte[] digest = SHA256.HashData("still the same key"u8);

    readonly Dictionary<PartyId, byte[]> disks = [];
    readonly SortedDictionary<PartyId, Dkls23KeyHolding> hosts = [];
    ulong seed;

    /// <summary>A freshly generated key.</summary>
    internal Dkls23Committee(ulong seed, int t, PartySet parties)
    {
        this.seed = seed * 1000;
        foreach (var share in Dkls23Runs.Key(seed, t, parties).Values)
            Store(new(share));
        Initial = hosts.Values.First().Package;
    }

    internal PublicKeyPackage<Secp256k1> Initial { get; }

    internal Dkls23KeyHolding this[PartyId party] => hosts[party];

    internal IEnumerable<Dkls23KeyHolding> Hosts => hosts.Values;

    /// <summary>Bans by party, remembered for ever.</summary>
    internal Dictionary<PartyId, BanList> Bans { get; } = [];

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
        hosts[party] = Dkls23KeyHolding.Read(ref reader);
        reader.End();
    }

    internal void RestartAll()
    {
        foreach (var party in hosts.Keys.ToArray())
            Restart(party);
    }

    internal void Store(Dkls23KeyHolding holding)
    {
        hosts[holding.Me] = holding;
        using var writer = new WireWriter();
        holding.Write(writer);
        disks[holding.Me] = writer.Written.ToArray();
    }

    /// <summary>A refresh of what the first of the dealers has in force, of an epoch that everybody takes.</summary>
    internal ResharePlan<Secp256k1> Plan(PartySet dealers) =>
        ResharePlan<Secp256k1>.Refresh(hosts[dealers[0]].Package, dealers, hosts.Values.Max(h => h.NextEpoch));

    internal Simulation Reshare(ResharePlan<Secp256k1> plan) =>
        LifecycleRuns.Reshare(seed++, plan, plan.Dealers.ToDictionary(p => p, p => hosts[p].DealingShare!));

    internal Simulation Setup(IEnumerable<PendingSharing<Secp256k1>> pending) => Dkls23LifecycleRuns.Setup(seed++, pending);

    internal Simulation Acknowledge(uint epoch) => Dkls23LifecycleRuns.Acknowledge(seed++, hosts.Values, epoch);

    /// <summary>
    /// Phase 1 and the set-up under the rules of a network; everybody who ends both stores what came out, but for those
    /// who crash before.
    /// </summary>
    internal void Prepare(ResharePlan<Secp256k1> plan, Func<Simulation, Simulation>? network = null, params PartyId[] crash)
    {
        network ??= s => s;
        using var phase1 = network(Reshare(plan)).Run();
        PendingSharing<Secp256k1>[] pending = [.. plan.Parties.Where(p => phase1.AbortOf(p) is null).Select(phase1.Output<PendingSharing<Secp256k1>>)];
        using var setup = network(Setup(pending)).Run();
        foreach (var sharing in pending.Where(p => !crash.Contains(p.Me) && (!p.HasShare || setup.AbortOf(p.Me) is null)))
            Add(sharing, sharing.HasShare ? setup.Output<PairwiseSetups>(sharing.Me) : null, plan.Package);
    }

    internal void Add(PendingSharing<Secp256k1> sharing, PairwiseSetups? setups, PublicKeyPackage<Secp256k1> old)
    {
        if (!hosts.ContainsKey(sharing.Me))
            hosts[sharing.Me] = Dkls23KeyHolding.Joining(sharing.Me, old);
        hosts[sharing.Me].Add(sharing, setups);
        Store(hosts[sharing.Me]);
    }

    /// <summary>Phase 2 for one epoch. Nobody accepts yet: returns the certificate of everybody who got one.</summary>
    internal Dictionary<PartyId, ReshareCertificate<Secp256k1>> Certify(uint epoch, Func<Simulation, Simulation>? network = null)
    {
        using var run = (network ?? (s => s))(Acknowledge(epoch)).Run();
        return run.Sessions.Keys.Where(p => run.AbortOf(p) is null).ToDictionary(p => p, run.Output<ReshareCertificate<Secp256k1>>);
    }

    internal bool Show(ReshareCertificate<Secp256k1> certificate, PartyId party)
    {
        var changed = hosts[party].Accept(certificate);
        if (changed)
            Store(hosts[party]);
        return changed;
    }

    internal void ShowAll(ReshareCertificate<Secp256k1> certificate)
    {
        foreach (var party in hosts.Keys.ToArray())
            Show(certificate, party);
    }

    /// <summary>A whole refresh.</summary>
    internal void Refresh(PartySet dealers)
    {
        var plan = Plan(dealers);
        Prepare(plan);
        ShowAll(Certify(plan.Epoch).Values.First());
    }

    /// <summary>Whether the quorum signs with the shares it has in force. Who does not, times out and bans nobody.</summary>
    internal bool Signs(params PartyId[] quorum)
    {
        foreach (var p in quorum)
            Bans.TryAdd(p, new());
        using var run = Dkls23Runs.Sign(seed++, quorum.ToDictionary(p => p, p => hosts[p].Share!), new(quorum), digest, Bans).Run();
        if (quorum.All(p => run.AbortOf(p) is null))
            return quorum.All(p => run.Output<Dkls23Signature>(p).Value.Signature.Verify(Initial.GroupKey, digest));
        Assert.All(quorum, p => Assert.Equal(Fault.Timeout, run.AbortOf(p)!.Fault));
        return false;
    }

    public void Dispose()
    {
        foreach (var host in hosts.Values)
            host.Dispose();
    }
}
