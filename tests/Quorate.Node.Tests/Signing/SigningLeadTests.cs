using System.Diagnostics;
using Quorate.Chains;
using Quorate.Node.Gate;
using Quorate.Node.Signing;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Tests.Signing;

/// <summary>A request goes to one node, which leads it to its signatures, whoever refuses, fails or dies on the way.</summary>
public sealed class SigningLeadTests
{
    static SigningReport.Signed Signed(SigningReport report)
    {
        var signed = report as SigningReport.Signed;
        Assert.True(signed is not null, report is SigningReport.Failed failed ? $"{failed.Reason}: {string.Join("; ", failed.Attempts)}" : $"{report}");
        return signed;
    }

    static SigningReport.Failed Failed(SigningReport report) => Assert.IsType<SigningReport.Failed>(report);

    static void RequireValid(Fleet fleet, SigningRequest request, InputSignature signature)
    {
        var context = fleet.Acme.ContextAt(Deployment.Path);
        var signed = Deployment.Ethereum.Assemble(request.Payload.Bytes, context, [signature]);
        Assert.True(Deployment.Ethereum.Decode(signed, context).IsFullyUnderstood);
    }

    [Fact]
    public async Task Whoever_is_asked_leads_a_quorum_to_a_signature()
    {
        await using var fleet = await Fleet.StartAsync();
        for (var lead = 1; lead <= 3; lead++)
        {
            var request = fleet.Acme.Request($"req_{lead}", (ulong)lead);
            var report = Signed(await fleet.LeadAsync(lead, request));
            RequireValid(fleet, request, Assert.Single(report.Signatures));
            var attempt = Assert.Single(report.Attempts);
            Assert.Null(attempt.Fault);
            Assert.Equal(2, attempt.Quorum.Count);
            Assert.Contains(new PartyId(lead), attempt.Quorum);
            foreach (var party in attempt.Quorum)
                await UntilAsync(async () => (await fleet.Nodes[party].Gate.ReadAsync(request.Intent, default)).State.Signatures.Count == 1);
        }
    }

    [Fact]
    public async Task A_replacement_within_the_approved_fee_is_signed_also_by_nodes_that_have_not_seen_the_original()
    {
        await using var fleet = await Fleet.StartAsync();
        var request = fleet.Acme.Request();
        var first = Signed(await fleet.LeadAsync(1, request)).Attempts[^1].Quorum;
        var other = Fleet.Everybody.Except(first).Single();
        var better = fleet.Acme.Replacing(request, Deployment.Payment(Deployment.Ether / 2, gwei: 60), "faster");
        RequireValid(fleet, better, Assert.Single(Signed(await fleet.LeadAsync(other.Value, better)).Signatures));
        var dearer = fleet.Acme.Replacing(request, Deployment.Payment(Deployment.Ether / 2, gwei: 600), "too_dear");
        Assert.Equal(Refusal.NotAReplacement, Assert.IsType<SigningReport.Refused>(await fleet.LeadAsync(1, dearer)).Ruling.Reason);
    }

    [Fact]
    public async Task What_has_been_signed_is_given_out_again_and_not_signed_again()
    {
        await using var fleet = await Fleet.StartAsync();
        var request = fleet.Acme.Request();
        var first = Signed(await fleet.LeadAsync(1, request)).Signatures[0];
        var again = Signed(await fleet.LeadAsync(1, request));
        Assert.Empty(again.Attempts);
        var second = Assert.Single(again.Signatures);
        Assert.Equal(
            (Convert.ToHexString(first.Signature.Span), Convert.ToHexString(first.PublicKey.Span), first.RecoveryId),
            (Convert.ToHexString(second.Signature.Span), Convert.ToHexString(second.PublicKey.Span), second.RecoveryId));
        Assert.Equal(1, (await fleet[1].Gate.ReadAsync(request.Intent, default)).State.Sessions);
    }

    [Fact]
    public async Task Two_askers_of_one_request_get_one_run()
    {
        await using var fleet = await Fleet.StartAsync();
        var request = fleet.Acme.Request();
        var reports = await Task.WhenAll(fleet.LeadAsync(1, request), fleet.LeadAsync(1, request));
        Assert.Same(reports[0], reports[1]);
        Assert.Equal(1, (await fleet[1].Gate.ReadAsync(request.Intent, default)).State.Sessions);
    }

    [Fact]
    public async Task Requests_beside_each_other_are_all_signed()
    {
        await using var fleet = await Fleet.StartAsync();
        var requests = Enumerable.Range(1, 8).Select(i => fleet.Acme.Request($"req_{i}", (ulong)i)).ToArray();
        var reports = await Task.WhenAll(requests.Select((request, i) => fleet.LeadAsync(1 + i % 3, request)));
        for (var i = 0; i < requests.Length; i++)
            RequireValid(fleet, requests[i], Signed(reports[i]).Signatures[0]);
    }

    [Fact]
    public async Task A_request_that_the_node_itself_refuses_goes_to_nobody()
    {
        await using var fleet = await Fleet.StartAsync();
        var payment = Deployment.Payment(Deployment.Ether / 2, Deployment.Stranger);
        var report = await fleet.LeadAsync(1, fleet.Acme.Request(payment, fleet.Acme.IntentOf(payment), "alice"));
        Assert.Equal(Refusal.Denied, Assert.IsType<SigningReport.Refused>(report).Ruling.Reason);
        Assert.Equal(0, fleet.Network.Sent);
    }

    [Fact]
    public async Task A_peer_that_refuses_is_no_failure_and_another_signs()
    {
        await using var fleet = await Fleet.StartAsync();
        await fleet[2].Governance.FreezeByOperatorAsync("treasury", "an alarm", default);
        for (var i = 1; i <= 4; i++)
        {
            var report = Signed(await fleet.LeadAsync(1, fleet.Acme.Request($"req_{i}", (ulong)i)));
            Assert.Equal(2, report.Attempts.Length);
            Assert.Contains("Frozen", report.Attempts[0].Declined[new(2)], StringComparison.Ordinal);
            Assert.Equal(new PartySet([new(1), new(3)]), report.Attempts[1].Quorum);
            Assert.Equal(CircuitState.Closed, fleet[1].Health.Look(fleet.Acme.Id("node-2")).State);
        }
        await fleet[3].Governance.FreezeByOperatorAsync("treasury", "an alarm", default);
        var failed = Failed(await fleet.LeadAsync(1, fleet.Acme.Request("req_5", 5)));
        Assert.Equal(2, failed.Attempts.Count(a => a.Declined.Values.Any(d => d.Contains("Frozen", StringComparison.Ordinal))));
        Assert.Contains("P2, P3", failed.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_quorum_signs_where_a_node_is_dead_and_its_breaker_opens()
    {
        await using var fleet = await Fleet.StartAsync(limits: Fleet.Hurried with { OfferPatience = TimeSpan.FromMilliseconds(500) });
        await fleet.StopAsync(new(2));
        var reports = await Task.WhenAll(Enumerable.Range(1, CircuitBreaker.FailuresInARow).Select(i => fleet.LeadAsync(1, fleet.Acme.Request($"req_{i}", (ulong)i))));
        foreach (var report in reports.Select(Signed))
        {
            Assert.Equal(new PartyId(2), Assert.Single(report.Attempts[0].Culprits));
            Assert.Equal(new PartySet([new(1), new(3)]), report.Attempts[^1].Quorum);
        }
        Assert.Equal(CircuitState.Open, fleet[1].Health.Look(fleet.Acme.Id("node-2")).State);
        // From here on nobody waits for it.
        Assert.Single(Signed(await fleet.LeadAsync(1, fleet.Acme.Request("req_9", 9))).Attempts);
    }

    [Fact]
    public async Task Without_a_quorum_it_says_who_is_missing()
    {
        await using var fleet = await Fleet.StartAsync(limits: Fleet.Hurried with { OfferPatience = TimeSpan.FromMilliseconds(300), MaxAttempts = 3 });
        await fleet.StopAsync(new(2));
        await fleet.StopAsync(new(3));
        var request = fleet.Acme.Request();
        var failed = Failed(await fleet.LeadAsync(1, request));
        Assert.Equal([new PartyId(2), new PartyId(3)], failed.Attempts.SelectMany(a => a.Culprits).Distinct().Order());
        // No share was lent for it, and when somebody is back it is signed.
        Assert.Equal(0, (await fleet[1].Gate.ReadAsync(request.Intent, default)).State.Sessions);
        await fleet.StartAsync(new(3));
        Signed(await fleet.LeadAsync(1, request));
    }

    [Fact]
    public async Task Three_of_five_sign_and_two_may_be_dead()
    {
        await using var fleet = await Fleet.StartAsync(limits: Fleet.Hurried with { OfferPatience = TimeSpan.FromSeconds(1) }, nodes: 5, threshold: 3);
        await fleet.StopAsync(new(2));
        await fleet.StopAsync(new(4));
        var request = fleet.Acme.Request();
        var report = Signed(await fleet.LeadAsync(1, request));
        RequireValid(fleet, request, report.Signatures[0]);
        Assert.Equal(new PartySet([new(1), new(3), new(5)]), report.Attempts[^1].Quorum);
    }

    static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var begun = Stopwatch.StartNew(); !await holds(); await Task.Delay(10))
            Assert.True(begun.Elapsed < TimeSpan.FromSeconds(20), "it does not come about");
    }
}
