using FsCheck;
using FsCheck.Fluent;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Testing;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Tests.Sharing;

/// <summary>Shamir's and Feldman's arithmetic for any polynomial and any parties.</summary>
public abstract class SharingProperties<C> where C : struct, ICurve<C>
{
    /// <summary>Any party; often one of the edges.</summary>
    static Gen<PartyId> Party { get; } = Gen.Frequency(
        (1, Gen.Elements(1, 2, 3, 255, 256, 32767, 32768, 65534, 65535)), (2, Gen.Choose(1, 65535))).Select(i => new PartyId(i));

    static Gen<PartySet> Parties(int min, int max) =>
        Gen.Choose(min, max).SelectMany(n => Party.ArrayOf(2 * n).Select(p => p.Distinct().Take(n).ToArray())).Where(p => p.Length >= min).Select(p => new PartySet(p));

    /// <summary>1 to 6 coefficients, zeros among them.</summary>
    static Gen<Scalar<C>[]> Coefficients { get; } = Gen.Choose(1, 6).SelectMany(t => EdgeValues.Scalar<C>().ArrayOf(t));

    static Gen<(Scalar<C>[] Coefficients, PartySet Quorum)> Shared { get; } =
        Coefficients.SelectMany(a => Parties(a.Length, 8).Select(q => (a, q)));

    static Scalar<C> Evaluate(Scalar<C>[] coefficients, Scalar<C> x)
    {
        // The schoolbook sum, where the code uses Horner's rule.
        var (sum, power) = (Scalar<C>.Zero, Scalar<C>.One);
        foreach (var a in coefficients)
        {
            sum += a * power;
            power *= x;
        }
        return sum;
    }

    [Fact]
    public void A_share_is_the_polynomial_at_the_partys_number() => Prop.ForAll(Shared.ToArbitrary(), shared =>
    {
        using var f = Polynomial<C>.FromCoefficients(shared.Coefficients);
        using var constant = f.Constant;
        return f.Count == shared.Coefficients.Length && constant.Expose() == shared.Coefficients[0] && shared.Quorum.All(p =>
        {
            using var share = f.At(p);
            return share.Expose() == Evaluate(shared.Coefficients, p.ToScalar<C>());
        });
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_quorum_reconstructs_any_polynomial_anywhere() =>
        Prop.ForAll(Shared.ToArbitrary(), EdgeValues.Scalar<C>().ToArbitrary(), (shared, x) =>
        {
            var (a, quorum) = shared;
            Scalar<C> Interpolate(Scalar<C>[] lambda) =>
                quorum.Select((p, i) => lambda[i] * Evaluate(a, p.ToScalar<C>())).Aggregate(Scalar<C>.Zero, (sum, term) => sum + term);
            return Interpolate(Lagrange<C>.Coefficients(quorum)) == a[0] && Interpolate(Lagrange<C>.Coefficients(quorum, x)) == Evaluate(a, x);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void At_a_member_interpolation_takes_that_members_share() => Prop.ForAll(Parties(1, 6).ToArbitrary(), quorum =>
        quorum.Select((p, i) => (p, i)).All(m => Lagrange<C>.Coefficients(quorum, m.p.ToScalar<C>())
            .Select((lambda, j) => lambda == (j == m.i ? Scalar<C>.One : Scalar<C>.Zero)).All(same => same))).QuickCheckThrowOnFailure();

    [Fact]
    public void One_share_too_few_gives_another_secret() => Prop.ForAll(Parties(2, 6).ToArbitrary(), EdgeValues.Random.ToArbitrary(), (quorum, random) =>
    {
        using var f = Polynomial<C>.Random(quorum.Count, random);
        var fewer = new PartySet(quorum.Skip(1));
        var lambda = Lagrange<C>.Coefficients(fewer);
        var guess = Scalar<C>.Zero;
        for (var i = 0; i < fewer.Count; i++)
        {
            using var share = f.At(fewer[i]);
            guess += lambda[i] * share.Expose();
        }
        using var secret = f.Constant;
        return guess != secret.Expose();
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_commitment_at_a_party_is_its_share_times_G() => Prop.ForAll(Shared.ToArbitrary(), shared =>
    {
        using var f = Polynomial<C>.FromCoefficients(shared.Coefficients);
        var phi = f.Commit();
        return phi.Count == f.Count && shared.Quorum.All(p =>
        {
            using var share = f.At(p);
            using var wrong = new Secret<Scalar<C>>(share.Expose() + Scalar<C>.One);
            return phi.AtVarTime(p) == share.MultiplyBase() && phi.Verify(p, share) && !phi.Verify(p, wrong);
        });
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Commitments_add_up_as_polynomials_do() => Prop.ForAll(Coefficients.ToArbitrary(), Party.ToArbitrary(), (a, p) =>
    {
        using var f = Polynomial<C>.FromCoefficients(a);
        using var g = Polynomial<C>.FromCoefficients([.. a.Select(c => c * c + Scalar<C>.One)]);
        using var s = f.At(p);
        using var t = g.At(p);
        using var sum = new Secret<Scalar<C>>(s.Expose() + t.Expose());
        return PolynomialCommitment<C>.Sum([f.Commit(), g.Commit()]).Verify(p, sum);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Random_polynomials_have_no_zero_coefficient_and_keep_a_given_constant()
    {
        using var random = new SeededRandom(1);
        using var constant = new Secret<Scalar<C>>(Scalar<C>.FromUInt64(5));
        using var f = Polynomial<C>.Random(constant, 4, random);
        using var g = Polynomial<C>.Random(4, random);
        Assert.Equal(Point<C>.MultiplyBase(constant.Expose()), f.Commit().Constant);
        Assert.Equal(8, f.Commit().Coefficients.ToArray().Concat(g.Commit().Coefficients.ToArray()).Distinct().Count());
        Assert.Throws<ArgumentOutOfRangeException>(() => Polynomial<C>.Random(0, random));
        Assert.Throws<ArgumentOutOfRangeException>(() => Polynomial<C>.Random(constant, 0, random));
    }

    [Fact]
    public void A_disposed_polynomial_is_gone()
    {
        var f = Polynomial<C>.FromCoefficients([Scalar<C>.One]);
        f.Dispose();
        Assert.Throws<ObjectDisposedException>(() => f.At(new(1)));
        Assert.Throws<ObjectDisposedException>(() => f.Commit());
    }
}

public sealed class Ed25519SharingTests : SharingProperties<Ed25519>;

public sealed class Secp256k1SharingTests : SharingProperties<Secp256k1>;
