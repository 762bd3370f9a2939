using System.Buffers.Binary;
using Quorate.Cryptography.Curves;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using Point = Quorate.Cryptography.Curves.Point<Quorate.Cryptography.Curves.Secp256k1>;
using Scalar = Quorate.Cryptography.Curves.Scalar<Quorate.Cryptography.Curves.Secp256k1>;

namespace Quorate.Threshold.Frost.Bip340;

/// <summary>
/// Who signs: the signers and their public shares, which make up the threshold public key (BIP 445, Signers Context).
/// Public, and valid or not there. BIP 445's participant identifier is the party's number minus one.
/// </summary>
public sealed class SignersContext
{
    readonly Point[] publicShares;
    readonly Scalar[] lambda;

    /// <summary>ValidateSignersCtx. The public shares are in the order of the signers.</summary>
    /// <param name="n">How many hold shares: their numbers are 1 to n.</param>
    /// <param name="t">How many sign.</param>
    /// <param name="signers">The signers, at least t.</param>
    /// <param name="publicShares">One for each signer.</param>
    /// <param name="thresholdKey">What the shares make up.</param>
    /// <exception cref="ArgumentException">
    /// Not 1 ≤ t ≤ n, fewer than t signers, a signer above n, or shares that do not make up the key.
    /// </exception>
    public SignersContext(int n, int t, PartySet signers, ReadOnlySpan<Point> publicShares, in Point thresholdKey)
        : this(signers, publicShares, thresholdKey)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(t, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(t, n);
        if (signers.Count < t)
            throw new ArgumentException($"{signers.Count} signers, {t} are needed.", nameof(signers));
        if (signers[^1].Value > n)
            throw new ArgumentException($"{signers[^1]} is not one of {n} parties.", nameof(signers));
        if (publicShares.Length != signers.Count)
            throw new ArgumentException("One public share for every signer.", nameof(publicShares));
        if (DeriveThresholdKey() != thresholdKey)
            throw new ArgumentException("The public shares do not make up the threshold public key.", nameof(publicShares));
    }

    SignersContext(PartySet signers, ReadOnlySpan<Point> publicShares, in Point thresholdKey)
    {
        ArgumentNullException.ThrowIfNull(signers);
        Signers = signers;
        ThresholdKey = thresholdKey;
        this.publicShares = publicShares.ToArray();
        lambda = Lagrange<Secp256k1>.Coefficients(signers);
    }

    /// <summary>The signers.</summary>
    public PartySet Signers { get; }

    /// <summary>thresh_pk, Q₀.</summary>
    public Point ThresholdKey { get; }

    /// <summary>
    /// A quorum of a key's holders. The package is consistent by construction, so nothing is computed again.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The key is not one for BIP 340 signatures, the quorum has fewer than t members, or a member holds no share.
    /// </exception>
    public static SignersContext Of(PublicKeyPackage<Secp256k1> package, PartySet quorum)
    {
        ArgumentNullException.ThrowIfNull(package);
        package.RequireQuorum(KeyScheme.FrostBip340, quorum);
        return new(quorum, quorum.Select(package.VerifyingShare).ToArray(), package.GroupKey);
    }

    /// <exception cref="ArgumentException">Not one of the signers.</exception>
    internal void Require(PartyId party)
    {
        if (!Signers.Contains(party))
            throw new ArgumentException($"{party} is not among the signers {Signers}.", nameof(party));
    }

    /// <summary>pubshare of one signer.</summary>
    internal Point PublicShare(PartyId signer) => publicShares[Signers.IndexOf(signer)];

    /// <summary>DeriveInterpolatingValue: λ of one signer.</summary>
    internal Scalar Lambda(PartyId signer) => lambda[Signers.IndexOf(signer)];

    /// <summary>
    /// SerializeIds: the identifiers in ascending order, four bytes each. Sorted, so that hashes commit to the set of
    /// signers and not to an order, which a deterministic signer could be made to sign under twice.
    /// </summary>
    internal void SerializeIds(Span<byte> destination)
    {
        for (var i = 0; i < Signers.Count; i++)
            BinaryPrimitives.WriteUInt32BigEndian(destination[(4 * i)..], IdentifierOf(Signers[i]));
    }

    /// <summary>BIP 445 counts participants from zero.</summary>
    internal static uint IdentifierOf(PartyId party) => (uint)party.Value - 1;

    /// <summary>DeriveThreshPubkey: Σ λᵢ·Pᵢ.</summary>
    Point DeriveThresholdKey() => Point.SumOfProductsVarTime(lambda, publicShares);
}
