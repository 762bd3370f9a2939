using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Node.Gate;
using Quorate.Node.Vault;
using Quorate.Testing;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Frost.Bip340;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Tests.Processes;

/// <summary>
/// Copies of running nodes' vaults, as a test opens them to have every quorum sign with what really is on the disks. Nodes
/// are idle meanwhile.
/// </summary>
sealed class VaultCopies : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("quorate-copies-").FullName;
    readonly SortedDictionary<int, NodeVault> vaults = [];

    internal VaultCopies(ProcessFleet fleet, params int[] nodes)
    {
        foreach (var node in nodes)
        {
            foreach (var suffix in (string[])["", "-wal"])
                if (File.Exists(fleet.FileOf(node, "vault.db" + suffix)))
                    File.Copy(fleet.FileOf(node, "vault.db" + suffix), Of(node) + suffix);
            vaults.Add(node, NodeVault.Open(Of(node), fleet.OptionsOf(node).OpenKek, SystemRandom.Shared));
        }
    }

    internal NodeVault this[int node] => vaults[node];

    string Of(int node) => Path.Combine(folder, $"{node}.db");

    /// <summary>Every two nodes sign with every key of a wallet; the protocols verify what comes out.</summary>
    internal void RequireSignatures(WalletKeys wallet, bool withEcdsa = true)
    {
        var message = RandomNumberGenerator.GetBytes(32);
        if (withEcdsa && wallet.Ecdsa is { } ecdsa)
        {
            var holdings = vaults.ToDictionary(v => new PartyId(v.Key), v => v.Value.OpenDkls23ToSign(KeyId.Of(ecdsa)));
            Each(quorum => Dkls23Runs.Sign(1, holdings.ToDictionary(h => h.Key, h => h.Value.Share!), quorum, message), holdings.Values);
        }
        if (wallet.Bip340 is { } bip340)
        {
            var holdings = Open<Secp256k1>(KeyId.Of(bip340));
            Each(quorum => Bip340Runs.Sign(
                2, holdings.ToDictionary(h => h.Key, h => h.Value.Share!), quorum, TweakContext.Init(bip340.GroupKey).ApplyTaproot([]), message), holdings.Values);
        }
        if (wallet.Ed25519 is { } ed25519)
        {
            var holdings = Open<Ed25519>(KeyId.Of(ed25519));
            Each(quorum => FrostRuns.Sign(FrostSuite.Ed25519, 3, holdings.ToDictionary(h => h.Key, h => h.Value.Share!), quorum, message), holdings.Values);
        }
    }

    Dictionary<PartyId, KeyHolding<C>> Open<C>(Policies.Digest key) where C : struct, ICurve<C> =>
        vaults.ToDictionary(v => new PartyId(v.Key), v => v.Value.OpenKey<C>(key));

    void Each(Func<PartySet, Simulation> sign, IEnumerable<IDisposable> holdings)
    {
        foreach (var first in vaults.Keys)
        {
            foreach (var second in vaults.Keys.Where(second => second > first))
            {
                var quorum = new PartySet([new(first), new(second)]);
                using var simulation = sign(quorum).Run();
                foreach (var party in quorum)
                {
                    Assert.True(simulation.AbortOf(party) is null, $"{quorum}: {simulation.AbortOf(party)}");
                    Assert.False(simulation.Sessions[party].IsRunning, $"{quorum}: no signature");
                }
            }
        }
        foreach (var holding in holdings)
            holding.Dispose();
    }

    public void Dispose()
    {
        foreach (var vault in vaults.Values)
            vault.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
