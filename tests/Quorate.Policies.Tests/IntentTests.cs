using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Quorate.Chains;
using Quorate.Cryptography.Derivation;
using Quorate.Testing;

namespace Quorate.Policies.Tests;

public class IntentTests
{
    static JsonElement Vectors(string file, string kind) =>
        JsonDocument.Parse(File.ReadAllBytes(Repository.PathOf($"docs/spec/vectors/{file}"))).RootElement.GetProperty(kind);

    static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    [Fact]
    public void Intents_hash_as_the_published_vectors_say()
    {
        foreach (var vector in Vectors("intents.json", "accepted").EnumerateArray())
        {
            var intent = IntentJson.Parse(Encoding.UTF8.GetBytes(vector.GetProperty("intent").GetRawText()));
            Assert.Equal(Text(vector, "hash"), intent.Hash.ToString());
            Assert.Equal(Text(vector, "approvalMessage"), Convert.ToHexStringLower(ApprovalSet.MessageFor(intent.Hash)));
            Assert.Equal(intent, IntentJson.Parse(IntentJson.Write(intent)));
        }
    }

    [Fact]
    public void What_the_published_vectors_refuse_is_refused_at_their_pointer()
    {
        foreach (var vector in Vectors("intents.json", "refused").EnumerateArray())
            Assert.Equal(Text(vector, "pointer"),
                Assert.Throws<DocumentException>(() => IntentJson.Parse(Encoding.UTF8.GetBytes(vector.GetProperty("intent").GetRawText()))).Pointer);
    }

    [Fact]
    public void Policies_hash_as_the_published_vectors_say()
    {
        foreach (var vector in Vectors("policies.json", "accepted").EnumerateArray())
        {
            var policy = Policy.Parse(Encoding.UTF8.GetBytes(vector.GetProperty("policy").GetRawText()));
            Assert.Equal(Text(vector, "canonical"), Encoding.UTF8.GetString(policy.ToCanonicalJson()));
            Assert.Equal(Text(vector, "hash"), policy.Hash.ToString());
        }
    }

    [Fact]
    public void Every_field_changes_the_hash()
    {
        static Intent New(
            string organisation = "org", string wallet = "wal", ulong epoch = 1, string chain = "eip155:1", byte transaction = 1, int index = 0,
            SignatureScheme scheme = SignatureScheme.Bip340, string path = "m/0", byte payload = 2, string? root = null, int signatures = 1,
            string request = "req", string initiator = "alice", string? feeAsset = "slip44:60", ulong fee = 5, int seconds = 100)
        {
            var chainId = ChainId.Parse(chain);
            var one = new IntentSignature(index, scheme, Bip32Path.Parse(path), new(Enumerable.Repeat(payload, 32).ToArray()), root);
            ImmutableArray<IntentSignature> all = [.. Enumerable.Range(0, signatures).Select(i => one with { Index = one.Index + i })];
            return new(organisation, wallet, epoch, chainId, new(Enumerable.Repeat(transaction, 32).ToArray()), all, request, initiator,
                feeAsset is null ? null : new(AssetId.Parse($"{chain}/{feeAsset}"), fee), DateTimeOffset.FromUnixTimeSeconds(seconds));
        }

        Intent[] intents =
        [
            New(), New(organisation: "orh"), New(wallet: "wam"), New(epoch: 2), New(chain: "eip155:2"), New(transaction: 2), New(index: 1),
            New(scheme: SignatureScheme.EcdsaSecp256k1), New(scheme: SignatureScheme.Ed25519), New(path: "m/0/0"), New(path: "m/0'"), New(payload: 3), New(root: ""), New(root: new('0', 64)),
            New(signatures: 2), New(request: "rer"), New(initiator: "bob"), New(feeAsset: null), New(feeAsset: "slip44:61"), New(fee: 6), New(seconds: 101),
        ];
        Assert.Equal(intents.Length + 1, intents.Append(New().ReplaceBy(New().Transaction, New().Signatures, "rer")).Select(i => i.Hash).Distinct().Count());
        Assert.Equal(New(), New());
        Assert.Equal(New().GetHashCode(), New().GetHashCode());
    }

    [Fact]
    public void A_replacement_is_the_same_but_for_transaction_and_request()
    {
        static Intent New(string wallet = "wal", ulong fee = 1, Digest? replaces = null, string request = "req", string initiator = "alice", int expires = 9) => new(
            "org", wallet, 0, ChainId.Parse("eip155:1"), default, [new(0, SignatureScheme.EcdsaSecp256k1, Bip32Path.Root, default)], request, initiator,
            new(AssetId.Parse("eip155:1/slip44:60"), fee), DateTimeOffset.UnixEpoch.AddSeconds(expires), replaces);
        var original = New();
        var replacement = original.ReplaceBy(original.Hash, original.Signatures, "again");
        Assert.True(replacement.IsReplacementOf(original));
        Assert.Equal(replacement, IntentJson.Parse(IntentJson.Write(replacement)));
        foreach (var other in (Intent[])[
            New(request: "again"), New(request: "again", replaces: replacement.Hash), New("wam", request: "again", replaces: original.Hash),
            New(fee: 2, request: "again", replaces: original.Hash), New(initiator: "bob", request: "again", replaces: original.Hash),
            New(expires: 10, request: "again", replaces: original.Hash), New(replaces: original.Hash)])
            Assert.False(other.IsReplacementOf(original));
        Assert.False(replacement.IsReplacementOf(replacement));
        Assert.Throws<InvalidOperationException>(() => replacement.ReplaceBy(default, original.Signatures, "third"));
        Assert.Throws<ArgumentException>(() => original.ReplaceBy(default, original.Signatures, "req"));
    }

    [Fact]
    public void Malformed_parts_are_the_callers_mistake()
    {
        static Intent New(string wallet = "wal", MaxFee? fee = null, double seconds = 1, params IntentSignature[] signatures) => new(
            "org", wallet, 0, ChainId.Parse("eip155:1"), default, [.. signatures], "req", "alice", fee, DateTimeOffset.UnixEpoch.AddSeconds(seconds));
        var one = new IntentSignature(0, SignatureScheme.EcdsaSecp256k1, Bip32Path.Root, default);
        New(signatures: one);
        Assert.Throws<ArgumentException>(() => New());
        Assert.Throws<ArgumentException>(() => New(signatures: [one, one]));
        Assert.Throws<ArgumentException>(() => New(signatures: one with { Index = -1 }));
        Assert.Throws<ArgumentException>(() => New(signatures: one with { Scheme = 0 }));
        Assert.Throws<ArgumentException>(() => New(signatures: one with { TaprootRoot = "" }));
        Assert.Throws<ArgumentException>(() => New(signatures: one with { Scheme = SignatureScheme.Bip340, TaprootRoot = "AB" }));
        Assert.Throws<ArgumentException>(() => New(wallet: "", signatures: one));
        Assert.Throws<ArgumentException>(() => New(wallet: "a b", signatures: one));
        Assert.Throws<ArgumentException>(() => New(wallet: new('a', 65), signatures: one));
        Assert.Throws<ArgumentException>(() => New(seconds: 0.5, signatures: one));
        Assert.Throws<ArgumentException>(() => New(seconds: -1, signatures: one));
        Assert.Throws<ArgumentException>(() => New(fee: new(AssetId.Parse("eip155:2/slip44:60"), 1), signatures: one));
    }

    [Fact]
    public void An_Ed25519_signature_is_bound_by_the_hash_of_its_message_and_a_digest_by_itself()
    {
        var address = new Address(ChainId.Parse("eip155:1"), "0xA");
        var message = new byte[100];
        var ed = IntentSignature.From(new(0, SignatureScheme.Ed25519, address, null, message), Bip32Path.Root);
        Assert.Equal(new Digest(System.Security.Cryptography.SHA256.HashData(message)), ed.Payload);
        Assert.Throws<ArgumentException>(() => IntentSignature.From(new(0, SignatureScheme.EcdsaSecp256k1, address, null, message), Bip32Path.Root));
        Assert.Throws<ArgumentException>(() => IntentSignature.From(new(0, SignatureScheme.Bip340, address, null, new byte[32], new byte[31]), Bip32Path.Root));
        Assert.Equal("", IntentSignature.From(new(0, SignatureScheme.Bip340, address, null, new byte[32], ReadOnlyMemory<byte>.Empty), Bip32Path.Root).TaprootRoot);
    }
}
