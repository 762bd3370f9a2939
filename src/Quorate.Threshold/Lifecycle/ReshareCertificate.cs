using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Proofs;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Lifecycle;

/// <summary>
/// Proof to anybody that every member of a new committee holds its share of a new package: the package and one proof of
/// knowledge per verifying share. Public and transferable; it verifies, or it does not exist. With it, and only with it,
/// old shares may go.
/// </summary>
/// <remarks>
/// Nobody makes one without the new committee: whoever could prove knowledge of t′ shares of a package would know the key.
/// </remarks>
public sealed class ReshareCertificate<C> where C : struct, ICurve<C>
{
    const byte FormatVersion = 1, FormatVersionWithSetup = 2;
    const int DigestSize = 32;

    readonly byte[] replaces, setupId;
    readonly SchnorrProof<C>[] proofs;

    /// <summary>Takes proofs that have been verified, in the order of the package's parties.</summary>
    internal ReshareCertificate(PublicKeyPackage<C> package, byte[] replaces, byte[] setupId, SchnorrProof<C>[] proofs) =>
        (Package, this.replaces, this.setupId, this.proofs) = (package, replaces, setupId, proofs);

    /// <summary>The new package.</summary>
    public PublicKeyPackage<C> Package { get; }

    /// <summary>Digest of the package that the new one was made from, 32 bytes.</summary>
    public ReadOnlySpan<byte> Replaces => replaces;

    /// <summary>Id of the pairwise set-ups that every member holds beside its share, 32 bytes; empty but for DKLs23.</summary>
    public ReadOnlySpan<byte> SetupId => setupId;

    /// <summary>
    /// Writes the stored format: 33 + 65·n′ bytes for secp256k1 (64·n′ for Ed25519) and the package; 32 more with set-ups.
    /// </summary>
    public void Write(WireWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Byte(setupId.Length == 0 ? FormatVersion : FormatVersionWithSetup);
        writer.Raw(replaces);
        writer.Raw(setupId);
        Package.Write(writer);
        foreach (var proof in proofs)
            proof.Write(writer);
    }

    /// <summary>Reads the stored format and verifies it.</summary>
    /// <exception cref="WireException">The bytes are no certificate of a known version, or a proof does not verify.</exception>
    public static ReshareCertificate<C> Read(ref WireReader reader)
    {
        var version = reader.Byte();
        if (version is not (FormatVersion or FormatVersionWithSetup))
            throw reader.Error($"reshare certificate version {version}, known are {FormatVersion} and {FormatVersionWithSetup}");
        var replaces = reader.Take(DigestSize).ToArray();
        var setupId = reader.Take(version == FormatVersionWithSetup ? DigestSize : 0).ToArray();
        var package = PublicKeyPackage<C>.Read(ref reader);
        if (package.Scheme == KeyScheme.Dkls23 != (version == FormatVersionWithSetup))
            throw reader.Error($"a certificate of version {version} for a key of {package.Scheme}");
        var statement = Statement(replaces, package, setupId);
        var proofs = new SchnorrProof<C>[package.Parties.Count];
        for (var i = 0; i < proofs.Length; i++)
        {
            proofs[i] = SchnorrProof<C>.Read(ref reader);
            if (!Verify(statement, package.Parties[i], package, proofs[i]))
                throw reader.Error($"the acknowledgement of {package.Parties[i]} does not verify");
        }
        return new(package, replaces, setupId, proofs);
    }

    /// <summary>
    /// One receiver's acknowledgement, where it is carried by something else than a session of
    /// <see cref="ReshareAcknowledgement{C}"/>. Store the holding with the pending sharing durably before it leaves.
    /// </summary>
    /// <param name="pending">The sharing, with this party's share.</param>
    /// <param name="setupId">Id of the set-ups that the party holds for it; empty but for DKLs23.</param>
    /// <param name="random">For the proof.</param>
    /// <exception cref="ArgumentException">There is no share to acknowledge, or a set-up is missing or out of place.</exception>
    public static SchnorrProof<C> Acknowledge(PendingSharing<C> pending, ReadOnlySpan<byte> setupId, IRandom random)
    {
        ArgumentNullException.ThrowIfNull(pending);
        if (pending.SigningShare is not { } share)
            throw new ArgumentException($"{pending.Me} receives no share.", nameof(pending));
        RequireSetup(pending.Package, setupId);
        return Prove(Statement(pending.Replaces, pending.Package, setupId), pending.Me, pending.Package, share, random);
    }

    /// <summary>The certificate that these acknowledgements make, in the order of the package's parties; null if one of them does not verify.</summary>
    /// <exception cref="ArgumentException">The counts or lengths differ, or a set-up is missing or out of place.</exception>
    public static ReshareCertificate<C>? Combine(
        PublicKeyPackage<C> package, ReadOnlySpan<byte> replaces, ReadOnlySpan<byte> setupId, IReadOnlyList<SchnorrProof<C>> proofs)
    {
        ArgumentNullException.ThrowIfNull(package);
        ArgumentNullException.ThrowIfNull(proofs);
        if (proofs.Count != package.Parties.Count || replaces.Length != DigestSize)
            throw new ArgumentException("One proof for every party, and a digest of 32 bytes.", nameof(proofs));
        RequireSetup(package, setupId);
        var statement = Statement(replaces, package, setupId);
        for (var i = 0; i < proofs.Count; i++)
            if (!Verify(statement, package.Parties[i], package, proofs[i]))
                return null;
        return new(package, replaces.ToArray(), setupId.ToArray(), [.. proofs]);
    }

    static void RequireSetup(PublicKeyPackage<C> package, ReadOnlySpan<byte> setupId)
    {
        if (setupId.Length != (package.Scheme == KeyScheme.Dkls23 ? DigestSize : 0))
            throw new ArgumentException("Shares of DKLs23, and no others, are acknowledged with their set-ups.", nameof(setupId));
    }

    /// <summary>What every acknowledgement is bound to: old package and new, and set-ups where there are any. No session: an acknowledgement holds for ever.</summary>
    internal static byte[] Statement(ReadOnlySpan<byte> replaces, PublicKeyPackage<C> package, ReadOnlySpan<byte> setupId)
    {
        using var transcript = new Transcript(Tags.ReshareAcknowledgement);
        transcript.Append(replaces).Append(package.Digest());
        if (!setupId.IsEmpty)
            transcript.Append(setupId);
        return transcript.Digest();
    }

    internal static SchnorrProof<C> Prove(byte[] statement, PartyId me, PublicKeyPackage<C> package, Secret<Scalar<C>> share, IRandom random) =>
        SchnorrProof<C>.Prove(Tags.ReshareAcknowledgement, statement, me, share, package.VerifyingShare(me), random);

    internal static bool Verify(byte[] statement, PartyId j, PublicKeyPackage<C> package, in SchnorrProof<C> proof) =>
        proof.Verify(Tags.ReshareAcknowledgement, statement, j, package.VerifyingShare(j));
}
