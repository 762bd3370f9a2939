using System.Collections.Immutable;
using Quorate.Chains;
using Quorate.Cryptography.Derivation;

namespace Quorate.Policies.Tests;

public class EffectsTests
{
    static readonly ChainId chain = ChainId.Parse("eip155:1");
    static readonly AssetId ether = AssetId.Parse(Documents.Ether);
    static readonly Address a = new(chain, "0xA"), b = new(chain, "0xB");

    static Intent NewIntent(MaxFee? fee) => new(
        "org", "wal_1", 0, chain, default, [new(0, SignatureScheme.EcdsaSecp256k1, Bip32Path.Root, default)], "req", "alice", fee, DateTimeOffset.UnixEpoch.AddYears(60));

    [Fact]
    public void Every_effect_becomes_an_act_that_says_the_same()
    {
        Effect[] effects =
        [
            new Effect.Transfer(a, b, ether, 5), new Effect.Transfer(a, a, ether, 6, ToSelf: true), new Effect.Transfer(a, null, ether, 7),
            new Effect.Approval(a, b, ether, null), new Effect.Approval(a, b, ether, 3),
            new Effect.Call(a, b, "f()", [new(null, "uint256", "1")], 0), new Effect.Deployment(a, null, "aa", 0), new Effect.Delegation(a, b),
            new Effect.AccountCreation(a, b, b, ether, 9), new Effect.Memo("beef"),
        ];
        var acts = Act.From(new(chain, [.. effects], new(a, ether, 2), ["an opcode"]));
        Assert.Equal(
            [
                "transfer of 5 eip155:1/slip44:60 to eip155:1:0xB", "transfer of 6 eip155:1/slip44:60 to the wallet itself", "transfer of 7 eip155:1/slip44:60 to nobody",
                "approval for eip155:1:0xB to take any amount of eip155:1/slip44:60", "approval for eip155:1:0xB to take 3 of eip155:1/slip44:60",
                "call of f() on eip155:1:0xB", "deployment of code aa", "delegation to eip155:1:0xB", "new account for eip155:1:0xB with 9 eip155:1/slip44:60",
                "memo of 2 bytes", "fee of at most 2 eip155:1/slip44:60", "raw signing: an opcode",
            ],
            acts.Select(act => act.ToString()));
        Assert.DoesNotContain(acts, act => act.Kind == ActKind.Unknown);
        Assert.Equal("1", acts[5].Arguments[0].Value);
    }

    [Fact]
    public void The_fee_stays_within_the_intents_in_the_intents_asset()
    {
        ImmutableArray<string> Violations(MaxFee? allowed, Fee? fee) => PolicyRequest.From(NewIntent(allowed), new(chain, [], fee, [])).Violations;
        Assert.Empty(Violations(new(ether, 5), new(a, ether, 5)));
        Assert.Single(Violations(new(ether, 4), new(a, ether, 5)));
        Assert.Single(Violations(null, new(a, ether, 5)));
        Assert.Single(Violations(new(ether, 5), new(a, AssetId.Parse("eip155:1/erc20:0xEE"), 5)));
        Assert.Empty(Violations(null, null));
    }

    [Fact]
    public void What_is_judged_is_the_fee_that_the_intent_allows()
    {
        Amount Judged(ulong allowed, ulong paid) => Assert.Single(PolicyRequest.From(NewIntent(new(ether, allowed)), new(chain, [], new(a, ether, paid), [])).Acts).Amount;
        Assert.Equal(9UL, Judged(allowed: 9, paid: 5));
        Assert.Equal(5UL, Judged(allowed: 5, paid: 5));
        // Beyond it is a violation, and still no less than it is.
        Assert.Equal(5UL, Judged(allowed: 4, paid: 5));
    }

    [Fact]
    public void A_transaction_for_another_chain_is_no_part_of_the_intent() =>
        Assert.Single(PolicyRequest.From(NewIntent(null), new(ChainId.Parse("eip155:10"), [], null, [])).Violations);

    [Fact]
    public void Approvals_of_another_intent_are_the_callers_mistake()
    {
        var membership = new Membership(new("example.org", ["https://example.org"]), []);
        var other = ApprovalSet.Verify(NewIntent(new(ether, 1)), [], membership, PasskeyCounters.Empty, DateTimeOffset.UnixEpoch);
        Assert.Throws<ArgumentException>(() => Documents.Policy().Evaluate(NewIntent(null), new(chain, [], null, []), other, CounterLedger.Empty, DateTimeOffset.UnixEpoch));
    }
}
