using Quorate.Chains;

namespace Quorate.Policies.Tests;

public class EvaluationTests
{
    static readonly DateTimeOffset now = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);

    static Decision Decide(Policy policy, PolicyRequest request, params string[] approvers) =>
        policy.EvaluateAssuming(request, approvers.Append("alice").ToHashSet(), CounterLedger.Empty, now);

    static void AssertVerdict(Verdict verdict, string rule, params Act[] acts) => AssertVerdict(verdict, [rule], acts);

    static void AssertVerdict(Verdict verdict, string[] rules, params Act[] acts)
    {
        var decision = Decide(Documents.Policy(rules), Documents.Request(acts));
        Assert.True(verdict == decision.Verdict, decision.ToString());
    }

    static readonly Act call = new()
    {
        Kind = ActKind.Call, Counterparty = World.AccountOf("eip155:1:0xC"), Function = "transfer(address,uint256)",
        Arguments = [new("to", "address", "0xA"), new("amount", "uint256", "100")],
    };

    [Fact]
    public void Without_a_rule_everything_is_denied() => AssertVerdict(Verdict.Deny, [], Documents.Fee(0));

    [Fact]
    public void Every_act_has_to_be_allowed_and_not_only_one()
    {
        const string pay = """{ "id": "pay", "effect": "allow", "what": [ { "kind": "transfer", "recipients": ["@known"] } ] }""";
        AssertVerdict(Verdict.Allow, pay, Documents.Transfer("0xA", 1));
        // Every Bitcoin output is such an act: one unknown output is enough.
        AssertVerdict(Verdict.Deny, pay, Documents.Transfer("0xA", 1), Documents.Transfer("0xZ", 1));
        AssertVerdict(Verdict.Deny, pay, Documents.Transfer("0xA", 1), Documents.Fee(1));
    }

    [Fact]
    public void Change_is_allowed_as_self_and_counts_for_nothing()
    {
        const string rule = """
            { "id": "pay", "effect": "allow", "what": [ { "kind": "transfer", "recipients": ["self", "eip155:1:0xA"] } ],
              "within": [ { "asset": "eip155:1/slip44:60", "atMost": "5" } ] }
            """;
        var change = Documents.Transfer("0xOwn", 1000) with { IsToSelf = true };
        AssertVerdict(Verdict.Allow, rule, Documents.Transfer("0xA", 5), change);
        AssertVerdict(Verdict.Deny, rule, Documents.Transfer("0xA", 6), change);
        AssertVerdict(Verdict.Deny, rule, Documents.Transfer("0xA", 5), change with { IsToSelf = false });
    }

    [Fact]
    public void A_denial_wins_over_every_permission() => AssertVerdict(Verdict.Deny,
        [
            """{ "id": "all", "effect": "allow", "what": [ { "kind": "transfer" } ] }""",
            """{ "id": "not-a", "effect": "deny", "what": [ { "kind": "transfer", "recipients": ["eip155:1:0xA"] } ] }""",
        ], Documents.Transfer("0xA", 1));

    [Fact]
    public void An_entry_is_paid_after_its_delay_and_denied_at_once()
    {
        const string pay = """{ "id": "pay", "effect": "allow", "what": [ { "kind": "transfer", "recipients": ["@fresh"] } ] }""";
        const string never = """{ "id": "never", "effect": "deny", "what": [ { "kind": "transfer", "recipients": ["@fresh"] } ] }""";
        const string all = """{ "id": "all", "effect": "allow", "what": [ { "kind": "transfer" } ] }""";
        var (policy, request) = (Documents.Policy(pay), Documents.Request(Documents.Transfer("0xB", 1)));
        var active = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
        Assert.Equal(Verdict.Deny, policy.EvaluateAssuming(request, new HashSet<string> { "alice" }, CounterLedger.Empty, active.AddSeconds(-1)).Verdict);
        Assert.Equal(Verdict.Allow, policy.EvaluateAssuming(request, new HashSet<string> { "alice" }, CounterLedger.Empty, active).Verdict);
        AssertVerdict(Verdict.Deny, [all, never], Documents.Transfer("0xB", 1));
    }

    [Fact]
    public void Requirements_stack_and_a_person_counts_once_in_each()
    {
        var policy = Documents.Policy(
            """{ "id": "all", "effect": "allow", "what": [ { "kind": "transfer" } ] }""",
            """{ "id": "ops", "effect": "require", "approvals": [ { "group": "ops", "count": 1, "initiatorMayApprove": false } ] }""",
            """{ "id": "big", "effect": "require", "what": [ { "kind": "transfer", "above": "9" } ], "approvals": [ { "group": "board", "count": 2, "initiatorMayApprove": false } ] }""");
        Assert.Equal(Verdict.Allow, Decide(policy, Documents.Request(Documents.Transfer("0xA", 9)), "bob").Verdict);
        var big = Documents.Request(Documents.Transfer("0xA", 10));
        Assert.Equal(["big", "ops"], Decide(policy, big).Outstanding.Select(o => o.Rule));
        Assert.Equal(1, Assert.Single(Decide(policy, big, "bob").Outstanding).Missing);
        Assert.Equal(Verdict.NeedsApprovals, Decide(policy, big, "carol", "dave").Verdict);
        Assert.Equal(Verdict.Allow, Decide(policy, big, "bob", "carol").Verdict);
    }

    [Theory]
    [InlineData(true, Verdict.Allow)]
    [InlineData(false, Verdict.NeedsApprovals)]
    public void Whether_the_initiator_may_approve_is_said(bool may, Verdict verdict) => AssertVerdict(verdict,
        [
            """{ "id": "all", "effect": "allow", "what": [ { "kind": "fee" } ] }""",
            $$"""{ "id": "ops", "effect": "require", "approvals": [ { "group": "ops", "count": 1, "initiatorMayApprove": {{(may ? "true" : "false")}} } ] }""",
        ], Documents.Fee(1));

    [Fact]
    public void Nothing_is_allowed_that_its_initiator_has_not_signed()
    {
        var policy = Documents.Policy("""{ "id": "all", "effect": "allow", "what": [ { "kind": "fee" } ] }""");
        var decision = policy.EvaluateAssuming(Documents.Request(Documents.Fee(1)), new HashSet<string> { "bob" }, CounterLedger.Empty, now);
        Assert.Equal(Verdict.NeedsApprovals, decision.Verdict);
        Assert.Equal("alice", Assert.Single(Assert.Single(decision.Outstanding).Candidates));
    }

    [Fact]
    public void A_limit_without_the_asset_is_a_limit_of_zero()
    {
        const string pay = """{ "id": "pay", "effect": "allow", "what": [ { "kind": "transfer" } ], "within": [ { "asset": "eip155:1/slip44:60", "atMost": "5" } ] }""";
        AssertVerdict(Verdict.Allow, pay, Documents.Transfer("0xA", 5));
        AssertVerdict(Verdict.Deny, pay, Documents.Transfer("0xA", 1, "eip155:1/erc20:0xEE"));
        AssertVerdict(Verdict.Allow, pay, Documents.Transfer("0xA", 0, "eip155:1/erc20:0xEE"));
    }

    [Fact]
    public void A_collection_stands_for_its_tokens()
    {
        const string pay = """{ "id": "pay", "effect": "allow", "what": [ { "kind": "transfer", "assets": ["eip155:1/erc721:0xFF"] } ], "within": [ { "asset": "eip155:1/erc721:0xFF", "atMost": "2" } ] }""";
        AssertVerdict(Verdict.Allow, pay, Documents.Transfer("0xA", 1, "eip155:1/erc721:0xFF/7"), Documents.Transfer("0xA", 1, "eip155:1/erc721:0xFF/8"));
        AssertVerdict(Verdict.Deny, pay, [.. Enumerable.Range(1, 3).Select(n => Documents.Transfer("0xA", 1, $"eip155:1/erc721:0xFF/{n}"))]);
        AssertVerdict(Verdict.Deny, pay, Documents.Transfer("0xA", 1, "eip155:1/erc721:0xFE/7"));
    }

    [Fact]
    public void What_a_requirement_let_through_unapproved_is_what_its_counter_counts()
    {
        var policy = Documents.Policy(
            """{ "id": "all", "effect": "allow", "what": [ { "kind": "transfer" } ] }""",
            """{ "id": "ask", "effect": "require", "beyond": [ { "asset": "eip155:1/slip44:60", "atMost": "10", "rollingSeconds": 3600 } ], "approvals": [ { "group": "ops", "count": 1, "initiatorMayApprove": false } ] }""");
        var ledger = CounterLedger.Empty;
        Decision Try(Amount amount, params string[] approvers)
        {
            var decision = policy.EvaluateAssuming(Documents.Request(Documents.Transfer("0xA", amount)), approvers.Append("alice").ToHashSet(), ledger, now);
            if (decision.Verdict == Verdict.Allow)
                Assert.Null(ledger.TryReserve(Guid.NewGuid().ToString(), decision.Charges, now, out ledger));
            return decision;
        }

        Assert.Equal(Verdict.Allow, Try(6).Verdict);
        Assert.Equal(Verdict.NeedsApprovals, Try(5).Verdict);
        Assert.Equal(Verdict.Allow, Try(500, "bob").Verdict);
        Assert.Equal(Verdict.Allow, Try(4).Verdict);
        Assert.Equal(Verdict.NeedsApprovals, Try(1).Verdict);
    }

    [Fact]
    public void Transactions_are_counted_per_initiator_and_wallet_where_the_limit_says_so()
    {
        var policy = Documents.Policy("""{ "id": "all", "effect": "allow", "what": [ { "kind": "fee" } ], "within": [ { "transactions": 1, "rollingSeconds": 60, "per": "initiator" }, { "transactions": 1, "rollingSeconds": 60, "per": "wallet" } ] }""");
        var charges = Decide(policy, Documents.Request(Documents.Fee(1))).Charges;
        Assert.Equal(["all transactions rolling:60 initiator:alice", "all transactions rolling:60 wallet:wal_1"], charges.Select(c => c.Counter).Order(StringComparer.Ordinal));
        Assert.Null(CounterLedger.Empty.TryReserve("a", charges, now, out var ledger));
        Assert.Equal(Verdict.Deny, policy.EvaluateAssuming(Documents.Request(Documents.Fee(1)), new HashSet<string> { "alice" }, ledger, now).Verdict);
        Assert.Equal(Verdict.Allow, policy.EvaluateAssuming(Documents.Request(Documents.Fee(1)) with { Initiator = "bob", Wallet = "wal_2" }, new HashSet<string> { "bob" }, ledger, now).Verdict);
    }

    [Fact]
    public void Functions_and_arguments_of_a_call_are_checked_by_position()
    {
        const string rule = """
            { "id": "token", "effect": "allow", "what": [ { "kind": "call", "contracts": ["eip155:1:0xC"], "functions": ["transfer(address,uint256)"],
              "arguments": [ { "position": 0, "accounts": ["@known"] }, { "position": 1, "atMost": "100" } ] } ] }
            """;
        AssertVerdict(Verdict.Allow, rule, call);
        AssertVerdict(Verdict.Deny, rule, call with { Counterparty = World.AccountOf("eip155:1:0xD") });
        AssertVerdict(Verdict.Deny, rule, call with { Function = "approve(address,uint256)" });
        AssertVerdict(Verdict.Deny, rule, call with { Function = null });
        AssertVerdict(Verdict.Deny, rule, call with { Arguments = [call.Arguments[0]] });
        AssertVerdict(Verdict.Deny, rule, call with { Arguments = [new("to", "address", "0xE"), call.Arguments[1]] });
        AssertVerdict(Verdict.Deny, rule, call with { Arguments = [call.Arguments[0], new("amount", "uint256", "101")] });
        AssertVerdict(Verdict.Deny, rule, call with { Arguments = [call.Arguments[0], new("amount", "uint256", "0x1")] });
    }

    [Fact]
    public void A_function_nobody_knows_is_denied_where_it_might_be_the_denied_one()
    {
        const string all = """{ "id": "all", "effect": "allow", "what": [ { "kind": "call" } ] }""";
        const string no = """{ "id": "no", "effect": "deny", "what": [ { "kind": "call", "functions": ["approve(address,uint256)"] } ] }""";
        AssertVerdict(Verdict.Allow, [all, no], call);
        AssertVerdict(Verdict.Deny, [all, no], call with { Function = "approve(address,uint256)" });
        AssertVerdict(Verdict.Deny, [all, no], call with { Function = null });
    }

    [Fact]
    public void An_unlimited_approval_is_above_every_limit()
    {
        const string rule = """{ "id": "spend", "effect": "allow", "what": [ { "kind": "approval", "spenders": ["eip155:1:0xA"], "atMost": "1000" } ] }""";
        var approval = new Act { Kind = ActKind.Approval, Counterparty = World.AccountOf("eip155:1:0xA"), Asset = AssetId.Parse("eip155:1/erc20:0xEE"), Amount = 1000 };
        AssertVerdict(Verdict.Allow, rule, approval);
        AssertVerdict(Verdict.Deny, rule, approval with { Amount = Amount.MaxValue });
        AssertVerdict(Verdict.Deny, rule, approval with { Counterparty = World.AccountOf("eip155:1:0xB") });
    }

    [Fact]
    public void Deployments_delegations_accounts_and_memos_have_conditions_of_their_own()
    {
        string Rule(string what) => $$"""{ "id": "r", "effect": "allow", "what": [ {{what}} ] }""";
        AssertVerdict(Verdict.Allow, Rule("""{ "kind": "deployment", "codeHashes": ["aa"] }"""), new Act { Kind = ActKind.Deployment, Data = "aa" });
        AssertVerdict(Verdict.Deny, Rule("""{ "kind": "deployment", "codeHashes": ["aa"] }"""), new Act { Kind = ActKind.Deployment, Data = "bb" });
        AssertVerdict(Verdict.Allow, Rule("""{ "kind": "delegation", "delegates": ["nobody"] }"""), new Act { Kind = ActKind.Delegation });
        AssertVerdict(Verdict.Deny, Rule("""{ "kind": "delegation", "delegates": ["nobody"] }"""), new Act { Kind = ActKind.Delegation, Counterparty = World.AccountOf("eip155:1:0xA") });
        AssertVerdict(Verdict.Allow, Rule("""{ "kind": "memo", "maxBytes": 2 }"""), new Act { Kind = ActKind.Memo, Data = "aabb" });
        AssertVerdict(Verdict.Deny, Rule("""{ "kind": "memo", "maxBytes": 2 }"""), new Act { Kind = ActKind.Memo, Data = "aabbcc" });
    }

    [Fact]
    public void Raw_signing_is_granted_to_a_wallet_by_name_and_covers_only_what_is_not_understood()
    {
        const string rule = """{ "id": "raw", "effect": "allow", "wallets": ["wal_1"], "what": [ { "kind": "rawSigning" } ] }""";
        var raw = new Act { Kind = ActKind.RawSigning, Data = "an opcode" };
        AssertVerdict(Verdict.Allow, rule, raw);
        AssertVerdict(Verdict.Deny, rule, raw, Documents.Transfer("0xA", 1));
        Assert.Equal(Verdict.Deny, Decide(Documents.Policy(rule), Documents.Request(raw) with { Wallet = "wal_2" }).Verdict);
    }

    [Fact]
    public void An_act_of_an_unknown_kind_is_denied_whatever_the_rules_allow() => AssertVerdict(Verdict.Deny,
        """{ "id": "all", "effect": "allow", "wallets": ["wal_1"], "what": [ { "kind": "rawSigning" }, { "kind": "transfer" }, { "kind": "call" }, { "kind": "fee" } ] }""",
        new Act { Kind = ActKind.Unknown, Data = "Novelty" });

    [Fact]
    public void Nothing_to_judge_expired_and_contradicted_requests_are_denied()
    {
        var policy = Documents.Policy("""{ "id": "all", "effect": "allow", "what": [ { "kind": "fee" } ] }""");
        var request = Documents.Request(Documents.Fee(1));
        Assert.Equal(Verdict.Deny, Decide(policy, request with { Acts = [] }).Verdict);
        Assert.Equal(Verdict.Deny, Decide(policy, request with { Violations = ["another chain"] }).Verdict);
        Assert.Equal(Verdict.Deny, Decide(policy, request with { ExpiresAt = now.ToUnixTimeSeconds() }).Verdict);
        Assert.Equal(Verdict.Allow, Decide(policy, request with { ExpiresAt = now.ToUnixTimeSeconds() + 1 }).Verdict);
    }

    [Fact]
    public void A_trace_reads_as_an_explanation()
    {
        var policy = Documents.Policy(
            """{ "id": "pay", "effect": "allow", "what": [ { "kind": "transfer" } ], "within": [ { "asset": "eip155:1/slip44:60", "atMost": "5" } ] }""",
            """{ "id": "fees", "effect": "allow", "what": [ { "kind": "fee" } ] }""");
        Assert.Equal(
            """
            deny
                fees: allows the fee of at most 1 eip155:1/slip44:60
                pay: would allow within its limits, but 6 is above 5 eip155:1/slip44:60 a transaction
              * request: no rule allows the transfer of 6 eip155:1/slip44:60 to eip155:1:0xA
            """.ReplaceLineEndings("\n"),
            Decide(policy, Documents.Request(Documents.Transfer("0xA", 6), Documents.Fee(1))).ToString());
    }

    [Fact]
    public void An_overlay_denies_and_requires_under_local_names_and_can_not_allow()
    {
        var policy = Documents.Policy("""{ "id": "r", "effect": "allow", "what": [ { "kind": "fee" } ] }""");
        var both = policy.WithOverlay(Documents.Policy("""{ "id": "r", "effect": "deny", "wallets": ["wal_1"] }"""));
        Assert.Equal(policy.Hash, both.Hash);
        Assert.Equal(["local/r"], Decide(both, Documents.Request(Documents.Fee(1))).DecisiveRules);
        Assert.Equal(Verdict.Allow, Decide(both, Documents.Request(Documents.Fee(1)) with { Wallet = "wal_2" }).Verdict);
        Assert.Throws<ArgumentException>(() => policy.WithOverlay(policy));
    }

    [Fact]
    public void New_entries_of_the_book_can_not_claim_to_be_old()
    {
        var inForce = Documents.Policy();
        Assert.Empty(Documents.Policy().FindBackdated(inForce, now));
        var moved = Policy.Parse(System.Text.Encoding.UTF8.GetBytes(Documents.Text().Replace("2026-11-20T12:00:00Z", "2026-11-20T11:00:00Z", StringComparison.Ordinal)));
        Assert.Equal("/addressBook/fresh/entries/0", Assert.Single(moved.FindBackdated(inForce, now)));
        Assert.Empty(moved.FindBackdated(inForce, now.AddDays(-7)));
    }
}
