using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Lifecycle;

/// <summary>
/// A key's next sharing as one party has it after phase 1: the new package and, at a receiver, the new share, which can
/// not sign yet. Store it beside the old share, durably, before phase 2 begins: <see cref="KeyHolding{C}"/> holds both.
/// </summary>
public sealed class PendingSharing<C> : IDisposable where C : struct, ICurve<C>
{
    const byte FormatVersion = 1;
    const int DigestSize = 32;

    readonly byte[] replaces;
    readonly Secret<Scalar<C>>? signingShare;

    PendingSharing(PartyId me, PublicKeyPackage<C> package, byte[] replaces, Secret<Scalar<C>>? signingShare) =>
        (Me, Package, this.replaces, this.signingShare) = (me, package, replaces, signingShare);

    /// <summary>Takes over the receiver's share.</summary>
    internal static PendingSharing<C> WithShare(KeyShare<C> share, PublicKeyPackage<C> old) =>
        new(share.Me, share.Package, old.Digest(), share.SigningShare);

    /// <summary>What a dealer has who is no receiver.</summary>
    internal static PendingSharing<C> WithoutShare(PartyId me, PublicKeyPackage<C> package, PublicKeyPackage<C> old) =>
        new(me, package, old.Digest(), null);

    /// <summary>This party.</summary>
    public PartyId Me { get; }

    /// <summary>The new package.</summary>
    public PublicKeyPackage<C> Package { get; }

    /// <summary>Digest of the package that the new one replaces, 32 bytes.</summary>
    public ReadOnlySpan<byte> Replaces => replaces;

    /// <summary>Whether this party is a receiver.</summary>
    public bool HasShare => signingShare is not null;

    internal Secret<Scalar<C>>? SigningShare => signingShare;

    /// <summary>The new share, ready to sign, with a life of its own.</summary>
    /// <exception cref="ArgumentException">The certificate is for another package.</exception>
    /// <exception cref="InvalidOperationException">This party is no receiver.</exception>
    public KeyShare<C> Activate(ReshareCertificate<C> certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        if (!IsCertifiedBy(certificate))
            throw new ArgumentException("The certificate is for another package.", nameof(certificate));
        return signingShare is null
            ? throw new InvalidOperationException($"{Me} receives no share.")
            : KeyShare<C>.FromTrusted(Me, signingShare.Copy(), Package);
    }

    internal bool IsCertifiedBy(ReshareCertificate<C> certificate) =>
        certificate.Replaces.SequenceEqual(replaces) && certificate.Package.Equals(Package);

    /// <summary>Writes the stored format, secret included: seal it before it touches a disk.</summary>
    public void Write(WireWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Byte(FormatVersion);
        writer.Party(Me);
        writer.Raw(replaces);
        Package.Write(writer);
        if (signingShare is not null)
            writer.SecretScalar(signingShare);
    }

    /// <summary>Reads the stored format and checks it whole. A share is there exactly if the package names the party.</summary>
    /// <exception cref="WireException">The bytes are no consistent pending sharing of a known version.</exception>
    public static PendingSharing<C> Read(ref WireReader reader)
    {
        var version = reader.Byte();
        if (version != FormatVersion)
            throw reader.Error($"pending sharing version {version}, known is {FormatVersion}");
        var me = reader.Party();
        var replaces = reader.Take(DigestSize).ToArray();
        var package = PublicKeyPackage<C>.Read(ref reader);
        if (!package.Parties.Contains(me))
            return new(me, package, replaces, null);
        var signingShare = reader.SecretScalar<C>();
        try
        {
            return new(me, package, replaces, new KeyShare<C>(me, signingShare, package).SigningShare);
        }
        catch (ArgumentException inconsistent)
        {
            throw reader.Error(inconsistent.Message);
        }
    }

    /// <summary>Wipes the share, if there is one.</summary>
    public void Dispose() => signingShare?.Dispose();
}
