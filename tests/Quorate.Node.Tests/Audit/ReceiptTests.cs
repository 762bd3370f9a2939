using System.Text;
using System.Text.Json.Nodes;
using Quorate.Node.Audit;
using Quorate.Node.Gate;
using Quorate.Node.Governance;
using Quorate.Node.Signing;
using Quorate.Node.Tests.Signing;
using Quorate.Policies;

namespace Quorate.Node.Tests.Audit;

/// <summary>A receipt tells the truth about what three nodes have done, and nothing in it can be changed without that showing.</summary>
public sealed class ReceiptTests
{
    static DecisionStatements Statements(Fleet fleet, int node) => new(fleet[node].Journal, fleet.Acme.Key($"node-{node}"), fleet.Clock);

    /// <summary>As a server gathers it.</summary>
    static async Task<Receipt> GatherAsync(Fleet fleet, SigningRequest request, SigningReport report, params ApprovedAct[] acts)
    {
        var signed = Assert.IsType<SigningReport.Signed>(report);
        var decisions = new List<SignedDecision>();
        foreach (var party in signed.Attempts[^1].Quorum)
        {
            SignedDecision? decision;
            // The peer's record of the session's end comes a moment after the lead's.
            while ((decision = await Statements(fleet, party.Value).OnAsync(request.Intent.RequestId, default))?.Open() is not { Signed.Length: > 0 })
                await Task.Delay(5);
            decisions.Add(decision);
        }
        return new()
        {
            Deployment = fleet.Acme.Genesis.Hash,
            Acts = [.. acts.Select(a => new ReceiptAct(a.Act, a.Approvals))],
            Signed = ToReceipt(request.Intent, request.Payload),
            Approved = request.Original is { } original ? ToReceipt(original.Intent, original.Payload) : null,
            Approvals = request.Approvals,
            Decisions = [.. decisions],
            Signatures = [.. signed.Signatures.Select(s => new ReceiptSignature(s.Index, s.Signature))],
        };
    }

    static ReceiptRequest ToReceipt(Intent intent, SigningPayload payload) => new(intent, payload.Kind.ToString(), payload.Bytes);

    static ReceiptReport Verify(Fleet fleet, Receipt receipt) =>
        ReceiptVerification.Verify(Receipt.Parse(receipt.Write()), fleet.Acme.Genesis, Deployment.Judges);

    static void RequireTrue(ReceiptReport report) => Assert.True(report.IsTrue, string.Join('\n', report.Problems));

    [Fact]
    public async Task What_was_signed_by_two_of_three_is_checked_with_the_genesis_document_alone()
    {
        await using var fleet = await Fleet.StartAsync();
        var payment = Deployment.Payment(Deployment.Ether * 2);
        var request = fleet.Acme.Request(payment, fleet.Acme.IntentOf(payment), "alice", "bob");
        var receipt = await GatherAsync(fleet, request, await fleet.LeadAsync(1, request));
        var report = Verify(fleet, receipt);
        RequireTrue(report);
        Assert.Equal((string[])["alice", "bob"], report.Approvers.AsEnumerable());
        Assert.Equal(2, report.Nodes.Length);
        Assert.Contains("one-treasurer", report.Trace, StringComparison.Ordinal);
        Assert.Contains(report.Effects!.Items, e => e is Chains.Effect.Transfer { Amount: var amount } && amount == Deployment.Ether * 2);
        Assert.True(Deployment.Ethereum.Decode(report.Transaction!.Value, fleet.Acme.ContextAt(Deployment.Path)).IsFullyUnderstood);
    }

    [Fact]
    public async Task A_replacement_is_shown_with_what_was_approved()
    {
        await using var fleet = await Fleet.StartAsync();
        var replaced = fleet.Acme.Replacing(fleet.Acme.Request(), Deployment.Payment(Deployment.Ether / 2, gwei: 60), "faster");
        var receipt = await GatherAsync(fleet, replaced, await fleet.LeadAsync(2, replaced));
        RequireTrue(Verify(fleet, receipt));
        Assert.Contains("NotAReplacement", Problem(fleet, receipt with { Approved = null }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Acts_since_the_genesis_document_and_keys_that_were_reshared_are_followed()
    {
        await using var fleet = await Fleet.StartAsync();
        var act = fleet.Acme.Act(fleet.Acme.State, new() { ["policy"] = Deployment.PolicyJson("second") }, ["alice", "carol"]);
        for (var node = 1; node <= 3; node++)
            Assert.Null(await fleet[node].Governance.TakeAsync([act], default));
        var request = fleet.Acme.Request();
        var receipt = await GatherAsync(fleet, request, await fleet.LeadAsync(1, request), act);
        RequireTrue(Verify(fleet, receipt));
        Assert.Contains("had taken 1 acts", Problem(fleet, receipt with { Acts = [] }), StringComparison.Ordinal);
        var alone = receipt.Acts[0] with { Approvals = [receipt.Acts[0].Approvals[0]] };
        Assert.Contains("it takes 2", Problem(fleet, receipt with { Acts = [alone] }), StringComparison.Ordinal);
    }

    static string Problem(Fleet fleet, Receipt receipt)
    {
        var report = Verify(fleet, receipt);
        Assert.False(report.IsTrue);
        return report.Problems[0];
    }

    [Fact]
    public async Task Nothing_in_it_can_be_changed()
    {
        await using var fleet = await Fleet.StartAsync();
        var request = fleet.Acme.Request();
        var receipt = await GatherAsync(fleet, request, await fleet.LeadAsync(1, request));
        RequireTrue(Verify(fleet, receipt));

        var (second, other) = (fleet.Acme.Request("req_2", nonce: 1), Deployment.Payment(Deployment.Ether));
        Assert.Contains("on something else", Problem(fleet, receipt with { Signed = ToReceipt(second.Intent, second.Payload), Approvals = second.Approvals }), StringComparison.Ordinal);
        Assert.Contains("NotBound", Problem(fleet, receipt with { Signed = receipt.Signed with { Payload = other } }), StringComparison.Ordinal);
        Assert.Contains("NeedsApprovals", Problem(fleet, receipt with { Approvals = [] }), StringComparison.Ordinal);
        Assert.Contains("signatures", Problem(fleet, receipt with { Signatures = [] }), StringComparison.Ordinal);
        var flipped = receipt.Signatures[0].Signature.ToArray();
        flipped[40] ^= 1;
        Assert.Contains("signatures", Problem(fleet, receipt with { Signatures = [receipt.Signatures[0] with { Signature = flipped }] }), StringComparison.Ordinal);
        Assert.Contains("is of the deployment", Problem(fleet, receipt with { Deployment = request.Intent.Hash }), StringComparison.Ordinal);

        // One node's word is not a quorum's, twice is not two, and nobody's is none.
        Assert.Contains("a signature takes 2", Problem(fleet, receipt with { Decisions = [receipt.Decisions[0]] }), StringComparison.Ordinal);
        Assert.Contains("two decisions", Problem(fleet, receipt with { Decisions = [receipt.Decisions[0], receipt.Decisions[0]] }), StringComparison.Ordinal);
        Assert.Contains("no decision", Problem(fleet, receipt with { Decisions = [] }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_decision_is_its_nodes_and_on_one_intent()
    {
        await using var fleet = await Fleet.StartAsync();
        var request = fleet.Acme.Request();
        var receipt = await GatherAsync(fleet, request, await fleet.LeadAsync(1, request));
        var honest = receipt.Decisions[0].Open()!;
        SignedDecision By(string who, NodeDecision decision) => (decision with { Node = fleet.Acme.Id(who) }).Sign(fleet.Acme.Key(who));
        Receipt With(SignedDecision decision) => receipt with { Decisions = [decision, receipt.Decisions[1]] };

        Assert.Contains("none of the deployment", Problem(fleet, With(By("stranger-node", honest))), StringComparison.Ordinal);
        Assert.Contains("does not verify", Problem(fleet, With(honest.Sign(fleet.Acme.Key("mallory")))), StringComparison.Ordinal);
        foreach (var (wrong, problem) in new (NodeDecision, string)[]
        {
            (honest with { Request = "req_7" }, "something else"), (honest with { Policy = request.Intent.Hash }, "was not in force"), (honest with { Acts = 4 }, "4 acts"),
            (honest with { Sessions = 0 }, "no session"), (honest with { Keys = honest.Keys.Clear() }, "no keys"), (honest with { DecidedAt = honest.DecidedAt + 7200 }, "Expired"),
            (honest with { Keys = honest.Keys.Remove("ecdsa") }, "no key for EcdsaSecp256k1"),
        })
            Assert.Contains(problem, string.Join('\n', Verify(fleet, With(By("node-1", wrong))).Problems), StringComparison.Ordinal);

        // Every byte of a document is signed.
        var document = Encoding.UTF8.GetString(receipt.Decisions[0].Document.Span);
        var later = JsonNode.Parse(document)!.AsObject();
        later["sessions"] = 9;
        Assert.Null(new SignedDecision(Encoding.UTF8.GetBytes(later.ToJsonString()), receipt.Decisions[0].Signature).Open());
        Assert.Throws<DocumentException>(() => NodeDecision.Parse(Encoding.UTF8.GetBytes(document.Replace(":", ": ", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task A_node_says_nothing_of_what_it_has_not_allowed()
    {
        await using var fleet = await Fleet.StartAsync();
        Assert.Null(await Statements(fleet, 1).OnAsync("req_1", default));
        await fleet.LeadAsync(1, fleet.Acme.Request() with { Approvals = [] });
        Assert.Null(await Statements(fleet, 1).OnAsync("req_1", default));
    }

    [Theory]
    [InlineData("quorateReceipt", "2")]
    [InlineData("deployment", "\"ab\"")]
    [InlineData("signatures", "[{\"index\":0,\"signature\":\"xx\"}]")]
    [InlineData("decisions", "[{}]")]
    [InlineData("more", "1")]
    public void What_is_no_receipt_is_refused_where_it_is_wrong(string member, string value)
    {
        var acme = new Deployment();
        var request = acme.Request();
        var receipt = JsonNode.Parse(new Receipt
        {
            Deployment = acme.Genesis.Hash, Acts = [], Signed = ToReceipt(request.Intent, request.Payload), Approvals = request.Approvals, Decisions = [],
            Signatures = [],
        }.Write())!.AsObject();
        receipt[member] = JsonNode.Parse(value);
        var problem = Assert.Throws<DocumentException>(() => Receipt.Parse(Encoding.UTF8.GetBytes(receipt.ToJsonString())));
        Assert.StartsWith("/" + member, problem.Pointer, StringComparison.Ordinal);
    }
}
