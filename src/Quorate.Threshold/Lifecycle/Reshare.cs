using System.Diagnostics;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Lifecycle;

/// <summary>
/// Phase 1 of a refresh, a resharing or the distribution of an imported key: Desmedt and Jajodia's redistribution of
/// shares (1997), verified as by Wong, Wang and Wing (2002). The new shares are pending: they replace nothing before
/// phase 2, <see cref="ReshareAcknowledgement{C}"/>, has ended with a certificate. See docs/spec/lifecycle.md.
/// </summary>
public sealed class Reshare<C> : Protocol<PendingSharing<C>> where C : struct, ICurve<C>
{
    readonly ResharePlan<C> plan;
    readonly KeyShare<C>? old;
    readonly IRandom? random;

    /// <summary>Takes part as a dealer, who may be a receiver as well. The old share stays the caller's.</summary>
    /// <exception cref="ArgumentException">The share is of another package than the plan's, or its holder is no dealer.</exception>
    public Reshare(ResharePlan<C> plan, SessionId id, KeyShare<C> share, IRandom random) : this(plan, id, share.Me)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (!plan.Dealers.Contains(share.Me))
            throw new ArgumentException($"{share.Me} is not one of the dealers {plan.Dealers}.", nameof(share));
        if (!share.Package.Equals(plan.Package))
            throw new ArgumentException("The share is not of the package that the plan is about.", nameof(share));
        (old, this.random) = (share, random);
    }

    /// <summary>Takes part as a receiver only. Who holds an old share but does not deal keeps it out of the session.</summary>
    /// <exception cref="ArgumentException"><paramref name="me"/> is a dealer, or no party of the plan.</exception>
    public static Reshare<C> Receive(ResharePlan<C> plan, SessionId id, PartyId me)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return plan.Dealers.Contains(me)
            ? throw new ArgumentException($"{me} is a dealer: its share is needed.", nameof(me))
            : new(plan, id, me);
    }

    Reshare(ResharePlan<C> plan, SessionId id, PartyId me)
        : base("reshare/1", id, me, plan.Parties, plan.Digest()) => this.plan = plan;

    /// <inheritdoc/>
    protected internal override IEnumerable<Round> Run()
    {
        var round1 = EchoRound<CommittedPoints<C>>(1, plan.Dealers);
        var round2 = Round<DealtScalar<C>>(2, plan.Dealers);
        var (t, package) = (plan.Threshold, plan.Package);
        var lambda = Lagrange<C>.Coefficients(plan.Dealers);

        // Round 1: every dealer shares its part of the key, fᵢ(0) = λᵢ·sᵢ, with degree t′ − 1; broadcast Φᵢ. Deviation: all
        // parties echo, since a dealer who leaves needs the new package too.
        using var f = old is null ? null : Deal(lambda[plan.Dealers.IndexOf(Me)]);
        if (f is not null)
            round1.Broadcast(new(f.Commit().Coefficients.ToArray()));
        yield return round1;

        // Deviation: checked against the package that everybody brought along. Φᵢ₀ = λᵢ·Yᵢ, or another key would come
        // out; exactly t′ coefficients, or another threshold.
        Blame(Fault.InvalidCommitment, round1.Senders.Where(i =>
            round1[i].Points.Length != t
            || round1[i].Points[0] != Point<C>.MultiplyVarTime(lambda[plan.Dealers.IndexOf(i)], package.VerifyingShare(i))));

        // Round 2: send fᵢ(j) to each receiver.
        if (f is not null)
            foreach (var j in plan.Receivers.Except(Me))
                round2.Send(j, new(f.At(j)));
        var (F, shift) = Sum(round1);
        var next = Next(F);
        if (!plan.Receivers.Contains(Me))
        {
            Finish(PendingSharing<C>.WithoutShare(Me, next, package));
            yield break;
        }
        yield return round2;

        // sⱼ′ = F(j) = Σ fᵢ(j) + h·jᵈ, checked on the sum; single ones only to find culprits.
        using var own = f?.At(Me);
        using var dealt = DealtScalar<C>.Sum(round2.Senders.Select(i => round2[i].Value).Concat(own is null ? [] : [own]));
        using var share = new Secret<Scalar<C>>(dealt.Expose() + shift.At(Me));
        if (share.MultiplyBase() != next.VerifyingShare(Me))
        {
            Blame(Fault.InvalidShare, round2.Senders.Where(i => !new PolynomialCommitment<C>(round1[i].Points).Verify(Me, round2[i].Value)));
            throw new UnreachableException("All shares lie on their polynomials but their sum does not.");
        }
        Finish(PendingSharing<C>.WithShare(KeyShare<C>.FromTrusted(Me, share.Copy(), next), package));
    }

    Polynomial<C> Deal(in Scalar<C> lambda)
    {
        using var part = new Secret<Scalar<C>>(lambda * old!.SigningShare.Expose());
        return Polynomial<C>.Random(part, plan.Threshold, random!);
    }

    /// <summary>Deviation, see <see cref="LeadingShift{C}"/>: the commitment to F = Σ fᵢ + h·xᵈ with d = t′ − 1, and the shift h·xᵈ.</summary>
    (PolynomialCommitment<C> F, LeadingShift<C> Shift) Sum(Round<CommittedPoints<C>> round1)
    {
        var sum = PolynomialCommitment<C>.Sum(plan.Dealers.Select(i => new PolynomialCommitment<C>(round1[i].Points)));
        if (sum.Constant != plan.Package.GroupKey)
            throw new UnreachableException("The dealers' parts do not add up to the key.");
        using var transcript = new Transcript(Tags.ReshareShift);
        transcript.Append(Context).List(plan.Dealers.Count);
        foreach (var i in plan.Dealers)
            transcript.Append<C>(round1[i].Points);
        var shift = LeadingShift<C>.From(transcript, sum.Count);
        return (shift.Apply(sum), shift);
    }

    PublicKeyPackage<C> Next(PolynomialCommitment<C> F) => PublicKeyPackage<C>.FromCommitment(
        plan.Package.Scheme, plan.Package.Origin, plan.Epoch, plan.Receivers, F, plan.Package.ChainCode);
}
