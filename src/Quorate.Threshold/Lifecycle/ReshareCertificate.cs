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
    const byte FormatVersion = 1;
    const int DigestSize = 32;

    readonly byte[] replaces;
    readonly SchnorrProof<C>[] proofs;

    /// <summary>Takes proofs that have been verified, in the order of the package's parties.</summary>
    internal ReshareCertificate(PublicKeyPackage<C> package, byte[] replaces, SchnorrProof<C>[] proofs) =>
        (Package, this.replaces, this.proofs) = (package, replaces, proofs);

    /// <summary>The new package.</summary>
    public PublicKeyPackage<C> Package { get; }

    /// <summary>Digest of the package that the new one was made from, 32 bytes.</summary>
    public ReadOnlySpan<byte> Replaces => replaces;

    /// <summary>Writes the stored format: 33 + 65·n′ bytes for secp256k1 (64·n′ for Ed25519) and the package.</summary>
    public void Write(WireWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Byte(FormatVersion);
        writer.Raw(replaces);
        Package.Write(writer);
        foreach (var proof in proofs)
            proof.Write(writer);
    }

    /// <summary>Reads the stored format and verifies it.</summary>
    /// <exception cref="WireException">The bytes are no certificate of a known version, or a proof does not verify.</exception>
    public static ReshareCertificate<C> Read(ref WireReader reader)
    {
        var version = reader.Byte();
        if (version != FormatVersion)
            throw reader.Error($"reshare certificate version {version}, known is {FormatVersion}");
        var replaces = reader.Take(DigestSize).ToArray();
        var package = PublicKeyPackage<C>.Read(ref reader);
        var statement = Statement(replaces, package);
        var proofs = new SchnorrProof<C>[package.Parties.Count];
        for (var i = 0; i < proofs.Length; i++)
        {
            proofs[i] = SchnorrProof<C>.Read(ref reader);
            if (!Verify(statement, package.Parties[i], package, proofs[i]))
                throw reader.Error($"the acknowledgement of {package.Parties[i]} does not verify");
        }
        return new(package, replaces, proofs);
    }

    /// <summary>What every acknowledgement is bound to: old package and new. No session: an acknowledgement holds for ever.</summary>
    internal static byte[] Statement(ReadOnlySpan<byte> replaces, PublicKeyPackage<C> package)
    {
        using var transcript = new Transcript(Tags.ReshareAcknowledgement);
        return transcript.Append(replaces).Append(package.Digest()).Digest();
    }

    internal static SchnorrProof<C> Prove(byte[] statement, PartyId me, PublicKeyPackage<C> package, Secret<Scalar<C>> share, IRandom random) =>
        SchnorrProof<C>.Prove(Tags.ReshareAcknowledgement, statement, me, share, package.VerifyingShare(me), random);

    internal static bool Verify(byte[] statement, PartyId j, PublicKeyPackage<C> package, in SchnorrProof<C> proof) =>
        proof.Verify(Tags.ReshareAcknowledgement, statement, j, package.VerifyingShare(j));
}
