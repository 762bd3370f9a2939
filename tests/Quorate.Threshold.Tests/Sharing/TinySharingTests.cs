using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Testing;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using Scalar = Quorate.Cryptography.Curves.Scalar<Quorate.Testing.TinyCurve>;

namespace Quorate.Threshold.Tests.Sharing;

/// <summary>Every polynomial there is, over a group of 199 elements.</summary>
public sealed class TinySharingTests
{
    const int Size = TinyCurve.Size;
    static readonly Scalar[] all = [.. Enumerable.Range(0, Size).Select(i => Scalar.FromUInt64((ulong)i))];
    static readonly Point<TinyCurve>[] multiples = [.. all.Select(k => Point<TinyCurve>.MultiplyBase(k))];

    // 198 is −1.
    static readonly PartyId[] parties = [.. new[] { 1, 2, 3, 5, 198 }.Select(i => new PartyId(i))];

    static IEnumerable<PartySet> Quorums(int atLeast) =>
        from members in Enumerable.Range(0, 1 << parties.Length)
        let quorum = parties.Where((_, i) => (members >> i & 1) != 0).ToArray()
        where quorum.Length >= atLeast
        select new PartySet(quorum);

    static int Value(in Scalar scalar) => scalar.Encode()[31];

    [Fact]
    public void Every_line_is_reconstructed_by_every_quorum()
    {
        var quorums = Quorums(2).Select(q => (Parties: q, Lambda: Lagrange<TinyCurve>.Coefficients(q))).ToArray();
        Assert.Equal(26, quorums.Length);
        foreach (var a0 in all)
            foreach (var a1 in all)
                foreach (var (quorum, lambda) in quorums)
                {
                    var sum = Scalar.Zero;
                    for (var i = 0; i < quorum.Count; i++)
                        sum += lambda[i] * (a0 + a1 * quorum[i].ToScalar<TinyCurve>());
                    if (sum != a0)
                        Assert.Fail($"{Value(a0)} + {Value(a1)}x by {quorum}: {Value(sum)}");
                }
    }

    [Fact]
    public void Every_parabola_is_reconstructed_by_every_quorum_at_every_point()
    {
        // At 0 and at every other abscissa; a₀ matters only by its being added.
        var quorums = Quorums(3).ToArray();
        foreach (var x in all)
        {
            var lambdas = quorums.Select(q => Lagrange<TinyCurve>.Coefficients(q, x)).ToArray();
            for (var a1 = 0; a1 < Size; a1 += 11)
                for (var a2 = 0; a2 < Size; a2 += 7)
                    for (var q = 0; q < quorums.Length; q++)
                    {
                        Scalar F(in Scalar at) => all[42] + (all[a1] + all[a2] * at) * at;
                        var sum = Scalar.Zero;
                        for (var i = 0; i < quorums[q].Count; i++)
                            sum += lambdas[q][i] * F(quorums[q][i].ToScalar<TinyCurve>());
                        Assert.True(sum == F(x));
                    }
        }
    }

    [Fact]
    public void A_share_says_nothing_about_the_secret()
    {
        // Of all lines, exactly one has a given share and a given secret, for each pair of values.
        foreach (var party in parties)
        {
            var seen = new int[Size, Size];
            foreach (var a0 in all)
                foreach (var a1 in all)
                    seen[Value(a0), Value(a0 + a1 * party.ToScalar<TinyCurve>())]++;
            Assert.All(seen.Cast<int>(), count => Assert.Equal(1, count));
        }
    }

    [Fact]
    public void Every_line_commits_to_its_shares()
    {
        for (var a0 = 0; a0 < Size; a0++)
            for (var a1 = 0; a1 < Size; a1++)
            {
                var phi = new PolynomialCommitment<TinyCurve>([multiples[a0], multiples[a1]]);
                foreach (var party in parties)
                    if (phi.AtVarTime(party) != multiples[(a0 + a1 * party.Value) % Size])
                        Assert.Fail($"{a0} + {a1}x at {party}");
            }
    }

    [Fact]
    public void A_polynomial_commits_to_its_coefficients_and_verifies_its_share_and_no_other()
    {
        foreach (var (a0, a1) in ((int, int)[])[(0, 0), (0, 1), (1, 0), (5, 198), (198, 198), (100, 99)])
        {
            using var f = Polynomial<TinyCurve>.FromCoefficients([all[a0], all[a1]]);
            Assert.Equal([multiples[a0], multiples[a1]], f.Commit().Coefficients.ToArray());
            for (var value = 0; value < Size; value++)
            {
                using var share = new Secret<Scalar>(all[value]);
                Assert.Equal(value == (a0 + 3 * a1) % Size, f.Commit().Verify(new(3), share));
            }
        }
    }

    [Fact]
    public void A_package_exists_for_every_line_without_a_zero_and_for_no_other()
    {
        for (var a0 = 0; a0 < Size; a0++)
            for (var a1 = 0; a1 < Size; a1 += a0 == 42 ? 1 : 13)
            {
                var hasZero = a0 == 0 || a1 == 0 || (a0 + a1) % Size == 0 || (a0 + 2 * a1) % Size == 0;
                var (key, first, second) = (multiples[a0], multiples[(a0 + a1) % Size], multiples[(a0 + 2 * a1) % Size]);
                Assert.Equal(!hasZero, Exists(2, key, first, second));
                // One share for both, or one of the secret: thresholds that the points do not have.
                Assert.False(!hasZero && Exists(1, key, first, second));
            }
    }

    [Fact]
    public void Of_packages_off_every_line_a_hash_lets_pass_as_many_as_it_must()
    {
        // One in 199 passes the check by chance; in the groups we ship, one in 2²⁵².
        var passed = 0;
        for (var third = 1; third < Size; third++)
            for (var second = 1; second < Size; second += 20)
            {
                // 1, second, third at 0, 1, 2: on a line only if third = 2·second − 1.
                if ((third + 1 - 2 * second) % Size != 0 && Exists(2, multiples[1], multiples[second], multiples[third]))
                    passed++;
            }
        Assert.InRange(passed, 0, 3 * 1980 / Size);
    }

    static bool Exists(int threshold, in Point<TinyCurve> key, params Point<TinyCurve>[] shares)
    {
        try
        {
            _ = new PublicKeyPackage<TinyCurve>(KeyScheme.FrostSecp256k1, KeyOrigin.Imported, 0, threshold, PartySet.Range(shares.Length), key, shares, new byte[32]);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
