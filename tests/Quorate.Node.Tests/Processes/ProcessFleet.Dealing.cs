using Quorate.Cryptography.Curves;
using Quorate.Journal;
using Quorate.Testing;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Node.Tests.Processes;

/// <summary>
/// Fleets whose keys are dealt: they start sooner, and a test that is one of the nodes itself knows its shares.
/// </summary>
sealed partial class ProcessFleet
{
    internal static readonly PartySet Everybody = PartySet.Range(3);

    static readonly SortedDictionary<PartyId, Dkls23KeyShare> ecdsa = new(Dkls23Runs.Key(11, 2, Everybody).ToDictionary(e => e.Key, e => e.Value));
    static readonly SortedDictionary<PartyId, KeyShare<Secp256k1>> bip340 = new(Bip340Runs.Deal(12, 2, 3).ToDictionary(e => e.Key, e => e.Value));
    static readonly SortedDictionary<PartyId, KeyShare<Ed25519>> ed25519 = new(FrostRuns.Key(FrostSuite.Ed25519, 13, 2, Everybody).ToDictionary(e => e.Key, e => e.Value));

    /// <summary>Three nodes with a wallet that was dealt to them.</summary>
    internal static Task<ProcessFleet> StartAsync(FleetSettings settings)
    {
        var fleet = new ProcessFleet(settings, Everybody.Count, new("treasury", ecdsa[new(1)].Package, bip340[new(1)].Package, ed25519[new(1)].Package));
        return fleet.LaunchAllAsync(fleet.DealAsync);
    }

    /// <summary>A node's share of the wallet's ECDSA key; it stays the fleets'.</summary>
    internal static Dkls23KeyShare EcdsaOf(PartyId party) => ecdsa[party];

    /// <summary>A node's share of the wallet's Ed25519 key; it stays the fleets'.</summary>
    internal static KeyShare<Ed25519> Ed25519Of(PartyId party) => ed25519[party];

    async Task DealAsync(PartyId party)
    {
        await using var store = await NodeStore.OpenAsync(OptionsOf(party.Value), default);
        lock (ecdsa)
        {
            // The shares stay this process's, for the next fleet.
            store.Vault.Put(new Dkls23KeyHolding(ecdsa[party]));
            store.Vault.Put(new KeyHolding<Secp256k1>(bip340[party]));
            store.Vault.Put(new KeyHolding<Ed25519>(ed25519[party]));
        }
        using var turn = await store.Journal.TakeTurnAsync(default);
        var keyed = (NodeEvent.WalletKeyed)Deployment.Keyed(Acme.Wallet);
        await turn.AppendAsync(NodeJournal.NodeStream, EventStore.AnyVersion, keyed with { At = DateTimeOffset.UtcNow.ToUnixTimeSeconds() }, default);
    }
}
