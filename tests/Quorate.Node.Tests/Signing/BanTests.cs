using Quorate.Cryptography.Curves;
using Quorate.Node.Signing;
using Quorate.Node.Vault;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Tests.Signing;

/// <summary>A peer that fails a check over transfers is never asked again for that key, by whoever knows it, after any restart.</summary>
public sealed class BanTests
{
    static readonly PartySet honest = new([new(1), new(3)]);

    [Fact]
    public async Task Who_fails_a_transfer_check_is_not_asked_again_after_a_restart_either()
    {
        await using var fleet = await Fleet.StartAsync(limits: Fleet.Hurried);
        CheatOnTransfersWith(fleet[2].Vault, new(1), fleet.Acme.Wallet.Ecdsa!);

        var first = fleet.Acme.Request("req_1", 1);
        var report = Assert.IsType<SigningReport.Signed>(await fleet.LeadAsync(1, first));
        Assert.Contains(nameof(Fault.FailedTransferCheck), report.Attempts[0].Fault, StringComparison.Ordinal);
        Assert.Equal(new PartyId(2), Assert.Single(report.Attempts[0].Culprits));
        Assert.Equal(honest, report.Attempts[^1].Quorum);
        var key = Dkls23KeyShare.IdOf(fleet.Acme.Wallet.Ecdsa!);
        Assert.Equal([(new(key), new(2))], fleet[1].Vault.Banned);

        for (var restarts = 0; restarts < 2; restarts++)
        {
            await fleet.StopAsync(new(1));
            await fleet.StartAsync(new(1));
            // No breaker knows of it any more, and still nobody tries.
            Assert.Equal(CircuitState.Closed, fleet[1].Health.Look(fleet.Acme.Id("node-2")).State);
            report = Assert.IsType<SigningReport.Signed>(await fleet.LeadAsync(1, fleet.Acme.Request($"req_again_{restarts}", (ulong)restarts + 2)));
            Assert.Equal(honest, Assert.Single(report.Attempts).Quorum);
        }

        // The banned one leads: it is told, and finds a quorum without the pair.
        report = Assert.IsType<SigningReport.Signed>(await fleet.LeadAsync(2, fleet.Acme.Request("req_led", 9)));
        Assert.Equal("Banned: P2", Assert.Single(report.Attempts[0].Declined).Value);
        Assert.Equal(new PartySet([new(2), new(3)]), report.Attempts[^1].Quorum);

        // And where there is no other, nothing is signed.
        await fleet.StopAsync(new(3));
        var failed = Assert.IsType<SigningReport.Failed>(await fleet.LeadAsync(1, fleet.Acme.Request("req_none", 10)));
        Assert.Contains("banned pairs: P1 and P2", failed.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(failed.Attempts, attempt => attempt.Quorum.Contains(new(2)));
    }

    [Fact]
    public async Task A_ban_is_for_the_key_and_not_for_the_others()
    {
        await using var fleet = await Fleet.StartAsync(limits: Fleet.Hurried);
        fleet[1].Vault.Bans.Ban(Dkls23KeyShare.IdOf(fleet.Acme.Wallet.Ecdsa!), new(2));
        fleet[1].Vault.Bans.Ban(new byte[32], new(3));
        var report = Assert.IsType<SigningReport.Signed>(await fleet.LeadAsync(1, fleet.Acme.Request()));
        Assert.Equal(honest, Assert.Single(report.Attempts).Quorum);
        // Who has banned nobody is told by who has.
        report = Assert.IsType<SigningReport.Signed>(await fleet.LeadAsync(3, fleet.Acme.Request("req_2", 2)));
        Assert.Contains(new PartyId(3), Assert.Single(report.Attempts).Quorum);
    }

    /// <summary>The node's pads for one peer are others from now on, so that its transfers do not fit that peer's.</summary>
    static void CheatOnTransfersWith(NodeVault vault, PartyId peer, Threshold.Sharing.PublicKeyPackage<Secp256k1> package)
    {
        using var holding = vault.OpenDkls23(KeyId.Of(package));
        using var writer = new WireWriter();
        holding.Write(writer);
        var bytes = writer.Written.ToArray();
        // id of the set-ups, number of pairs, and of every pair: the peer, Δ and 128 pads of 16 bytes, then both pads of 128.
        var pairs = bytes.AsSpan(bytes.AsSpan().IndexOf(holding.Share!.SetupId) + holding.Share.SetupId.Length + 2);
        Assert.Equal(peer.Value, pairs[1]);
        foreach (ref var pad in pairs.Slice(2 + 16 + 2_048, 4_096))
            pad ^= 0x55;
        var reader = new WireReader(bytes);
        using var cheating = Dkls23KeyHolding.Read(ref reader);
        vault.Put(cheating);
    }
}
