using Quorate.Chains;
using Quorate.Node.Gate;
using Quorate.Node.Signing;
using Quorate.Node.Tests.Sessions;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Tests.Signing;

/// <summary>From a request to a signature through whole nodes, and what it takes to prevent one.</summary>
public sealed class SignerTests
{
    static readonly Quorate.Node.Sessions.SessionDeadlines deadlines = new() { Ready = TimeSpan.FromSeconds(2), Round = TimeSpan.FromSeconds(5) };

    static InputSignature Signature((Ruling Ruling, SigningOutcome? Outcome) answer) => Assert.IsType<SigningOutcome.Signed>(answer.Outcome).Signature;

    [Fact]
    public async Task Two_of_three_nodes_sign_what_each_of_them_has_permitted()
    {
        await using var fleet = await Fleet.StartAsync();
        var request = fleet.Acme.Request();
        var answers = await fleet.AskAllAsync(request, 1, 1, 3);
        var signature = Signature(answers[0]);
        Assert.Equal(signature.Signature.ToArray(), Signature(answers[1]).Signature.ToArray());

        // The adapter takes it, and whoever reads the chain finds the wallet's address.
        var context = fleet.Acme.ContextAt(Deployment.Path);
        var signed = Deployment.Ethereum.Assemble(request.Payload.Bytes, context, [signature]);
        Assert.True(Deployment.Ethereum.Decode(signed, context).IsFullyUnderstood);
        foreach (var party in (int[])[1, 3])
        {
            var (recorded, _) = await fleet.Nodes[new(party)].Gate.ReadAsync(request.Intent, default);
            Assert.Equal((1, true), (recorded.Sessions, recorded.Signatures[0].AsSpan().SequenceEqual(signature.Signature.Span)));
        }
        Assert.Equal(RequestState.Unknown, (await fleet.Nodes[new(2)].Gate.ReadAsync(request.Intent, default)).State);
    }

    [Fact]
    public async Task Requests_beside_each_other_are_all_signed()
    {
        await using var fleet = await Fleet.StartAsync();
        var runs = Enumerable.Range(1, 4).Select(i => fleet.AskAllAsync(fleet.Acme.Request($"req_{i}", (ulong)i), (byte)i, 1 + i % 2, 3)).ToArray();
        var signatures = (await Task.WhenAll(runs)).Select(answers => Convert.ToHexString(Signature(answers[0]).Signature.Span));
        Assert.Equal(4, signatures.Distinct().Count());
    }

    [Fact]
    public async Task A_retry_by_another_quorum_is_another_signature_of_the_same_digest()
    {
        await using var fleet = await Fleet.StartAsync();
        var request = fleet.Acme.Request();
        var first = Signature((await fleet.AskAllAsync(request, 1, 1, 2))[0]);
        var second = Signature((await fleet.AskAllAsync(request, 2, 2, 3))[0]);
        Assert.NotEqual(first.Signature.ToArray(), second.Signature.ToArray());
        var context = fleet.Acme.ContextAt(Deployment.Path);
        foreach (var signature in (InputSignature[])[first, second])
            Deployment.Ethereum.Assemble(request.Payload.Bytes, context, [signature]);
    }

    [Fact]
    public async Task A_node_that_refuses_lends_nothing_and_the_others_get_no_signature()
    {
        await using var fleet = await Fleet.StartAsync(deadlines: deadlines);
        await fleet.Nodes[new(3)].Governance.FreezeByOperatorAsync("treasury", "an alarm", default);
        var answers = await fleet.AskAllAsync(fleet.Acme.Request(), 1, 1, 3);
        Assert.Contains("P3", Assert.IsType<SigningOutcome.Failed>(answers[0].Outcome).Fault, StringComparison.Ordinal);
        Assert.Equal(Refusal.Frozen, Assert.IsType<Ruling.Refused>(answers[1].Ruling).Reason);
        // The third node is there.
        Signature((await fleet.AskAllAsync(fleet.Acme.Request(), 2, 1, 2))[0]);
    }

    [Fact]
    public async Task A_server_that_shows_two_nodes_two_transactions_gets_neither_signed()
    {
        await using var fleet = await Fleet.StartAsync(deadlines: deadlines);
        var quorum = new PartySet([new(1), new(2)]);
        // Both are wanted and approved, under the same request.
        var one = fleet.Acme.Request("req_1", nonce: 1);
        var two = fleet.Acme.Request("req_1", nonce: 2);
        var answers = await Task.WhenAll(fleet.AskAsync(new(1), one, 1, quorum), fleet.AskAsync(new(2), two, 1, quorum));
        Assert.All(answers, answer => Assert.IsType<SigningOutcome.Failed>(answer.Outcome));
        // And each of them keeps to what it has permitted first.
        Assert.Equal(Refusal.RequestReused, Assert.IsType<Ruling.Refused>((await fleet.AskAsync(new(2), one, 2, quorum)).Ruling).Reason);
    }

    [Fact]
    public async Task A_relay_that_tampers_delays_and_no_more()
    {
        var flips = 0;
        var network = new MemoryNetwork(letter =>
        {
            var bytes = letter.Bytes.ToArray();
            if (flips++ % 7 == 3)
                bytes[^1] ^= 1;
            return [letter with { Bytes = bytes }];
        });
        await using var fleet = await Fleet.StartAsync(network, deadlines);
        var answers = await fleet.AskAllAsync(fleet.Acme.Request(), 1, 1, 2);
        Assert.All(answers, answer => Assert.True(answer.Outcome is SigningOutcome.Failed or SigningOutcome.Signed));
        Assert.True(flips > 3);
    }

    [Fact]
    public async Task A_permit_is_good_for_its_quorum_of_nodes_only()
    {
        await using var fleet = await Fleet.StartAsync();
        var permit = Assert.IsType<Ruling.Permit>(await fleet.Nodes[new(1)].Gate.RuleAsync(fleet.Acme.Request(), default));
        var signer = fleet.Nodes[new(1)].Signer;
        await Assert.ThrowsAsync<ArgumentException>(() => signer.SignAsync(permit, 0, Fleet.Attempt(1), new([new(1), new(9)]), default));
        await Assert.ThrowsAsync<ArgumentException>(() => signer.SignAsync(permit, 5, Fleet.Attempt(1), new([new(1), new(2)]), default));
    }
}
