using System.Diagnostics;
using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using static Quorate.Threshold.Tests.Frost.Verdicts;

namespace Quorate.Threshold.Tests.Frost;

/// <summary>
/// FROST over a group of 199 elements: for every secret, and with zeros and identities where they have a chance of one in
/// 2²⁵² otherwise. They are met with a clear exception at the one who drew them; nobody is blamed for chance.
/// </summary>
public sealed class TinyFrostTests
{
    static readonly PartySet quorum = new([P(1), P(3)]);

    [Fact]
    public void Every_secret_signs_or_its_chance_zero_is_named()
    {
        var (signed, unlucky) = (0, 0);
        for (var secret = 1; secret < TinyCurve.Size; secret++)
        {
            var shares = Key(secret);
            if (Try(() => FrostRuns.Sign(TinySuite.Instance, (ulong)secret, shares, quorum, [(byte)secret])) is not { } run)
            {
                unlucky++;
                continue;
            }
            using (run)
                foreach (var signature in run.Outputs<SchnorrSignature<TinyCurve>>())
                    Assert.True(signature.Verify(TinySuite.Instance, shares[P(1)].Package.GroupKey, [(byte)secret]));
            signed++;
        }
        // Four nonces and one sum of them may be zero: about one run in forty.
        Assert.InRange(unlucky, 1, 20);
        Assert.Equal(198, signed + unlucky);
    }

    [Fact, Commits(Fault.InvalidSignatureShare)]
    public void Every_wrong_signature_share_is_named()
    {
        for (var error = 1; error < TinyCurve.Size; error++)
        {
            var shares = Key(secret: 42);
            using var run = Try(() => FrostRuns.Sign(TinySuite.Instance, 7, shares, quorum, [1])
                .Tamper<FrostSign<TinyCurve>.SignatureShare>(2, P(3), null, m => new(m.Z + Scalar<TinyCurve>.FromUInt64((ulong)error))));
            run!.AssertBlames<SchnorrSignature<TinyCurve>>(1, (Fault.InvalidSignatureShare, 3));
        }
    }

    [Fact]
    public void Key_generation_gives_a_key_or_names_its_chance_zero()
    {
        var (generated, unlucky) = (0, 0);
        for (ulong seed = 0; seed < 100; seed++)
        {
            if (Try(() => FrostRuns.Keygen(TinySuite.Instance, seed, 2, PartySet.Range(3))) is not { } run)
            {
                unlucky++;
                continue;
            }
            using (run)
            {
                var shares = run.Outputs<KeyShare<TinyCurve>>();
                Assert.All(shares, s => Assert.Equal(shares[0].Package, s.Package));
                var lambda = Lagrange<TinyCurve>.Coefficients(PartySet.Range(2));
                Assert.Equal(
                    shares[0].Package.GroupKey,
                    Point<TinyCurve>.MultiplyBase(lambda[0] * shares[0].SigningShare.Expose() + lambda[1] * shares[1].SigningShare.Expose()));
            }
            generated++;
        }
        // The key, three shares, the degree, three nonces: about one run in twenty-five.
        Assert.InRange(unlucky, 1, 20);
        Assert.Equal(100, generated + unlucky);
    }

    [Fact, Commits(Fault.InvalidShare)]
    public void Every_wrong_share_is_named()
    {
        for (var error = 1; error < TinyCurve.Size; error++)
        {
            using var run = Try(() => FrostRuns.Keygen(TinySuite.Instance, 3, 2, PartySet.Range(3))
                .Tamper<FrostKeygen<TinyCurve>.Share>(2, P(3), null, m => new(new Cryptography.Secrets.Secret<Scalar<TinyCurve>>(
                    m.Value.Expose() + Scalar<TinyCurve>.FromUInt64((ulong)error)))));
            run!.AssertAllBlame<KeyShare<TinyCurve>>([1, 2], Fault.InvalidShare, 3);
        }
    }

    /// <summary>f(x) = secret + a·x with the first a for which no share is zero.</summary>
    static SortedDictionary<PartyId, KeyShare<TinyCurve>> Key(int secret)
    {
        var parties = PartySet.Range(3);
        var a = Enumerable.Range(1, 10).First(a => parties.All(p => (secret + a * p.Value) % TinyCurve.Size != 0));
        using var f = Polynomial<TinyCurve>.FromCoefficients([Scalar<TinyCurve>.FromUInt64((ulong)secret), Scalar<TinyCurve>.FromUInt64((ulong)a)]);
        var package = PublicKeyPackage<TinyCurve>.FromCommitment(KeyScheme.FrostSecp256k1, KeyOrigin.Imported, 0, parties, f.Commit(), new byte[32]);
        return new(parties.ToDictionary(p => p, p => new KeyShare<TinyCurve>(p, f.At(p), package)));
    }

    /// <summary>The run, or null where somebody drew a zero and said so. In a group of 199 any other exception is a finding.</summary>
    static Simulation? Try(Func<Simulation> start)
    {
        try
        {
            return start().Run();
        }
        catch (InvalidOperationException zero) when (zero.Message.Contains("identity", StringComparison.Ordinal))
        {
            return null;
        }
        catch (UnreachableException zero) when (zero.Message.Contains("nonces cancel", StringComparison.Ordinal))
        {
            return null;
        }
        catch (ArgumentException zero) when (zero.Message.Contains("identity", StringComparison.Ordinal) || zero.Message.Contains("Fewer parties", StringComparison.Ordinal))
        {
            return null;
        }
    }
}
