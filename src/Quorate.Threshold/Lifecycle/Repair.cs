using System.Diagnostics;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Lifecycle;

/// <summary>
/// Repair of one lost share by t others, none of whom learns anything: the enrolment protocol of Nojoumian, Stinson and
/// Grainger as in Laing and Stinson, ePrint 2017/1155, with commitments that name whoever cheats. Package and epoch
/// stay. See docs/spec/lifecycle.md.
/// </summary>
/// <remarks>
/// The share goes to whoever the channel takes for the lost party: establish that it is, and that the old one is lost
/// and not stolen. A stolen share calls for a refresh without the thief.
/// </remarks>
public sealed class Repair<C> : Protocol<RepairOutcome<C>> where C : struct, ICurve<C>
{
    readonly PublicKeyPackage<C> package;
    readonly PartySet helpers;
    readonly PartyId lost;
    readonly KeyShare<C>? share;
    readonly IRandom? random;

    /// <summary>Helps. The share stays the caller's.</summary>
    /// <param name="id">A session of its own.</param>
    /// <param name="share">The helper's share.</param>
    /// <param name="helpers">At least t holders, all of whom help, without the lost one.</param>
    /// <param name="lost">The member of the committee whose share is lost.</param>
    /// <param name="random">For the split.</param>
    /// <exception cref="ArgumentException">The helpers are no quorum, the lost party holds no share, or it is a helper.</exception>
    public Repair(SessionId id, KeyShare<C> share, PartySet helpers, PartyId lost, IRandom random)
        : this(id, share.Package, share.Me, helpers, lost)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (!helpers.Contains(share.Me))
            throw new ArgumentException($"{share.Me} is not one of {helpers}.", nameof(helpers));
        (this.share, this.random) = (share, random);
    }

    /// <summary>Gets its share back, knowing nothing but the package.</summary>
    /// <exception cref="ArgumentException">The helpers are no quorum, the lost party holds no share, or it is a helper.</exception>
    public static Repair<C> Receive(SessionId id, PublicKeyPackage<C> package, PartySet helpers, PartyId lost)
    {
        ArgumentNullException.ThrowIfNull(package);
        return new(id, package, lost, helpers, lost);
    }

    Repair(SessionId id, PublicKeyPackage<C> package, PartyId me, PartySet helpers, PartyId lost)
        : base($"repair/1/{lost.Value}", id, me, Together(package, helpers, lost), package.Digest()) =>
        (this.package, this.helpers, this.lost) = (package, helpers, lost);

    /// <inheritdoc/>
    protected internal override IEnumerable<Round> Run()
    {
        var round1 = EchoRound<CommittedPoints<C>>(1, helpers);
        var round2 = Round<DealtScalar<C>>(2, helpers);
        var round3 = Round<DealtScalar<C>>(3, helpers);
        var lambda = Lagrange<C>.Coefficients(helpers, lost.ToScalar<C>());

        // Round 1: λᵢ(r)·sᵢ = Σⱼ δᵢⱼ. Deviation: broadcast Δᵢⱼ, so that whoever cheats is named.
        var me = helpers.IndexOf(Me);
        using var delta = share is null ? null : new ShareSplit<C>(lambda[me], share.SigningShare, helpers.Count, random!);
        if (delta is not null)
            round1.Broadcast(new(delta.Commit()));
        yield return round1;

        // Σⱼ Δᵢⱼ = λᵢ(r)·Yᵢ, or another share would come out.
        Blame(Fault.InvalidCommitment, round1.Senders.Where(i =>
            round1[i].Points.Length != helpers.Count
            || Point<C>.Sum(round1[i].Points) != Point<C>.MultiplyVarTime(lambda[helpers.IndexOf(i)], package.VerifyingShare(i))));

        if (delta is not null)
        {
            // Round 2: send δᵢⱼ to each helper.
            foreach (var j in helpers.Except(Me))
                round2.Send(j, new(delta[helpers.IndexOf(j)].Copy()));
            yield return round2;
            Blame(Fault.InvalidShare, round2.Senders.Where(i => round2[i].Value.MultiplyBase() != round1[i].Points[me]));

            // Round 3: send σⱼ = Σᵢ δᵢⱼ to the lost party.
            round3.Send(lost, new(DealtScalar<C>.Sum(round2.Senders.Select(i => round2[i].Value).Append(delta[me]))));
            Finish(new(null));
            yield break;
        }
        yield return round3;

        // σⱼ·G = Σᵢ Δᵢⱼ;  sᵣ = Σⱼ σⱼ.
        Blame(Fault.InvalidShare, round3.Senders.Where(j =>
            round3[j].Value.MultiplyBase() != Point<C>.Sum([.. helpers.Select(i => round1[i].Points[helpers.IndexOf(j)])])));
        using var s = DealtScalar<C>.Sum(round3.Senders.Select(j => round3[j].Value));
        if (s.MultiplyBase() != package.VerifyingShare(lost))
            throw new UnreachableException("All parts fit their commitments but their sum does not fit the package.");
        Finish(new(KeyShare<C>.FromTrusted(lost, s.Copy(), package)));
    }

    static PartySet Together(PublicKeyPackage<C> package, PartySet helpers, PartyId lost)
    {
        package.RequireQuorum(package.Scheme, helpers);
        if (!package.Parties.Contains(lost))
            throw new ArgumentException($"{lost} holds no share of this key.", nameof(lost));
        if (helpers.Contains(lost))
            throw new ArgumentException($"{lost} can not help itself.", nameof(helpers));
        return new(helpers.Append(lost));
    }
}

/// <summary>How a repair ended: with the share at the party that had lost it, with nothing but success at a helper.</summary>
public sealed record RepairOutcome<C>(KeyShare<C>? Share) : IDisposable where C : struct, ICurve<C>
{
    /// <summary>Wipes the share, if there is one.</summary>
    public void Dispose() => Share?.Dispose();
}
