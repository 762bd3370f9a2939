using System.Security.Cryptography;
using Quorate.Cryptography.Derivation;
using Quorate.Testing;
using Quorate.Testing.Interop;
using Quorate.Testing.Native;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Sessions;

namespace Quorate.System.Tests.Interop;

/// <summary>DKLs23's signatures under two verifiers that are not ours: libsecp256k1 and @noble/curves.</summary>
public sealed class Dkls23CrossCheckTests
{
    const string N = "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141";
    static readonly SortedDictionary<PartyId, Dkls23KeyShare> Shares = Dkls23Runs.Key(50, 2, PartySet.Range(3));

    public static TheoryData<string> Digests =>
    [
        new('0', 64),
        new string('0', 63) + "1",
        N[..^1] + "0",
        N,
        N[..^1] + "2",
        new('F', 64),
        "8" + new string('0', 63),
        "7" + new string('F', 63),
        // p − n and p: the field's edges are no edges of a digest, and must not become some.
        "000000000000000000000000000000014551231950B75FC4402DA1722FC9BAEE",
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC2F",
    ];

    [Theory, MemberData(nameof(Digests))]
    public void An_edge_digest_is_signed_and_both_accept_it_and_recover_the_key(string hex)
    {
        var digest = Convert.FromHexString(hex);
        foreach (var quorum in new PartySet[] { new([new(1), new(2)]), new([new(1), new(3)]), new([new(2), new(3)]) })
            AssertAccepted(Shares, quorum, digest);
    }

    [Fact]
    public void Every_size_up_to_five_is_accepted()
    {
        for (var n = 2; n <= 5; n++)
            for (var t = 2; t <= n; t++)
                AssertAccepted(Dkls23Runs.Key((ulong)(51 + 10 * n + t), t, PartySet.Range(n)), new(PartyId.Range(n).TakeLast(t)), SHA256.HashData([(byte)n, (byte)t]));
    }

    [Fact]
    public void Both_recovery_ids_come_up_and_a_child_key_is_recovered_too()
    {
        var path = Bip32Path.Parse("m/44/60/0/0/7");
        var children = Shares.ToDictionary(s => s.Key, s => s.Value.Derive(path));
        var ids = Enumerable.Range(0, 12).Select(i => AssertAccepted(children, new([new(1), new(3)]), SHA256.HashData([(byte)i])));
        Assert.Equal([0, 1], ids.Distinct().Order());
    }

    [Fact]
    public void Neither_accepts_another_digest_key_or_id()
    {
        var digest = SHA256.HashData("one"u8);
        var signature = Sign(Shares, PartySet.Range(2), digest);
        var (compact, key, other) = (signature.Value.Signature.EncodeCompact(), Key(Shares), SHA256.HashData("other"u8));
        Assert.False(Libsecp256k1.EcdsaVerifyEncoded(compact, other, key));
        Assert.False(Noble.EcdsaVerify(key, other, compact));
        var wrong = new byte[33];
        Assert.True(Libsecp256k1.EcdsaRecover(wrong, digest, compact, signature.Value.RecoveryId ^ 1));
        Assert.NotEqual(key, wrong);
        Assert.Equal(wrong, Noble.EcdsaRecover(digest, compact, signature.Value.RecoveryId ^ 1));
        Assert.False(Libsecp256k1.EcdsaVerifyEncoded(compact, digest, Key(Dkls23Runs.Key(51, 2, PartySet.Range(2)))));
    }

    /// <summary>The recovery id, once both libraries have verified the signature and recovered the key with it.</summary>
    static int AssertAccepted(IReadOnlyDictionary<PartyId, Dkls23KeyShare> shares, PartySet quorum, byte[] digest)
    {
        var (signature, key) = (Sign(shares, quorum, digest).Value, Key(shares));
        var compact = signature.Signature.EncodeCompact();
        Assert.True(Libsecp256k1.EcdsaVerifyEncoded(compact, digest, key));
        Assert.True(Noble.EcdsaVerify(key, digest, compact, requireLowS: true));
        var recovered = new byte[33];
        Assert.True(Libsecp256k1.EcdsaRecover(recovered, digest, compact, signature.RecoveryId));
        Assert.Equal(key, recovered);
        Assert.Equal(key, Noble.EcdsaRecover(digest, compact, signature.RecoveryId));
        var fromDer = new byte[64];
        Assert.True(Libsecp256k1.EcdsaParseDer(fromDer, signature.Signature.EncodeDer()));
        Assert.Equal(compact, fromDer);
        return signature.RecoveryId;
    }

    static Dkls23Signature Sign(IReadOnlyDictionary<PartyId, Dkls23KeyShare> shares, PartySet quorum, byte[] digest)
    {
        using var run = Dkls23Runs.Sign(50, shares, quorum, digest).Run();
        return Assert.Single(run.Outputs<Dkls23Signature>().Distinct());
    }

    static byte[] Key(IReadOnlyDictionary<PartyId, Dkls23KeyShare> shares) => shares.Values.First().Package.GroupKey.Encode();
}
