using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Commitments;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using Quorate.Threshold.Transfer;

namespace Quorate.Threshold.Dkls23;

/// <summary>
/// The two rounds of signing that do not need the message: DKLs23 (ePrint 2023/765), protocol 3.6, steps 4 to 9 but for
/// wᵢ. They end with a nonce R and this party's shares of its inversion. See docs/spec/dkls23.md.
/// </summary>
public abstract class Dkls23Preparation<TOutput> : Protocol<TOutput> where TOutput : class
{
    readonly Dkls23KeyShare key;
    readonly IBanList bans;
    readonly IRandom random;

    /// <summary>
    /// Key, epoch, path and set-up are part of the context: parties that differ in any of them do not hear each other,
    /// instead of failing each other's checks.
    /// </summary>
    private protected Dkls23Preparation(
        string name, SessionId id, Dkls23KeyShare share, PartySet quorum, IBanList bans, IRandom random, params ReadOnlySpan<byte[]> agreed)
        : base(name, id, (share ?? throw new ArgumentNullException(nameof(share))).Me, quorum, [share.Package.Digest(), share.SetupId.ToArray(), .. agreed])
    {
        ArgumentNullException.ThrowIfNull(random);
        share.RequireQuorum(quorum, bans);
        (key, this.bans, this.random) = (share, bans, random);
    }

    private protected Dkls23KeyShare Key => key;

    private protected PublicKeyPackage<Secp256k1> Package => key.Package;

    /// <summary>What <see cref="Prepare"/> has left, for the script to wipe or to hand out.</summary>
    private protected PreparedNonce Prepared { get; private set; } = null!;

    /// <summary>Rounds 1 to 3 of the session: the paper's first two, the first in two parts.</summary>
    private protected IEnumerable<Round> Prepare()
    {
        var round1 = Round<Dkls23Sign.Commitment>(1);
        var round1Direct = Round<Dkls23Sign.Transfers>(2);
        var round2 = Round<Dkls23Sign.Product>(3, confirms: round1);
        var others = Parties.Except(Me).ToArray();
        using var hedged = new HedgedRandom(Context, key.Share.SigningShare, random);

        // Steps 4–6: nonce rᵢ, mask φᵢ; commit to Rᵢ; open a multiplication as receiver with every Pⱼ.
        using var r = Secret<Scalar<Secp256k1>>.Random(hedged);
        using var phi = Secret<Scalar<Secp256k1>>.Random(hedged);
        var R = r.MultiplyBase();
        var (commitment, salt) = HashCommitment.Commit(Context, Me, R.Encode(), hedged);
        var receivers = others.ToDictionary(j => j, j => Own(new MultiplicationReceiver(
            TransferLabel.Create(Context, j, Me), key.Setup(j).Pads0, key.Setup(j).Pads1, hedged)));
        round1.Broadcast(new(commitment));
        round1Direct.SendEach(j => new(receivers[j].Message.ToArray()));
        yield return round1;
        yield return round1Direct;

        // This check can ban, and depends on nothing but the pair and the context that every message carries.
        RefuseBanned(others);
        var senders = others.ToDictionary(j => j, j => ExtensionSender.TryCreate(
            TransferLabel.Create(Context, Me, j), key.Setup(j).Delta, key.Setup(j).ChosenPads, round1Direct[j].Value));
        foreach (var sender in senders.Values)
            if (sender is not null)
                Own(sender);
        BlameForever(Fault.FailedTransferCheck, others.Where(j => senders[j] is null));

        // Step 7: skᵢ = λᵢ·f(i) + ζᵢ; multiply (rᵢ, skᵢ) with every Pⱼ's χⱼᵢ.
        var session = SessionOf(round1);
        using var zeta = ZeroSharing.Share<Secp256k1>(session, Me, others.Select(j => (j, key.Setup(j).ZeroSeed)));
        var lambda = Lagrange<Secp256k1>.Coefficients(Parties)[Parties.IndexOf(Me)];
        using var sk = new Secret<Scalar<Secp256k1>>(lambda * key.Share.SigningShare.Expose() + zeta.Expose());
        var pk = sk.MultiplyBase();
        var c = new Dictionary<PartyId, ProductShares>();
        foreach (var j in others)
        {
            c[j] = Own(MultiplicationSender.Run(senders[j]!, session, r, sk, hedged, out var message));
            round2.Send(j, new(
                R, salt, pk, c[j].U.MultiplyBase(), c[j].V.MultiplyBase(), phi.Expose() - receivers[j].Factor.Expose(), message));
        }
        yield return round2;

        // Step 8. The barrier has found that all have seen the same commitments, so a failure here is the sender's own.
        RefuseBanned(others);
        Blame(Fault.InvalidOpening, others.Where(j => !HashCommitment.Verify(round1[j].Value, Context, j, round2[j].Salt, round2[j].R.Encode())));
        var d = new Dictionary<PartyId, ProductShares?>();
        foreach (var j in others)
        {
            d[j] = receivers[j].TryFinish(session, round2[j].Multiplication);
            if (d[j] is { } shares)
                Own(shares);
        }
        BlameForever(Fault.FailedMultiplicationCheck, others.Where(j => d[j] is null || !Fits(receivers[j].Factor, d[j]!, round2[j])));

        var keySum = others.Aggregate(pk, (sum, j) => sum + round2[j].Pk);
        Blame(Fault.InconsistentKeyShares, keySum == Package.GroupKey ? [] : others);

        // Step 9: uᵢ and vᵢ. In all parties these add up to r·φ and x·φ.
        var nonce = others.Aggregate(R, (sum, j) => sum + round2[j].R);
        Blame(Fault.FailedSignature, nonce.IsIdentity ? others : []);
        var mask = phi.Expose();
        foreach (var j in others)
            mask += round2[j].Psi;
        var (u, v) = (r.Expose() * mask, sk.Expose() * mask);
        foreach (var j in others)
        {
            u += c[j].U.Expose() + d[j]!.U.Expose();
            v += c[j].V.Expose() + d[j]!.V.Expose();
        }
        Prepared = new(session, nonce, phi.Expose(), u, v);
        (mask, u, v) = (default, default, default);
    }

    /// <summary>χ·Rⱼ = dᵘ·G + Γᵘ and χ·pkⱼ = dᵛ·G + Γᵛ: the sender put in what it announced.</summary>
    static bool Fits(Secret<Scalar<Secp256k1>> chi, ProductShares d, Dkls23Sign.Product theirs) =>
        chi * theirs.R == d.U.MultiplyBase() + theirs.GammaU & chi * theirs.Pk == d.V.MultiplyBase() + theirs.GammaV;

    /// <summary>Remembers the culprits before anything else can happen, then ends the session.</summary>
    void BlameForever(Fault fault, IEnumerable<PartyId> culprits)
    {
        PartyId[] found = [.. culprits];
        foreach (var culprit in found)
            bans.Ban(key.KeyId, culprit);
        Blame(fault, found);
    }

    /// <summary>Who failed a check in a session beside this one gets no answer from another check.</summary>
    void RefuseBanned(PartyId[] others) => Blame(Fault.Banned, others.Where(j => bans.IsBanned(key.KeyId, j)));

    /// <summary>The final id of the session: fresh by everybody's salted commitment.</summary>
    byte[] SessionOf(Round<Dkls23Sign.Commitment> commitments)
    {
        using var transcript = new Transcript(Tags.Dkls23Sign);
        transcript.Append(Context).List(Parties.Count);
        foreach (var j in Parties)
            transcript.Append(j.Value).Append(commitments[j].Value);
        return transcript.Digest();
    }
}
