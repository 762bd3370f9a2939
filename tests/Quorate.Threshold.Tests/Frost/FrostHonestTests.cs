using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Signatures;
using Quorate.Testing;
using Quorate.Testing.Native;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using Quorate.Threshold.Tests.Sharing;
using static Quorate.Threshold.Tests.Frost.Verdicts;

namespace Quorate.Threshold.Tests.Frost;

/// <summary>Everybody is honest; only the network is not.</summary>
public sealed class FrostHonestTests
{
    static readonly byte[] message = "a message"u8.ToArray();

    public static TheoryData<int, int> UpToFive()
    {
        var data = new TheoryData<int, int>();
        for (var n = 1; n <= 5; n++)
            for (var t = 1; t <= n; t++)
                data.Add(t, n);
        return data;
    }

    [Theory, MemberData(nameof(UpToFive))]
    public void Any_t_of_n_generates_a_key_and_signs_with_ed25519(int t, int n) => GenerateAndSign(FrostSuite.Ed25519, t, n);

    [Theory, MemberData(nameof(UpToFive))]
    public void Any_t_of_n_generates_a_key_and_signs_with_secp256k1(int t, int n) => GenerateAndSign(FrostSuite.Secp256k1, t, n);

    [Fact]
    public void Every_quorum_of_a_key_signs_and_larger_ones_too()
    {
        var parties = PartySet.Range(4);
        var shares = FrostRuns.Key(FrostSuite.Ed25519, 3, 2, parties);
        for (var members = 1; members < 16; members++)
        {
            var quorum = parties.Where((_, i) => (members >> i & 1) != 0).ToArray();
            if (quorum.Length >= 2)
                AssertSigns(FrostSuite.Ed25519, shares, new(quorum), (ulong)members);
        }
    }

    [Fact]
    public void Numbers_need_not_be_contiguous()
    {
        var parties = new PartySet([P(2), P(7), P(300), P(65535)]);
        AssertSigns(FrostSuite.Ed25519, FrostRuns.Key(FrostSuite.Ed25519, 4, 3, parties), new([P(2), P(300), P(65535)]), 1);
        AssertSigns(FrostSuite.Secp256k1, FrostRuns.Key(FrostSuite.Secp256k1, 4, 3, parties), new([P(7), P(300), P(65535)]), 1);
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6), InlineData(7), InlineData(8)]
    public void Order_and_repetition_of_messages_change_nothing(ulong seed)
    {
        // The parties' randomness stays; only the network's changes with the seed.
        KeyShare<Secp256k1>[] Generate(ulong network)
        {
            using var run = new Simulation(network).Duplicate();
            foreach (var p in PartySet.Range(3))
                run.Add(new FrostKeygen<Secp256k1>(FrostSuite.Secp256k1, FrostRuns.Id(1), p, PartySet.Range(3), 2, new SeededRandom(1, $"{p}")).Start());
            return run.Run().Outputs<KeyShare<Secp256k1>>();
        }

        SchnorrSignature<Secp256k1> Sign(ulong network, KeyShare<Secp256k1>[] shares)
        {
            using var run = new Simulation(network).Duplicate();
            foreach (var share in shares)
                run.Add(new FrostSign<Secp256k1>(FrostSuite.Secp256k1, FrostRuns.Id(2), share, PartySet.Range(3), message, new SeededRandom(2, $"{share.Me}")).Start());
            return run.Run().Outputs<SchnorrSignature<Secp256k1>>().Distinct().Single();
        }

        var (shares, same) = (Generate(seed), Generate(seed + 100));
        Assert.Equal(shares[0].Package, same[0].Package);
        Assert.Equal(Sign(seed, shares), Sign(seed + 100, same));
    }

    [Fact]
    public void Messages_of_any_length_are_signed()
    {
        var shares = FrostRuns.Key(FrostSuite.Ed25519, 5, 2, PartySet.Range(2));
        foreach (var length in (int[])[0, 1, 32, 1232, 100_000])
            AssertSigns(FrostSuite.Ed25519, shares, PartySet.Range(2), 1, new byte[length]);
    }

    [Fact]
    public void Children_sign_for_the_childs_key()
    {
        var shares = FrostRuns.Key(FrostSuite.Secp256k1, 6, 2, PartySet.Range(3));
        var tweak = Scalar<Secp256k1>.FromUInt64(123456789);
        var children = shares.ToDictionary(s => s.Key, s => s.Value.Add(tweak, new byte[32]));
        Assert.Equal(shares[P(1)].Package.GroupKey + Point<Secp256k1>.MultiplyBase(tweak), children[P(1)].Package.GroupKey);
        AssertSigns(FrostSuite.Secp256k1, children, PartySet.Range(2), 1);
    }

    [Fact]
    public void Thirty_four_of_a_hundred_sign()
    {
        var shares = Dealt<Ed25519>.Key(KeyScheme.FrostEd25519, 7, 34, PartySet.Range(100));
        AssertSigns(FrostSuite.Ed25519, shares, new(PartyId.Range(100).Where(p => p.Value % 3 == 1)), 1);
    }

    [Fact, Trait("Category", "Slow")]
    public void Thirty_four_of_a_hundred_generate_a_key_and_sign()
    {
        AssertSigns(FrostSuite.Ed25519, FrostRuns.Key(FrostSuite.Ed25519, 8, 34, PartySet.Range(100)), new(PartyId.Range(100).TakeLast(34)), 1);
        AssertSigns(FrostSuite.Secp256k1, FrostRuns.Key(FrostSuite.Secp256k1, 8, 34, PartySet.Range(100)), PartySet.Range(67), 1);
    }

    static void GenerateAndSign<C>(FrostSuite<C> suite, int t, int n) where C : struct, ICurve<C>
    {
        for (ulong seed = 0; seed < 3; seed++)
        {
            var shares = FrostRuns.Key(suite, 1000 * seed + (ulong)(100 * n + t), t, PartySet.Range(n));
            var package = shares.Values.First().Package;
            Assert.All(shares.Values, s => Assert.Equal(package, s.Package));
            Assert.Equal((t, KeyOrigin.Generated, 0u), (package.Threshold, package.Origin, package.Epoch));
            AssertSigns(suite, shares, new(PartyId.Range(n).TakeLast(t)), seed);
        }
    }

    static void AssertSigns<C>(
        FrostSuite<C> suite, IReadOnlyDictionary<PartyId, KeyShare<C>> shares, PartySet quorum, ulong seed, byte[]? signed = null) where C : struct, ICurve<C>
    {
        signed ??= message;
        var key = shares[quorum[0]].Package.GroupKey;
        using var signing = FrostRuns.Sign(suite, seed, shares, quorum, signed).Run();
        var signature = signing.Outputs<SchnorrSignature<C>>().Distinct().Single();
        Assert.True(signature.Verify(suite, key, signed));
        Assert.False(signature.Verify(suite, key, [.. signed, 0]));
        if (typeof(C) == typeof(Ed25519))
        {
            // Signatures with Ed25519 are everybody's, RFC 8032.
            Assert.True(Libsodium.Verify(signature.Encode(), signed, key.Encode()));
            Assert.True(Ed25519Signature.Verify(key.Encode(), signed, signature.Encode()));
            Assert.False(Libsodium.Verify(signature.Encode(), [.. signed, 0], key.Encode()));
        }
    }
}
