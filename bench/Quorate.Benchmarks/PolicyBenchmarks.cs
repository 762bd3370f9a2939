using System.Security.Cryptography;
using System.Text;
using Quorate.Chains;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Signatures;
using Quorate.Policies;
using Quorate.Testing;

namespace Quorate.Benchmarks;

/// <summary>Decisions of small and large policies, the hash of an intent, and what an approval costs to verify.</summary>
static class PolicyBenchmarks
{
    const string Ether = "eip155:1/slip44:60";
    static readonly DateTimeOffset now = new(2026, 11, 20, 10, 0, 0, TimeSpan.Zero);

    internal static void Run(string[] args)
    {
        Console.WriteLine($"{"",-34} {"ns",12} {"",12} {"",8} {"bytes/op",9}");
        // Whatever comes first is measured before the compiler's last tier is in place: the last lines about 5 rules count.
        foreach (var rules in (int[])[5, 50, 500, 5])
            Decisions(rules);
        Documents();
        Intents();
    }

    static void Decisions(int rules)
    {
        var policy = Policy.Parse(Document(rules));
        var request = Request(1);
        var approvers = new HashSet<string> { "alice", "bob" };
        var ledger = Spend(policy, request, approvers, 200);
        Paired.Measure($"allow, {rules} rules", () => Require(policy.EvaluateAssuming(request, approvers, ledger, now).Verdict == Verdict.Allow));
        var large = Request(1000);
        Paired.Measure($"needs approvals, {rules} rules", () => Require(policy.EvaluateAssuming(large, new HashSet<string> { "alice" }, ledger, now).Verdict == Verdict.NeedsApprovals));
        var outputs = request with { Acts = [.. Enumerable.Repeat(request.Acts[0], 100), request.Acts[1]] };
        Paired.Measure($"100 outputs, {rules} rules", () => policy.EvaluateAssuming(outputs, approvers, ledger, now));
        var decision = policy.EvaluateAssuming(request, approvers, ledger, now);
        Paired.Measure($"reserve and commit, {rules} rules", () =>
        {
            Require(ledger.TryReserve("new", decision.Charges, now, out var reserved) is null);
            reserved.Commit("new", now);
        });
    }

    static CounterLedger Spend(Policy policy, PolicyRequest request, HashSet<string> approvers, int times)
    {
        var ledger = CounterLedger.Empty;
        for (var i = 0; i < times; i++)
        {
            var at = now.AddMinutes(i - times);
            Require(ledger.TryReserve($"{i}", policy.EvaluateAssuming(request, approvers, ledger, at).Charges, at, out ledger) is null);
            ledger = ledger.Commit($"{i}", at);
        }
        return ledger;
    }

    static void Documents()
    {
        var document = Document(50);
        Paired.Measure($"read a policy of {document.Length / 1024} KiB", () => Policy.Parse(document));
    }

    static void Intents()
    {
        Intent New() => new(
            "org", "wal_1", 0, ChainId.Parse("eip155:1"), default, [new(0, SignatureScheme.EcdsaSecp256k1, Bip32Path.Root, default)], "req", "alice", null, now.AddHours(1));
        var intent = New();
        Paired.Measure("intent with its hash", () => New());
        using var key = Ed25519Key.Generate(new SeededRandom(1));
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var q = ecdsa.ExportParameters(false).Q;
        Require(P256PublicKey.TryDecode([.. q.X!, .. q.Y!], out var point));
        var membership = new Membership(new("example.org", ["https://example.org"]),
        [
            new("alice", [new Device.Ed25519Key("key", key.EncodedPublicKey)]),
            new("bob", [new Device.Passkey("key", PasskeyCredential.FromRecord([1], point!, false, 0))]),
        ]);
        var challenge = System.Buffers.Text.Base64Url.EncodeToString(intent.Hash.ToArray());
        var client = Encoding.UTF8.GetBytes($$"""{"type":"webauthn.get","challenge":"{{challenge}}","origin":"https://example.org","crossOrigin":false}""");
        byte[] data = [.. SHA256.HashData("example.org"u8), 0x05, 0, 0, 0, 1];
        var signature = ecdsa.SignData([.. data, .. SHA256.HashData(client)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        Approval[] device = [new Approval.Signature("alice", "key", key.Sign(ApprovalSet.MessageFor(intent.Hash)))];
        Approval[] passkey = [new Approval.Assertion("bob", "key", client, data, signature)];
        Paired.Measure("verify a device key's approval", () => Require(ApprovalSet.Verify(intent, device, membership, PasskeyCounters.Empty, now).Refused.IsEmpty));
        Paired.Measure("verify a passkey's approval", () => Require(ApprovalSet.Verify(intent, passkey, membership, PasskeyCounters.Empty, now).Refused.IsEmpty));
    }

    // A fee rule and a payout rule with counters; the others are about wallets, recipients, functions and hours in turn.
    static byte[] Document(int rules)
    {
        var text = new StringBuilder("""
            { "quoratePolicy": 1, "name": "bench", "groups": { "ops": ["alice", "bob", "carol"] },
              "addressBook": { "known": { "entries": [
            """);
        for (var i = 0; i < 100; i++)
            text.Append(i == 0 ? "" : ",").Append($$"""{ "account": "eip155:1:0x{{i:x40}}", "addedAt": "2026-01-01T00:00:00Z" }""");
        text.Append($$"""
            ] } }, "rules": [
              { "id": "fees", "effect": "allow", "what": [ { "kind": "fee", "atMost": "1000" } ] },
              { "id": "pay", "effect": "allow", "what": [ { "kind": "transfer", "recipients": ["@known"] } ], "within": [ { "asset": "{{Ether}}", "atMost": "1000000", "rollingSeconds": 86400 } ] },
              { "id": "big", "effect": "require", "what": [ { "kind": "transfer" } ], "beyond": [ { "asset": "{{Ether}}", "atMost": "500", "every": "day", "zone": "Europe/Berlin" } ],
                "approvals": [ { "group": "ops", "count": 2, "initiatorMayApprove": true } ] }
            """);
        for (var i = 3; i < rules; i++)
            text.Append(",\n").Append((i % 4) switch
            {
                0 => $$"""{ "id": "r{{i}}", "effect": "deny", "wallets": ["wal_x{{i}}"] }""",
                1 => $$"""{ "id": "r{{i}}", "effect": "deny", "what": [ { "kind": "transfer", "recipients": ["eip155:1:0xBad{{i}}"] } ] }""",
                2 => $$"""{ "id": "r{{i}}", "effect": "allow", "what": [ { "kind": "call", "contracts": ["eip155:1:0xC{{i}}"], "functions": ["f()"] } ] }""",
                _ => $$"""{ "id": "r{{i}}", "effect": "deny", "what": [ { "kind": "memo" } ], "outsideHours": [ { "zone": "Europe/Berlin", "from": "08:00", "to": "20:00" } ] }""",
            });
        return Encoding.UTF8.GetBytes(text.Append("] }").ToString());
    }

    static PolicyRequest Request(ulong amount) => new()
    {
        Wallet = "wal_1",
        Chain = ChainId.Parse("eip155:1"),
        Initiator = "alice",
        Acts =
        [
            new() { Kind = ActKind.Transfer, Counterparty = Account.TryParse($"eip155:1:0x{7:x40}", out var to) ? to : null, Asset = AssetId.Parse(Ether), Amount = amount },
            new() { Kind = ActKind.Fee, Asset = AssetId.Parse(Ether), Amount = 21 },
        ],
    };

    static void Require(bool condition)
    {
        if (!condition)
            throw new InvalidOperationException("Something measured did not work.");
    }
}
