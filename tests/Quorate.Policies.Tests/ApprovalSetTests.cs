using System.Security.Cryptography;
using Quorate.Chains;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Signatures;
using Quorate.Testing;

namespace Quorate.Policies.Tests;

public sealed class ApprovalSetTests : IDisposable
{
    static readonly DateTimeOffset now = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);
    static readonly RelyingParty party = new("example.org", ["https://example.org"]);

    readonly Ed25519Key first = Ed25519Key.Generate(new SeededRandom(1)), second = Ed25519Key.Generate(new SeededRandom(2));

    public void Dispose()
    {
        first.Dispose();
        second.Dispose();
    }

    static Intent NewIntent(string request = "req_1") => new(
        "org", "wal_1", 0, ChainId.Parse("eip155:1"), default, [new(0, SignatureScheme.EcdsaSecp256k1, Bip32Path.Root, default)], request, "alice", null, now.AddHours(1));

    static Device.Ed25519Key Key(string id, Ed25519Key key) => new Device.Ed25519Key(id, key.EncodedPublicKey);

    static Approval.Signature Sign(Intent intent, string member, string device, Ed25519Key key) => new Approval.Signature(member, device, key.Sign(ApprovalSet.MessageFor(intent.Hash)));

    static ApprovalSet Verify(Membership membership, Intent intent, params Approval[] approvals) =>
        ApprovalSet.Verify(intent, approvals, membership, PasskeyCounters.Empty, now);

    static void AssertRefused(ApprovalFault fault, ApprovalSet set)
    {
        Assert.Equal([fault], set.Refused.Select(r => r.Fault));
        Assert.Empty(set.Approvers);
    }

    [Fact]
    public void A_person_with_three_devices_counts_once()
    {
        using var authenticator = new PasskeyTests.Authenticator(isBackupEligible: true) { Challenge = NewIntent().Hash };
        var membership = new Membership(party, [new("alice", [Key("laptop", first), Key("phone", second), new Device.Passkey("key", authenticator.Credential)])]);
        var intent = NewIntent();
        var set = Verify(membership, intent, Sign(intent, "alice", "laptop", first), Sign(intent, "alice", "phone", second), authenticator.Approve(0x1D, 0));
        Assert.Empty(set.Refused);
        Assert.Equal(["alice"], set.Approvers.Order());
        Assert.Equal(intent.Hash, set.Intent);
    }

    [Fact]
    public void One_key_speaks_for_one_member_only()
    {
        Assert.Throws<ArgumentException>(() => new Membership(party, [new("alice", [Key("a", first)]), new("bob", [Key("b", first)])]));
        Assert.Throws<ArgumentException>(() => new Membership(party, [new("alice", [Key("a", first), Key("b", first)])]));
        Assert.Throws<ArgumentException>(() => new Membership(party, [new("alice", [Key("a", first), Key("a", second)])]));
        Assert.Throws<ArgumentException>(() => new Membership(party, [new("alice", []), new("alice", [])]));
        using var authenticator = new PasskeyTests.Authenticator(isBackupEligible: true);
        var copy = PasskeyCredential.FromRecord([1, 2, 3], authenticator.Credential.PublicKey, true, 0);
        Assert.Throws<ArgumentException>(() => new Membership(party, [new("alice", [new Device.Passkey("a", authenticator.Credential)]), new("bob", [new Device.Passkey("b", copy)])]));
        Assert.Throws<ArgumentException>(() => new Device.Ed25519Key("a", new byte[32]));
    }

    [Fact]
    public void An_approval_can_not_be_moved_to_another_intent_member_or_device()
    {
        var membership = new Membership(party, [new("alice", [Key("a", first)]), new("bob", [Key("b", second)])]);
        var (intent, other) = (NewIntent(), NewIntent("req_2"));
        AssertRefused(ApprovalFault.BadSignature, Verify(membership, other, Sign(intent, "alice", "a", first)));
        AssertRefused(ApprovalFault.BadSignature, Verify(membership, intent, Sign(intent, "bob", "b", first)));
        AssertRefused(ApprovalFault.UnknownDevice, Verify(membership, intent, Sign(intent, "bob", "a", first)));
        AssertRefused(ApprovalFault.UnknownMember, Verify(membership, intent, Sign(intent, "mallory", "a", first)));
        // The bare hash is not what a device signs.
        AssertRefused(ApprovalFault.BadSignature, Verify(membership, intent, new Approval.Signature("alice", "a", first.Sign(intent.Hash.ToArray()))));
    }

    [Fact]
    public void Devices_speak_from_their_first_second_to_their_last_and_never_once_revoked()
    {
        var intent = NewIntent();
        ApprovalFault? Fault(Device device) => Verify(new(party, [new("alice", [device])]), intent, Sign(intent, "alice", "a", first)).Refused.Select(r => (ApprovalFault?)r.Fault).SingleOrDefault();
        var key = new Device.Ed25519Key("a", first.EncodedPublicKey);
        Assert.Null(Fault(key with { ValidFrom = now, ValidUntil = now.AddSeconds(1), RevokedAt = now.AddSeconds(1) }));
        Assert.Equal(ApprovalFault.NotYetValid, Fault(key with { ValidFrom = now.AddSeconds(1) }));
        Assert.Equal(ApprovalFault.DeviceExpired, Fault(key with { ValidUntil = now }));
        Assert.Equal(ApprovalFault.Revoked, Fault(key with { RevokedAt = now }));
    }

    [Fact]
    public void An_expired_intent_has_no_approvals()
    {
        var membership = new Membership(party, [new("alice", [Key("a", first)])]);
        var intent = NewIntent();
        Approval[] approvals = [Sign(intent, "alice", "a", first)];
        Assert.NotEmpty(ApprovalSet.Verify(intent, approvals, membership, PasskeyCounters.Empty, intent.ExpiresAt.AddSeconds(-1)).Approvers);
        AssertRefused(ApprovalFault.IntentExpired, ApprovalSet.Verify(intent, approvals, membership, PasskeyCounters.Empty, intent.ExpiresAt));
    }

    [Fact]
    public void A_signature_is_no_assertion_and_an_assertion_no_signature()
    {
        using var authenticator = new PasskeyTests.Authenticator(isBackupEligible: true) { Challenge = NewIntent().Hash };
        var intent = NewIntent();
        AssertRefused(ApprovalFault.WrongKindOfDevice, Verify(new(party, [new("alice", [Key("key", first)])]), intent, authenticator.Approve(0x1D, 0)));
        AssertRefused(ApprovalFault.WrongKindOfDevice, Verify(new(party, [new("alice", [new Device.Passkey("key", authenticator.Credential)])]), intent, Sign(intent, "alice", "key", first)));
    }

    [Theory]
    [InlineData(0u, 0u, true)]
    [InlineData(0u, 1u, true)]
    [InlineData(5u, 6u, true)]
    [InlineData(5u, 5u, false)]
    [InlineData(5u, 4u, false)]
    [InlineData(5u, 0u, false)]
    [InlineData(uint.MaxValue, 0u, false)]
    public void Counters_go_strictly_up_unless_there_are_none(uint registered, uint asserted, bool counts)
    {
        using var authenticator = new PasskeyTests.Authenticator(isBackupEligible: true, registered) { Challenge = NewIntent().Hash };
        var set = Verify(new(party, [new("alice", [new Device.Passkey("key", authenticator.Credential)])]), NewIntent(), authenticator.Approve(0x0D, asserted));
        Assert.Equal(counts, set.Approvers.Contains("alice"));
        Assert.Equal(counts ? null : ApprovalFault.CounterNotAbove, set.Refused.SingleOrDefault()?.Fault);
        Assert.Equal(counts ? asserted : registered, set.Counters.LastOf(authenticator.Credential));
    }

    [Fact]
    public void The_last_assertion_counts_again_for_its_own_intent_and_for_no_other()
    {
        using var authenticator = new PasskeyTests.Authenticator(isBackupEligible: true) { Challenge = NewIntent().Hash };
        var membership = new Membership(party, [new("alice", [new Device.Passkey("key", authenticator.Credential)])]);
        var assertion = authenticator.Approve(0x0D, 7);
        var once = Verify(membership, NewIntent(), assertion);
        var again = ApprovalSet.Verify(NewIntent(), [assertion], membership, once.Counters, now);
        Assert.Equal(["alice"], again.Approvers.Order());
        Assert.False(once.Counters.TryAdvance(authenticator.Credential, 7, NewIntent("req_2").Hash, out _));
        AssertRefused(ApprovalFault.CounterNotAbove, ApprovalSet.Verify(NewIntent(), [authenticator.Approve(0x0D, 6)], membership, once.Counters, now));
    }

    [Fact]
    public void Too_many_approvals_are_the_callers_mistake() => Assert.Throws<ArgumentException>(() => Verify(
        new(party, []), NewIntent(), [.. Enumerable.Repeat(Sign(NewIntent(), "alice", "a", first), ApprovalSet.MaxApprovals + 1)]));

    [Fact]
    public void The_initiator_and_approvers_of_an_intent_are_verified_from_end_to_end()
    {
        var chain = ChainId.Parse("eip155:1");
        var unsigned = "a transaction"u8.ToArray();
        var address = new Address(chain, "0xA");
        SigningInput input = new(0, SignatureScheme.EcdsaSecp256k1, address, null, SHA256.HashData(unsigned));
        var path = Bip32Path.Parse("m/44'/60'/0'/0/0");
        var intent = new Intent("org", "wal_1", 3, chain, new(SHA256.HashData(unsigned)), [IntentSignature.From(input, path)], "req", "alice", null, now.AddHours(1));
        Assert.True(intent.Binds(unsigned, [input], path));
        Assert.False(intent.Binds([.. unsigned, 0], [input], path));
        Assert.False(intent.Binds(unsigned, [input with { Payload = new byte[32] }], path));
        Assert.False(intent.Binds(unsigned, [input], Bip32Path.Root));
        Assert.False(intent.Binds(unsigned, [input, input with { Index = 1 }], path));
        Assert.False(intent.Binds(unsigned, [], path));

        var membership = new Membership(party, [new("alice", [Key("a", first)]), new("bob", [Key("b", second)])]);
        var policy = Documents.Policy(
            """{ "id": "pay", "effect": "allow", "what": [ { "kind": "transfer", "recipients": ["@known"] } ] }""",
            """{ "id": "ops", "effect": "require", "approvals": [ { "group": "ops", "count": 1, "initiatorMayApprove": false } ] }""");
        Effects effects = new(chain, [new Effect.Transfer(address, address, AssetId.Parse(Documents.Ether), 1)], null, []);
        Verdict Decide(params Approval[] approvals) => policy.Evaluate(intent, effects, Verify(membership, intent, approvals), CounterLedger.Empty, now).Verdict;
        Assert.Equal(Verdict.NeedsApprovals, Decide());
        Assert.Equal(Verdict.NeedsApprovals, Decide(Sign(intent, "bob", "b", second)));
        Assert.Equal(Verdict.NeedsApprovals, Decide(Sign(intent, "alice", "a", first)));
        Assert.Equal(Verdict.Allow, Decide(Sign(intent, "alice", "a", first), Sign(intent, "bob", "b", second)));
        Assert.Equal(Verdict.NeedsApprovals, Decide(Sign(intent, "alice", "a", first), Sign(intent, "bob", "b", first)));
    }
}
