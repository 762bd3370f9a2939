using Quorate.Node.Ceremonies;
using Quorate.Policies;

namespace Quorate.Node.Tests.Ceremonies;

/// <summary>Nodes that deviate: who is named, and what none of them brings about.</summary>
public sealed class CheatingTests
{
    static readonly string[] schemes = ["ed25519"];

    [Fact]
    public async Task A_node_that_attests_other_keys_is_not_believed_and_nobody_keeps_any()
    {
        await using var fleet = await CeremonyFleet.StartAsync();
        var order = fleet.Create(schemes: schemes);
        var roster = CeremonyRoster.Of(order, fleet.Acme.Genesis, null)!;
        await fleet.HoldAsync(1, order);
        var certificate = CeremonyCertificate.Decode((await fleet[1].ReadAsync("make")).Certificate.Span);
        Assert.Null(roster.Check(certificate).Problem);

        // Each of these is one change to what everybody has signed.
        var claim = certificate.Claims[0];
        var otherOrder = CeremonyRoster.Of(fleet.Create("other", schemes: schemes), fleet.Acme.Genesis, null)!;
        Assert.NotNull(otherOrder.Check(certificate).Problem);
        Assert.NotNull(roster.Check(certificate with { Number = 2 }).Problem);
        Assert.NotNull(roster.Check(certificate with { Attestations = certificate.Attestations[1..] }).Problem);
        Assert.NotNull(roster.Check(certificate with { Attestations = [certificate.Attestations[0], .. certificate.Attestations[..2]] }).Problem);
        Assert.NotNull(roster.Check(certificate with { Claims = [claim with { SetupId = new byte[32] }] }).Problem);
        Assert.NotNull(roster.Check(certificate with { Claims = [claim, claim] }).Problem);
        var forged = certificate.Attestations[2].Signature.ToArray();
        forged[7] ^= 1;
        Assert.NotNull(roster.Check(certificate with { Attestations = [.. certificate.Attestations[..2], certificate.Attestations[2] with { Signature = forged }] }).Problem);
    }

    [Fact]
    public async Task What_all_have_signed_is_refused_where_it_is_not_what_the_order_says()
    {
        await using var fleet = await CeremonyFleet.StartAsync();
        await fleet.HoldAsync(1, fleet.Create(schemes: schemes));
        var certificate = CeremonyCertificate.Decode((await fleet[1].ReadAsync("make")).Certificate.Span);
        // All three nodes sign the same keys for an order with another threshold, another kind of key, fewer nodes.
        foreach (var order in (CeremonyOrder[])
            [fleet.Create("a", threshold: 3, schemes: schemes), fleet.Create("b", schemes: ["bip340"]), fleet.Create("c", schemes: ["bip340", "ed25519"]), fleet.Create("d", nodes: [1, 2], schemes: schemes)])
        {
            var roster = CeremonyRoster.Of(order, fleet.Acme.Genesis, null)!;
            var signed = certificate with
            {
                Attestations = [.. roster.Attesters.Select(p => Attestation.Make(order.Hash, 1, certificate.Claims, p, [], fleet.Acme.Key($"node-{p.Value}")))],
            };
            Assert.NotNull(roster.Check(signed).Problem);
        }
    }

    [Fact]
    public async Task A_node_that_cheats_in_a_session_is_named_in_every_honest_journal()
    {
        // Whoever has shown it himself is not asked again, however often the lead would try.
        var tries = 0;
        await using var fleet = await CeremonyFleet.StartAsync(options: CeremonyFleet.Once with
        {
            Again = (failed, attempts) =>
            {
                tries = attempts;
                return new CeremonyOptions().Again(failed, attempts);
            },
        });
        await fleet.StopAsync(3);
        await using var cheat = new CheatingNode(fleet, 3);
        var failed = Assert.IsType<CeremonyResult.Failed>(await fleet.LeadAsync(1, fleet.Create(nodes: [1, 2, 3], schemes: schemes))).Attempt;
        Assert.Equal((true, 1), (failed.IsProven, tries));
        Assert.Equal(["node-3"], failed.Culprits);
        foreach (var party in (int[])[1, 2])
        {
            var state = await fleet[party].ReadAsync("make");
            Assert.Equal("node-3", Assert.Single(state.Culprits));
            Assert.True(state.IsFaultProven);
            Assert.Contains("InvalidProof", state.LastFault, StringComparison.Ordinal);
            Assert.Empty(fleet[party].Vault.Keys);
        }
    }
}
