using System.Text;
using Quorate.Chains;
using Quorate.Chains.Ethereum;
using Quorate.Cryptography.Derivation;
using Quorate.Node.Gate;
using Quorate.Policies;

namespace Quorate.Node.Tests.Gate;

/// <summary>docs/spec/release.md, sentence by sentence: each is broken once, and the node says which.</summary>
public sealed class ReleaseRuleTests
{
    readonly Deployment acme = new();

    (Ruling Ruling, NodeEvent? Record) Rule(SigningRequest request, NodeState? state = null, RequestState? before = null, DateTimeOffset? now = null) =>
        Judgement.Rule(state ?? acme.State, request, before ?? RequestState.Unknown, Deployment.Judges, now ?? Deployment.Start);

    string AssertRefused(Refusal reason, SigningRequest request, NodeState? state = null, RequestState? before = null, DateTimeOffset? now = null)
    {
        var (ruling, record) = Rule(request, state, before, now);
        var refused = Assert.IsType<Ruling.Refused>(ruling);
        Assert.Equal(reason, refused.Reason);
        Assert.True(record is null or NodeEvent.SigningDenied);
        return refused.Detail;
    }

    [Fact]
    public void What_policy_and_members_want_is_permitted_once_it_is_recorded()
    {
        var request = acme.Request();
        var (ruling, record) = Rule(request);
        var permit = Assert.IsType<Ruling.Permit>(ruling);
        var input = Assert.Single(permit.Inputs);
        Assert.Equal(Cryptography.Hashing.Keccak256.HashData(request.Payload.Bytes.Span), input.Payload.ToArray());
        var allowed = Assert.IsType<NodeEvent.SigningAllowed>(record);
        Assert.Equal(request.Payload.Bytes.ToArray(), allowed.Payload);
        Assert.Equal(acme.State.Policy!.Hash.ToString(), allowed.Policy);
        Assert.Equal("500000000000000000", Assert.Single(allowed.Charges).Amount);
    }

    [Fact]
    public void A_node_without_a_genesis_document_refuses_everything() =>
        AssertRefused(Refusal.NoGenesis, acme.Request(), NodeState.Empty);

    [Fact]
    public void A_bare_digest_can_not_be_asked_for()
    {
        // The raw thing is what is asked for; a digest in its place is no transaction.
        var request = acme.Request();
        var digest = Cryptography.Hashing.Keccak256.HashData(request.Payload.Bytes.Span);
        AssertRefused(Refusal.Undecodable, request with { Payload = new(PayloadKind.Transaction, digest) });
        // As a message it is one that is not understood, of which no intent speaks.
        AssertRefused(Refusal.NotBound, request with { Payload = new(PayloadKind.PersonalMessage, digest) });
        Assert.DoesNotContain(Enum.GetNames<PayloadKind>(), name => name.Contains("Digest", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void A_transaction_that_was_swapped_after_approval_is_refused()
    {
        var request = acme.Request();
        foreach (var swapped in (byte[][])[Deployment.Payment(Deployment.Ether / 2, Deployment.Stranger), Deployment.Payment(Deployment.Ether), Deployment.Payment(Deployment.Ether / 2, nonce: 1)])
            AssertRefused(Refusal.NotBound, request with { Payload = request.Payload with { Bytes = swapped } });
    }

    [Fact]
    public void A_digest_that_differs_from_the_derived_one_is_refused()
    {
        var payment = Deployment.Payment(Deployment.Ether / 2);
        var right = acme.IntentOf(payment);
        var other = Digest.TryParse(new string('a', 64), out var digest) ? digest : default;
        var wrong = new Intent(right.Organisation, right.Wallet, right.KeyEpoch, right.Chain, right.Transaction,
            [right.Signatures[0] with { Payload = other }], right.RequestId, right.Initiator, right.MaxFee, right.ExpiresAt);
        AssertRefused(Refusal.NotBound, acme.Request(payment, wrong, "alice"));
    }

    [Fact]
    public void What_is_not_understood_in_full_is_denied_without_the_capability_to_sign_raw()
    {
        var call = Deployment.Payment(Amount.Zero, data: Convert.FromHexString("deadbeef00"));
        Assert.Contains("raw signing", AssertRefused(Refusal.Denied, acme.Request(call, acme.IntentOf(call), "alice", "bob", "carol")), StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_transaction_are_refused()
    {
        var payment = Deployment.Payment(Deployment.Ether / 2);
        var intent = acme.IntentOf(payment);
        foreach (var broken in (byte[][])[[], payment[..^1], [.. payment, 0], new byte[100]])
            AssertRefused(Refusal.Undecodable, acme.Request(broken, intent, "alice"));
        AssertRefused(Refusal.Undecodable, acme.Request(new byte[SigningPayload.MaxSize + 1], intent, "alice"));
    }

    [Fact]
    public void An_intent_is_bound_to_the_organisation() =>
        AssertRefused(Refusal.WrongOrganisation, With(p => acme.IntentOf(p, organisation: "umbrella")));

    [Fact]
    public void An_intent_is_bound_to_the_wallet() =>
        AssertRefused(Refusal.UnknownWallet, With(p => acme.IntentOf(p, wallet: "savings")));

    [Fact]
    public void An_intent_is_bound_to_the_epoch_of_the_key() =>
        AssertRefused(Refusal.WrongEpoch, With(p => acme.IntentOf(p, epoch: 1)));

    [Fact]
    public void An_intent_is_bound_to_the_derivation_path()
    {
        // The same bytes under another of the wallet's keys are another payment.
        var payment = Deployment.Payment(Deployment.Ether / 2);
        var here = acme.IntentOf(payment);
        var there = acme.IntentOf(payment, path: new(0, 8));
        Assert.NotEqual(here.Hash, there.Hash);
        Assert.NotEqual(here.Signatures[0], there.Signatures[0]);
        AssertRefused(Refusal.NeedsApprovals, new(there, new(PayloadKind.Transaction, payment), [acme.Approve(here.Hash, "alice")]));
        var hardened = new Intent(here.Organisation, here.Wallet, 0, here.Chain, here.Transaction,
            [here.Signatures[0] with { Path = Bip32Path.Parse("m/44'/60'") }], here.RequestId, here.Initiator, here.MaxFee, here.ExpiresAt);
        AssertRefused(Refusal.NotBound, acme.Request(payment, hardened, "alice"));
    }

    [Fact]
    public void An_intent_is_bound_to_the_chain()
    {
        var payment = Deployment.Payment(Deployment.Ether / 2);
        var right = acme.IntentOf(payment);
        Intent On(string chain) => new(right.Organisation, right.Wallet, 0, ChainId.Parse(chain), right.Transaction, right.Signatures, right.RequestId, right.Initiator, null, right.ExpiresAt);
        AssertRefused(Refusal.UnknownChain, acme.Request(payment, On("eip155:10"), "alice"));
        AssertRefused(Refusal.Undecodable, acme.Request(payment, On(Chains.Bitcoin.BitcoinNetwork.Regtest.Chain.ToString()), "alice"));
    }

    [Fact]
    public void An_expired_intent_is_refused_to_the_second()
    {
        var request = acme.Request();
        Assert.IsType<Ruling.Permit>(Rule(request, now: request.Intent.ExpiresAt.AddSeconds(-1)).Ruling);
        AssertRefused(Refusal.Expired, request, now: request.Intent.ExpiresAt);
    }

    [Fact]
    public void An_intent_that_is_good_for_too_long_is_refused()
    {
        AssertRefused(Refusal.ExpiresTooLate, With(p => acme.IntentOf(p, expiresAt: Deployment.Start + Judgement.MaxLifetime + TimeSpan.FromSeconds(1))));
        Assert.IsType<Ruling.Permit>(Rule(With(p => acme.IntentOf(p, expiresAt: Deployment.Start + Judgement.MaxLifetime))).Ruling);
    }

    [Fact]
    public void A_request_is_one_intent_for_ever()
    {
        var first = acme.Request();
        var before = RequestState.Unknown.Evolve(Rule(first).Record!);
        Assert.Equal(first.Intent.Hash, before.Intent);
        var other = acme.Request("req_1", nonce: 1);
        AssertRefused(Refusal.RequestReused, other, before: before);
        // The same intent again is a retry: permitted, and nothing new is recorded or counted.
        var (ruling, record) = Rule(first, before: before);
        Assert.IsType<Ruling.Permit>(ruling);
        Assert.Null(record);
    }

    [Fact]
    public void Approvals_can_not_be_moved_to_another_transaction()
    {
        var payment = Deployment.Payment(Deployment.Ether * 2);
        var approved = acme.IntentOf(payment, "req_1");
        var wanted = acme.IntentOf(payment, "req_2");
        AssertRefused(Refusal.NeedsApprovals, new(wanted, new(PayloadKind.Transaction, payment), acme.Request(payment, approved, "alice", "bob").Approvals));
        Assert.IsType<Ruling.Permit>(Rule(acme.Request(payment, wanted, "alice", "bob")).Ruling);
    }

    [Fact]
    public void Every_approval_is_verified_against_the_pinned_membership()
    {
        var payment = Deployment.Payment(Deployment.Ether * 2);
        var intent = acme.IntentOf(payment);
        AssertRefused(Refusal.NeedsApprovals, acme.Request(payment, intent, "alice"));
        AssertRefused(Refusal.NeedsApprovals, acme.Request(payment, intent, "bob"));
        // Mallory's signature in bob's name, and mallory's own.
        var forged = ((Approval.Signature)acme.Approve(intent.Hash, "mallory")) with { };
        var request = acme.Request(payment, intent, "alice");
        AssertRefused(Refusal.NeedsApprovals, request with { Approvals = [.. request.Approvals, new Approval.Signature("bob", "laptop", forged.Value)] });
        AssertRefused(Refusal.NeedsApprovals, request with { Approvals = [.. request.Approvals, forged] });
    }

    [Fact]
    public void The_policy_decides_over_effects_and_the_nodes_own_counters()
    {
        AssertRefused(Refusal.Denied, With(p => acme.IntentOf(p), Deployment.Payment(Deployment.Ether / 2, Deployment.Stranger)));
        AssertRefused(Refusal.Denied, With(p => acme.IntentOf(p), Deployment.Payment(Deployment.Ether * 6)), now: Deployment.Start);

        // Five ether a day: nine halves and another nine are too many, whatever the server says of what was spent.
        var state = acme.State;
        for (var i = 0; i < 10; i++)
            state = state.Evolve(Rule(acme.Request($"req_{i}", (ulong)i), state).Record!);
        Assert.Contains("5000000000000000000", AssertRefused(Refusal.Denied, acme.Request("req_10", 10), state), StringComparison.Ordinal);
        Assert.Equal(10, state.Pending.Count);
    }

    [Fact]
    public void An_intent_allowed_under_another_policy_takes_a_new_request()
    {
        var request = acme.Request();
        var before = RequestState.Unknown.Evolve(Rule(request).Record!);
        var policy = Policy.Parse(Encoding.UTF8.GetBytes(Deployment.PolicyJson("stricter").ToJsonString()));
        AssertRefused(Refusal.PolicyChanged, request, acme.State with { Policy = policy }, before);
    }

    [Fact]
    public void A_frozen_wallet_signs_nothing()
    {
        AssertRefused(Refusal.Frozen, acme.Request(), acme.State with { Frozen = acme.State.Frozen.Add("treasury") });
        AssertRefused(Refusal.Frozen, acme.Request(), acme.State with { Frozen = acme.State.Frozen.Add("*") });
        Assert.IsType<Ruling.Permit>(Rule(acme.Request(), acme.State with { Frozen = acme.State.Frozen.Add("savings") }).Ruling);
    }

    [Fact]
    public void A_clock_that_went_back_brings_nothing_expired_to_life()
    {
        var request = acme.Request();
        var later = acme.State with { LatestTime = request.Intent.ExpiresAt.ToUnixTimeSeconds() };
        AssertRefused(Refusal.Expired, request, later, now: request.Intent.ExpiresAt - NodeState.MaxClockStep);
        AssertRefused(Refusal.ClockWentBack, request, later, now: request.Intent.ExpiresAt - NodeState.MaxClockStep - TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Only_what_a_member_has_signed_for_is_recorded_when_it_is_denied()
    {
        var payment = Deployment.Payment(Deployment.Ether / 2, Deployment.Stranger);
        var intent = acme.IntentOf(payment);
        Assert.IsType<NodeEvent.SigningDenied>(Rule(acme.Request(payment, intent, "alice")).Record);
        Assert.Null(Rule(acme.Request(payment, intent)).Record);
        Assert.Null(Rule(acme.Request(payment, intent, "bob")).Record);
        Assert.Null(Rule(acme.Request(payment, intent, "alice"), before: new() { Intent = intent.Hash, Denials = Judgement.MaxDenials }).Record);
    }

    [Fact]
    public void A_fee_beyond_the_intents_envelope_is_denied()
    {
        var payment = EthereumTransactionCodec.Encode(EthereumTransactionCodec.Decode(Deployment.Payment(Deployment.Ether / 2)).Transaction with { MaxFeePerGas = Deployment.Ether / 21_000 });
        AssertRefused(Refusal.Denied, acme.Request(payment, acme.IntentOf(payment), "alice", "bob"));
    }

    SigningRequest With(Func<byte[], Intent> intent, byte[]? payment = null)
    {
        payment ??= Deployment.Payment(Deployment.Ether / 2);
        return acme.Request(payment, intent(payment), "alice");
    }
}
