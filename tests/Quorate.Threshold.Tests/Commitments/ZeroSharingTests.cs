using System.Security.Cryptography;
using System.Text;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Testing;
using Quorate.Threshold.Commitments;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Tests.Commitments;

public sealed class ZeroSharingTests
{
    [Theory, InlineData(2), InlineData(3), InlineData(5)]
    public void The_shares_add_up_to_zero_and_single_ones_are_not_zero(int n)
    {
        var shares = Shares(n, session: 1);
        Assert.True(shares.Aggregate(default(Scalar<Secp256k1>), (sum, s) => sum + s).IsZero);
        Assert.All(shares, s => Assert.False(s.IsZero));
    }

    [Fact]
    public void Another_session_gives_other_shares() =>
        Assert.All(Shares(3, session: 1).Zip(Shares(3, session: 2)), pair => Assert.NotEqual(pair.First, pair.Second));

    [Fact]
    public void Both_parties_of_a_pair_find_the_same_seed_and_every_input_counts()
    {
        var seed = Seed(new(1), 1, new(2), 2, setup: 7);
        Assert.Equal(seed, Seed(new(2), 2, new(1), 1, setup: 7));
        Assert.NotEqual(seed, Seed(new(1), 1, new(2), 2, setup: 8));
        Assert.NotEqual(seed, Seed(new(1), 3, new(2), 2, setup: 7));
        Assert.NotEqual(seed, Seed(new(1), 1, new(2), 3, setup: 7));
        Assert.NotEqual(seed, Seed(new(1), 1, new(3), 2, setup: 7));
    }

    // What docs/spec/dkls23.md says, computed with nothing but the framework's SHA-256.
    [Fact]
    public void Seed_confirmation_and_share_are_the_documented_hashes()
    {
        var seed = Seed(new(258), 1, new(3), 2, setup: 7);
        Assert.Equal(Tagged("seed", [0, 3, 1, 2], Bytes(7), Bytes(2), Bytes(1)), seed);
        Assert.Equal(Tagged("confirmation", seed, [1, 2]), ZeroSharing.Confirm(seed, new(258)));
        Assert.Equal(Tagged("confirmation", seed, [0, 3]), ZeroSharing.Confirm(seed, new(3)));

        using var secret = new SecretBytes(seed);
        var term = Scalar<Secp256k1>.Reduce([.. Tagged("share", seed, Bytes(9), [0]), .. Tagged("share", seed, Bytes(9), [1])]);
        using var lower = ZeroSharing.Share<Secp256k1>(Bytes(9), new(3), [(new(258), secret)]);
        using var higher = ZeroSharing.Share<Secp256k1>(Bytes(9), new(258), [(new(3), secret)]);
        Assert.Equal((term, -term), (lower.Expose(), higher.Expose()));

        static byte[] Tagged(string name, params byte[][] parts)
        {
            var tag = SHA256.HashData(Encoding.UTF8.GetBytes($"quorate/v1/zero-share/{name}"));
            return SHA256.HashData([.. tag, .. tag, .. parts.SelectMany(p => p)]);
        }
    }

    [Fact]
    public void Other_lengths_and_nothing_are_refused()
    {
        var seed = new byte[32];
        foreach (var wrong in (byte[][])[new byte[31], new byte[33]])
        {
            Assert.Throws<ArgumentException>(() => ZeroSharing.Seed(wrong, new(1), seed, new(2), seed, new byte[32]));
            Assert.Throws<ArgumentException>(() => ZeroSharing.Seed(seed, new(1), wrong, new(2), seed, new byte[32]));
            Assert.Throws<ArgumentException>(() => ZeroSharing.Seed(seed, new(1), seed, new(2), wrong, new byte[32]));
            Assert.Throws<ArgumentException>("seed", () => ZeroSharing.Confirm(wrong, new(1)));
            Assert.Throws<ArgumentException>("session", () => ZeroSharing.Share<Secp256k1>(wrong, new(1), []));
        }
        Assert.Throws<ArgumentNullException>("peers", () => ZeroSharing.Share<Secp256k1>(seed, new(1), null!));
    }

    static byte[] Seed(PartyId me, byte mine, PartyId peer, byte theirs, byte setup)
    {
        var seed = new byte[32];
        ZeroSharing.Seed(Bytes(setup), me, Bytes(mine), peer, Bytes(theirs), seed);
        return seed;
    }

    static byte[] Bytes(byte value) => [.. Enumerable.Repeat(value, 32)];

    static Scalar<Secp256k1>[] Shares(int n, byte session)
    {
        using var random = new SeededRandom(3);
        var seeds = new Dictionary<(PartyId, PartyId), SecretBytes>();
        foreach (var i in PartyId.Range(n))
            foreach (var j in PartyId.Range(n).Where(j => j > i))
            {
                var seed = new SecretBytes(32);
                random.Fill(seed.Expose());
                seeds[(i, j)] = seeds[(j, i)] = seed;
            }
        return [.. PartyId.Range(n).Select(i =>
        {
            using var share = ZeroSharing.Share<Secp256k1>(Bytes(session), i, PartyId.Range(n).Where(j => j != i).Select(j => (j, seeds[(i, j)])));
            return share.Expose();
        })];
    }
}
