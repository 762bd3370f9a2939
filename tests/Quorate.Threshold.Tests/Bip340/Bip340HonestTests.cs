using Quorate.Testing;
using Quorate.Testing.Native;
using Quorate.Threshold.Frost.Bip340;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Tests.Bip340;

public sealed class Bip340HonestTests
{
    static readonly byte[] Message = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    public static TheoryData<int, int> UpToFive()
    {
        var data = new TheoryData<int, int>();
        for (var n = 1; n <= 5; n++)
            for (var t = 1; t <= n; t++)
                data.Add(t, n);
        return data;
    }

    [Theory, MemberData(nameof(UpToFive))]
    public void Every_quorum_of_t_of_n_signs(int t, int n)
    {
        var shares = Bip340Runs.Deal((ulong)(100 * n + t), t, n);
        var key = TweakContext.Init(shares[new(1)].Package.GroupKey);
        foreach (var quorum in Quorums(t, n))
        {
            using var run = Bip340Runs.Sign(7, shares, quorum, key, Message).Duplicate().Run();
            AssertSigned(run, key);
        }
    }

    [Fact]
    public void Thirteen_of_twenty_sign()
    {
        var shares = Bip340Runs.Deal(20, 13, 20);
        var key = TweakContext.Init(shares[new(1)].Package.GroupKey).ApplyTaproot();
        using var run = Bip340Runs.Sign(1, shares, new(PartyId.Range(20).Skip(4).Take(13)), key, Message).Run();
        AssertSigned(run, key);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public void A_message_has_any_length(int length)
    {
        var shares = Bip340Runs.Deal(3, 2, 3);
        var key = TweakContext.Init(shares[new(1)].Package.GroupKey);
        var message = new byte[length];
        using var run = Bip340Runs.Sign(3, shares, new([new(1), new(3)]), key, message).Run();
        Assert.True(run.Output<Bip340Signed>(new(1)).Signature.Verify(key.PublicKey, message));
    }

    [Fact]
    public void Prepared_nonces_sign_in_one_round()
    {
        var shares = Bip340Runs.Deal(4, 2, 3);
        var quorum = new PartySet([new(2), new(3)]);
        var key = TweakContext.Init(shares[new(1)].Package.GroupKey).ApplyTaproot(new byte[32]);
        var nonces = quorum.ToDictionary(p => p, p => SecretNonce.Prepare(shares[p], new SeededRandom(4, $"nonce {p}")));

        using var run = Bip340Runs.SignPrepared(4, shares, quorum, key, Message, nonces).Run();

        Assert.Equal(2, run.Delivered);
        AssertSigned(run, key);
        Assert.All(nonces.Values, n => Assert.Throws<InvalidOperationException>(() => n.Take()));
    }

    [Fact]
    public void A_prepared_nonce_signs_once()
    {
        var shares = Bip340Runs.Deal(5, 1, 2);
        var quorum = new PartySet([new(1)]);
        var key = TweakContext.Init(shares[new(1)].Package.GroupKey);
        using var nonce = SecretNonce.Prepare(shares[new(1)], new SeededRandom(5));
        var nonces = new Dictionary<PartyId, SecretNonce> { [new(1)] = nonce };
        using var first = Bip340Runs.SignPrepared(5, shares, quorum, key, Message, nonces).Run();
        AssertSigned(first, key);

        Assert.Throws<InvalidOperationException>(() => Bip340Runs.SignPrepared(6, shares, quorum, key, [1], nonces));
    }

    static void AssertSigned(Simulation run, TweakContext key)
    {
        var outputs = run.Outputs<Bip340Signed>();
        Assert.All(outputs, o => Assert.Equal(outputs[0], o));
        Assert.Equal(key.PublicKey, outputs[0].PublicKey);
        Assert.True(outputs[0].Signature.Verify(key.PublicKey, Message));
        Assert.True(Libsecp256k1.SchnorrVerifyEncoded(outputs[0].Signature.Encode(), Message, key.PublicKey.Encode()));
        Assert.False(outputs[0].Signature.Verify(key.PublicKey, "another message"u8));
    }

    /// <summary>All subsets of 1 to n with exactly t members, and the full set.</summary>
    static IEnumerable<PartySet> Quorums(int t, int n) =>
        from mask in Enumerable.Range(1, (1 << n) - 1)
        let members = PartyId.Range(n).Where(p => (mask >> (p.Value - 1) & 1) != 0).ToArray()
        where members.Length == t || members.Length == n
        select new PartySet(members);
}
