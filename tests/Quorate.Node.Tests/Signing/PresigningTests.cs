using System.Diagnostics;
using Quorate.Node.Gate;
using Quorate.Node.Letters;
using Quorate.Node.Signing;
using Quorate.Testing;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Tests.Signing;

/// <summary>Signatures that are prepared ahead: used once, for nothing that the gates have not permitted, and gone whenever in doubt.</summary>
public sealed class PresigningTests
{
    static readonly SigningLimits prepared = Fleet.Hurried with { Presigning = new() { Target = 3, MaxOfOneLead = 4 } };

    static StockKey KeyOf(Fleet fleet, int lead, PartySet quorum) => new("treasury", 0, quorum, fleet.Acme.Id($"node-{lead}"));

    static int Count(Fleet fleet, int node, PartySet quorum) => fleet[node].Signing.Presigner.Stock.Count(KeyOf(fleet, 1, quorum));

    static async Task<PartySet> SignAndFillAsync(Fleet fleet, string request, ulong nonce)
    {
        var report = Assert.IsType<SigningReport.Signed>(await fleet.LeadAsync(1, fleet.Acme.Request(request, nonce)));
        var quorum = report.Attempts[^1].Quorum;
        await UntilAsync(() => quorum.All(p => Count(fleet, p.Value, quorum) == prepared.Presigning.Target));
        return quorum;
    }

    static async Task UntilAsync(Func<bool> holds)
    {
        for (var begun = Stopwatch.StartNew(); !holds(); await Task.Delay(10))
            Assert.True(begun.Elapsed < TimeSpan.FromSeconds(20), "it does not come about");
    }

    [Fact]
    public async Task What_is_prepared_is_used_once_and_recorded_as_used()
    {
        await using var fleet = await Fleet.StartAsync(limits: prepared, nodes: 2);
        var quorum = await SignAndFillAsync(fleet, "req_1", 1);
        var ids = fleet[1].Signing.Presigner.Stock.Ids(KeyOf(fleet, 1, quorum));
        var request = fleet.Acme.Request("req_2", 2);
        var report = Assert.IsType<SigningReport.Signed>(await fleet.LeadAsync(1, request));
        Assert.Null(Assert.Single(report.Attempts).Fault);
        Deployment.Ethereum.Assemble(request.Payload.Bytes, fleet.Acme.ContextAt(Deployment.Path), [report.Signatures[0]]);
        await UntilAsync(() => quorum.All(p => Count(fleet, p.Value, quorum) == prepared.Presigning.Target));
        var left = fleet[1].Signing.Presigner.Stock.Ids(KeyOf(fleet, 1, quorum));
        var used = Assert.Single(ids.Except(left));
        foreach (var party in quorum)
        {
            await UntilAsync(() => !fleet.Nodes[party].Signing.Presigner.Stock.Ids(KeyOf(fleet, 1, quorum)).Contains(used));
            Assert.False(await fleet.Nodes[party].Vault.TrySpendAsync(used.ToArray()));
        }
    }

    [Fact]
    public async Task A_peer_that_has_lost_them_is_asked_again_without()
    {
        await using var fleet = await Fleet.StartAsync(limits: prepared, nodes: 2);
        var quorum = await SignAndFillAsync(fleet, "req_1", 1);
        await fleet.StopAsync(new(2));
        await fleet.StartAsync(new(2));
        Assert.Equal(0, Count(fleet, 2, quorum));
        var report = Assert.IsType<SigningReport.Signed>(await fleet.LeadAsync(1, fleet.Acme.Request("req_2", 2)));
        Assert.Equal(nameof(SigningAnswer.NoPresignature), report.Attempts[0].Declined[new(2)]);
        Assert.Null(report.Attempts[^1].Fault);
        Assert.Equal(CircuitState.Closed, fleet[1].Health.Look(fleet.Acme.Id("node-2")).State);
    }

    [Fact]
    public async Task A_freeze_and_a_ban_wipe_what_is_prepared_and_nothing_more_is()
    {
        await using var fleet = await Fleet.StartAsync(limits: prepared);
        var quorum = await SignAndFillAsync(fleet, "req_1", 1);
        var peer = quorum.Except(new(1)).Single();
        fleet.Nodes[peer].Vault.Bans.Ban(Dkls23KeyShare.IdOf(fleet.Acme.Wallet.Ecdsa!), new(1));
        fleet.Nodes[peer].Signing.Presigner.Tidy();
        Assert.Equal(0, Count(fleet, peer.Value, quorum));
        Assert.Equal("Banned: P1", (await OfferAsync(fleet, 1, peer, quorum)).ToString());

        await fleet[1].Governance.FreezeByOperatorAsync("treasury", "an alarm", default);
        fleet[1].Signing.Presigner.Tidy();
        Assert.Equal(0, Count(fleet, 1, quorum));
        var other = new PartySet([new(1), new(3)]);
        Assert.Equal(Refusal.Frozen, Assert.IsType<SigningAnswer.Refused>(await OfferAsync(fleet, 3, new(1), other)).Reason);
    }

    [Fact]
    public async Task A_lead_can_make_a_peer_hold_so_much_and_no_more()
    {
        await using var fleet = await Fleet.StartAsync(limits: prepared);
        var quorum = await SignAndFillAsync(fleet, "req_1", 1);
        var peer = quorum.Except(new(1)).Single();
        // One place is left; sessions that nobody else joins hold it until their deadline.
        var stock = fleet.Nodes[peer].Signing.Presigner.Stock;
        Assert.Equal(prepared.Presigning.Target, stock.CountOf(fleet.Acme.Id("node-1")));
        for (var i = 0; i < prepared.Presigning.MaxAtATime; i++)
            Assert.IsType<SigningAnswer.Joining>(await OfferAsync(fleet, 1, peer, quorum));
        Assert.IsType<SigningAnswer.Busy>(await OfferAsync(fleet, 1, peer, quorum));
        // Of another wallet, epoch or quorum it prepares nothing.
        Assert.IsType<SigningAnswer.Refused>(await OfferAsync(fleet, 1, peer, quorum, wallet: "savings"));
        Assert.IsType<SigningAnswer.Refused>(await OfferAsync(fleet, 1, peer, quorum, epoch: 1));
        Assert.IsType<SigningAnswer.Unable>(await OfferAsync(fleet, 1, peer, Fleet.Everybody));
    }

    [Fact]
    public async Task What_is_too_old_is_not_used()
    {
        var time = new ManualTime();
        var limits = new PresigningLimits { Target = 3 };
        using var stock = new PresignatureStock(limits, time);
        var parties = PartySet.Range(2);
        var made = Dkls23Runs.Presignatures(1, Dkls23Runs.Key(11, 2, parties), parties)[new(1)];
        var key = new StockKey("treasury", 0, parties, new Deployment().Id("node-1"));
        stock.Add(key, made);
        time.Advance(limits.MaxAge + TimeSpan.FromSeconds(1));
        Assert.Empty(stock.Take(key, 1));
        Assert.True(made.IsSpent);
        await Task.CompletedTask;
    }

    [Fact]
    public void No_mutation_surprises_the_reader_of_offers()
    {
        using var fuzzer = new Fuzzer(2);
        fuzzer.Run(FuzzTarget.Wire(PresigningOffer.Read, (offer, writer) => offer.Write(writer),
            new PresigningOffer(Fleet.Attempt(1), "treasury", 3, Fleet.Everybody).Encode()), 20_000);
    }

    static async Task<SigningAnswer> OfferAsync(Fleet fleet, int lead, PartyId peer, PartySet quorum, string wallet = "treasury", uint epoch = 0)
    {
        var attempt = new byte[32];
        Cryptography.Secrets.SystemRandom.Shared.Fill(attempt);
        var answer = await fleet[lead].Letters.AskAsync(
            fleet.Acme.Id($"node-{peer.Value}"), Topic.Presign, new PresigningOffer(attempt, wallet, epoch, quorum).Encode(), TimeSpan.FromSeconds(10), default);
        return SigningAnswer.Decode(answer!)!;
    }
}
