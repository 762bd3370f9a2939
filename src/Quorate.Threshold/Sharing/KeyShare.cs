using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Sharing;

/// <summary>
/// One party's share of a key, with the public package it belongs to. It fits its verifying share, or it does not exist.
/// Wiped by <see cref="Dispose"/>.
/// </summary>
public sealed class KeyShare<C> : IDisposable where C : struct, ICurve<C>
{
    const byte FormatVersion = 1;

    /// <summary>Takes ownership of <paramref name="signingShare"/>, whatever the outcome.</summary>
    /// <exception cref="ArgumentException">The party holds no share, or this is not the share that the package names.</exception>
    public KeyShare(PartyId me, Secret<Scalar<C>> signingShare, PublicKeyPackage<C> package)
    {
        ArgumentNullException.ThrowIfNull(signingShare);
        try
        {
            ArgumentNullException.ThrowIfNull(package);
            if (signingShare.MultiplyBase() != package.VerifyingShare(me))
                throw new ArgumentException("The signing share does not fit its verifying share.", nameof(signingShare));
        }
        catch
        {
            signingShare.Dispose();
            throw;
        }
        (Me, SigningShare, Package) = (me, signingShare, package);
    }

    KeyShare(PartyId me, PublicKeyPackage<C> package, Secret<Scalar<C>> signingShare) =>
        (Me, SigningShare, Package) = (me, signingShare, package);

    /// <summary>A share whose fit has just been proven.</summary>
    internal static KeyShare<C> FromTrusted(PartyId me, Secret<Scalar<C>> signingShare, PublicKeyPackage<C> package) =>
        new(me, package, signingShare);

    /// <summary>Whose share this is.</summary>
    public PartyId Me { get; }

    /// <summary>f(me).</summary>
    public Secret<Scalar<C>> SigningShare { get; }

    /// <summary>The public side of the key.</summary>
    public PublicKeyPackage<C> Package { get; }

    /// <summary>
    /// The share of the key plus <paramref name="tweak"/>, with a life of its own. Whoever learns a child share and the
    /// tweak knows the parent share: guard both alike.
    /// </summary>
    /// <exception cref="ArgumentException">The tweaked key or a share of it is the identity: negligible unless sought.</exception>
    public KeyShare<C> Add(in Scalar<C> tweak, ReadOnlySpan<byte> childChainCode)
    {
        // The package first: it may refuse, and then no secret is left behind.
        var child = Package.Add(tweak, childChainCode);
        return FromTrusted(Me, new(SigningShare.Expose() + tweak), child);
    }

    /// <summary>Writes the stored format, secret included: seal it before it touches a disk.</summary>
    public void Write(WireWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Byte(FormatVersion);
        writer.Party(Me);
        Package.Write(writer);
        writer.SecretScalar(SigningShare);
    }

    /// <summary>Reads the stored format and checks it whole.</summary>
    /// <exception cref="WireException">The bytes are no consistent share of a known version.</exception>
    public static KeyShare<C> Read(ref WireReader reader)
    {
        var version = reader.Byte();
        if (version != FormatVersion)
            throw reader.Error($"key share version {version}, known is {FormatVersion}");
        var me = reader.Party();
        var package = PublicKeyPackage<C>.Read(ref reader);
        var signingShare = reader.SecretScalar<C>();
        try
        {
            return new(me, signingShare, package);
        }
        catch (ArgumentException inconsistent)
        {
            throw reader.Error(inconsistent.Message);
        }
    }

    /// <summary>Wipes the share.</summary>
    public void Dispose() => SigningShare.Dispose();
}
