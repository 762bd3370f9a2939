using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Signatures;
using Quorate.Journal;
using Quorate.Node.Breaker;
using Quorate.Node.Ceremonies;
using Quorate.Node.Tests.Vault;
using Quorate.Node.Vault;
using Quorate.Threshold.Sharing;

namespace Quorate.Node.Tests.Ceremonies;

/// <summary>The life of a wallet, by ceremonies alone.</summary>
public sealed class WalletTests
{
    [Fact]
    public async Task Three_nodes_make_a_wallet_of_all_kinds_and_every_two_sign()
    {
        await using var fleet = await CeremonyFleet.StartAsync();
        var order = fleet.Create();
        var done = await fleet.HoldAsync(2, order);
        Assert.Equal(["node-1", "node-2", "node-3"], done.Told);
        Assert.Equal(3, done.Keys.Count);
        foreach (var node in fleet.Nodes.Values)
        {
            Assert.Equal(done.Keys.Select(k => k.Id), KeyView.Of(node.Wallet()!).Select(k => k.Id));
            Assert.Equal(3, node.Vault.Keys.Count);
            Assert.Empty(node.Vault.PendingAttempts(order.Hash));
            Assert.Empty(node.Journal.State.Ceremonies);
            Assert.Equal(CeremonyState.Completed, (await node.ReadAsync("make")).Outcome);
            Assert.Empty(node.Vault.Verify());
        }
        await fleet.SignWithEveryQuorumAsync(2, 1, 2, 3);
    }

    [Fact]
    public async Task A_refresh_gives_every_key_new_shares_and_the_old_ones_are_gone()
    {
        await using var fleet = await CeremonyFleet.StartAsync();
        await fleet.HoldAsync(1, fleet.Create());
        var before = fleet[1].Wallet()!;
        var old = OldShares(fleet);
        await fleet.HoldAsync(3, fleet.Refresh());
        Assert.All(fleet.Nodes.Values, node => Assert.Equal(1u, node.Wallet()!.Epoch));
        Assert.Equal(KeyView.Of(before).Select(k => k.Id), KeyView.Of(fleet[2].Wallet()!).Select(k => k.Id));
        foreach (var (share, now) in old.Zip(OldShares(fleet)))
            Assert.NotEqual(share, now);
        Assert.All(fleet.Nodes.Values, node => Assert.Empty(node.Vault.Verify()));
        await fleet.SignWithEveryQuorumAsync(2, 1, 2, 3);
        // And again, from the epoch that is in force.
        await fleet.HoldAsync(2, fleet.Refresh("again", 1));
        await fleet.SignAsync(1, 3);
    }

    static List<Scalar<Ed25519>> OldShares(CeremonyFleet fleet) => [.. fleet.Nodes.Values.Select(node =>
    {
        using var holding = node.Vault.OpenKey<Ed25519>(KeyId.Of(node.Wallet()!.Ed25519!));
        return holding.Share!.SigningShare.Expose();
    })];

    [Fact]
    public async Task A_wallet_moves_to_five_nodes_and_back_to_others()
    {
        await using var fleet = await CeremonyFleet.StartAsync(5);
        await fleet.HoldAsync(1, fleet.Create(nodes: [1, 2, 3]));
        var larger = await fleet.HoldAsync(1, fleet.Reshare("larger", 0, 3, [1, 2, 3, 4, 5]));
        Assert.Equal(5, larger.Told.Count);
        await fleet.SignAsync(1, 2, 4);
        await fleet.SignAsync(3, 4, 5);

        var smaller = await fleet.HoldAsync(5, fleet.Reshare("smaller", 1, 2, [3, 4]));
        Assert.Equal(5, smaller.Told.Count);
        await fleet.SignAsync(3, 4);
        foreach (var left in (int[])[1, 2, 5])
        {
            Assert.Null(fleet[left].Wallet());
            Assert.Empty(fleet[left].Vault.Keys);
            Assert.Equal(3, fleet[left].Vault.Destroyed().Count(statement => statement.Verify()));
        }
    }

    [Fact]
    public async Task A_node_that_lost_its_vault_is_repaired_and_signs()
    {
        await using var fleet = await CeremonyFleet.StartAsync();
        await fleet.HoldAsync(1, fleet.Create());
        await fleet.LoseVaultAsync(2);
        Assert.Null(fleet[2].Wallet());
        var order = fleet.Repair("repair", 0, 2);
        await fleet.HoldAsync(3, order);
        Assert.NotNull(fleet[2].Wallet());
        // Shares of FROST sign at once; those for ECDSA have no set-ups before the next refresh.
        await fleet.HoldAsync(1, fleet.Refresh());
        await fleet.SignWithEveryQuorumAsync(2, 1, 2, 3);
    }

    [Fact]
    public async Task Who_has_given_cause_for_doubt_is_asked_to_help_after_the_others()
    {
        await using var fleet = await CeremonyFleet.StartAsync(4);
        await fleet.HoldAsync(1, fleet.Create(schemes: ["ed25519"]));
        using (var turn = await fleet[1].Journal.TakeTurnAsync(default))
            await turn.AppendAsync(NodeJournal.StreamOfCeremony("another"), EventStore.AnyVersion, new NodeEvent.ConductNoted(
                fleet.Clock.Now.ToUnixTimeSeconds(), "another", 1, [new(fleet.Acme.Id("node-2").ToString(), Conduct.ProvenFault, 1)]), default);
        await fleet.RestartAsync(1);
        await fleet.LoseVaultAsync(4);
        await fleet.HoldAsync(1, fleet.Repair("repair", 0, 4));
        Assert.Equal((0, 1), ((await fleet[2].ReadAsync("repair")).Joined, (await fleet[3].ReadAsync("repair")).Joined));
        await fleet.SignAsync(2, 4);
    }

    [Theory]
    [InlineData("ecdsa", 1)]
    [InlineData("bip340", 1)]
    [InlineData("ed25519", 4)]
    public async Task A_key_that_an_operator_brings_becomes_a_wallet(string scheme, int importer)
    {
        await using var fleet = await CeremonyFleet.StartAsync(4);
        byte[] secret = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
        using var ed25519 = new Ed25519Key(secret);
        Assert.True(Scalar<Secp256k1>.TryDecode(secret, out var scalar));
        var publicKey = scheme == "ed25519" ? ed25519.EncodedPublicKey.ToArray() : Point<Secp256k1>.MultiplyBase(scalar).Encode();
        var order = fleet.Order("bring", "importKey", new()
        {
            ["wallet"] = "vault", ["scheme"] = scheme, ["importer"] = $"node-{importer}", ["nodes"] = CeremonyFleet.Names(1, 2, 3), ["threshold"] = 2,
            ["publicKey"] = Convert.ToHexStringLower(publicKey), ["chainCode"] = new string('5', 64),
        });
        // Before it is there, nothing begins.
        Assert.IsType<CeremonyResult.Failed>(await fleet.LeadAsync(2, order));
        secret[5] ^= 1;
        Assert.NotNull(BroughtKey.Put(fleet[importer].Vault, fleet.Acme.Id($"node-{importer}"), fleet.Acme.Genesis, order, secret));
        secret[5] ^= 1;
        Assert.NotNull(BroughtKey.Put(fleet[3].Vault, fleet.Acme.Id("node-3"), fleet.Acme.Genesis, order, secret));
        Assert.Null(BroughtKey.Put(fleet[importer].Vault, fleet.Acme.Id($"node-{importer}"), fleet.Acme.Genesis, order, secret));

        await fleet.HoldAsync(2, order);
        Assert.All(KeyView.Of(fleet[1].Wallet()!), key => Assert.Equal(KeyOrigin.Imported, key.Origin));
        await fleet.SignWithEveryQuorumAsync(2, 1, 2, 3);
        Assert.All(fleet.Nodes.Values.SelectMany(node => node.Vault.Keys), key => Assert.Equal(2, key.Threshold));
        if (importer == 4)
            Assert.Single(fleet[4].Vault.Destroyed());
    }

    [Fact]
    public async Task Every_node_backs_itself_up_and_what_it_wrote_opens()
    {
        await using var fleet = await CeremonyFleet.StartAsync();
        await fleet.HoldAsync(1, fleet.Create(schemes: ["ed25519"]));
        await fleet.HoldAsync(1, fleet.Order("copy", "backup", new() { ["nodes"] = CeremonyFleet.Names(1, 2, 3) }));
        foreach (var party in (int[])[1, 2, 3])
        {
            Assert.Single(Backup.Verify(fleet.FileOf(party, "copy.backup"), VaultPlace.Kek()).Keys);
            var certificate = CeremonyCertificate.Decode((await fleet[party].ReadAsync("copy")).Certificate.Span);
            Assert.Equal(
                System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(fleet.FileOf(party, "copy.backup"))), certificate.Attestations[party - 1].Proofs[0]);
        }
    }

    [Fact]
    public async Task A_pending_share_is_in_no_backup()
    {
        await using var fleet = await CeremonyFleet.StartAsync(network: new());
        var order = fleet.Create(schemes: ["ed25519"]);
        // The second node stores its part, and is never heard of again.
        fleet.Probe(2, step => { if (step == "after store") throw new KilledException(); });
        Assert.IsType<CeremonyResult.Failed>(await fleet.LeadAsync(1, order));
        Assert.Single(fleet[1].Vault.PendingAttempts(order.Hash));
        Assert.Empty(fleet[1].Vault.Keys);
        Assert.Empty(fleet[1].Vault.Verify());
        var file = fleet.FileOf(1, "backup");
        using (var kek = VaultPlace.NewKek())
            Backup.Create(fleet[1].Vault, file, kek, Cryptography.Secrets.SystemRandom.Shared, fleet.Clock.Now);
        Assert.Empty(Backup.Verify(file, VaultPlace.Kek()).Keys);
    }
}
