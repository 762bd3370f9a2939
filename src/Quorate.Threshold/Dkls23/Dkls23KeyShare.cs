using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Hashing;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Dkls23;

/// <summary>
/// One party's share of an ECDSA key together with what it keeps for every peer: the oblivious transfers and seeds of
/// <see cref="PairwiseSetups"/>, which belong to this generation of the shares only. Wiped by <see cref="Dispose"/>.
/// </summary>
public sealed class Dkls23KeyShare : IDisposable
{
    const byte FormatVersion = 1;

    readonly PairwiseSetups setups;
    readonly byte[] keyId;

    /// <summary>Takes ownership of share and set-ups, whatever the outcome.</summary>
    /// <exception cref="ArgumentException">
    /// The share is of another scheme, or the set-ups are another party's, or of another epoch or sharing than the share:
    /// says which.
    /// </exception>
    public Dkls23KeyShare(KeyShare<Secp256k1> share, PairwiseSetups setups)
    {
        ArgumentNullException.ThrowIfNull(share);
        ArgumentNullException.ThrowIfNull(setups);
        try
        {
            if (share.Package.Scheme != KeyScheme.Dkls23)
                throw new ArgumentException($"A share of {share.Package.Scheme}.", nameof(share));
            setups.RequireFit(share.Me, share.Package);
        }
        catch
        {
            share.Dispose();
            setups.Dispose();
            throw;
        }
        (Share, this.setups, keyId) = (share, setups, IdOf(share.Package));
    }

    Dkls23KeyShare(KeyShare<Secp256k1> child, byte[] keyId, PairwiseSetups setups) => (Share, this.keyId, this.setups) = (child, keyId, setups);

    /// <summary>The share of the key and its public package.</summary>
    public KeyShare<Secp256k1> Share { get; }

    /// <summary>Whose share this is.</summary>
    public PartyId Me => Share.Me;

    /// <summary>The public side of the key.</summary>
    public PublicKeyPackage<Secp256k1> Package => Share.Package;

    /// <summary>32 bytes that stand for the root key through all its children and epochs: what a ban is about.</summary>
    public ReadOnlySpan<byte> KeyId => keyId;

    /// <summary>32 bytes that stand for this generation of pairwise set-ups.</summary>
    public ReadOnlySpan<byte> SetupId => setups.Id;

    /// <summary>The set-ups, owned by the share.</summary>
    internal PairwiseSetups Setups => setups;

    internal PairwiseSetup Setup(PartyId peer) => setups.With(peer);

    /// <summary>Checks that <paramref name="quorum"/> may sign with this share.</summary>
    /// <exception cref="ArgumentException">It is not exactly t holders of the key.</exception>
    /// <exception cref="InvalidOperationException">A member is banned for this key.</exception>
    internal void RequireQuorum(PartySet quorum, IBanList bans)
    {
        ArgumentNullException.ThrowIfNull(bans);
        Package.RequireQuorum(KeyScheme.Dkls23, quorum);
        if (quorum.Count != Package.Threshold)
            throw new ArgumentException($"Exactly {Package.Threshold} parties sign.", nameof(quorum));
        foreach (var peer in quorum.Except(Me))
            if (bans.IsBanned(KeyId, peer))
                throw new InvalidOperationException($"{peer} is banned for this key.");
    }

    /// <summary>
    /// The share of a non-hardened BIP 32 descendant: same set-up, with a life of its own. Made when it signs, and not
    /// stored.
    /// </summary>
    /// <exception cref="ArgumentException">The path has a hardened step.</exception>
    public Dkls23KeyShare Derive(Bip32Path path) => new(Share.DeriveChild(path), keyId, setups.Copy());

    /// <summary>Writes the stored format, secrets included: seal it before it touches a disk.</summary>
    /// <exception cref="InvalidOperationException">This is a child's share: store its parent's, and derive again.</exception>
    public void Write(WireWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (!setups.PackageDigest.SequenceEqual(Package.Digest()))
            throw new InvalidOperationException("A child's share is derived when it signs, and not stored.");
        writer.Byte(FormatVersion);
        Share.Write(writer);
        setups.Write(writer);
    }

    /// <summary>Reads the stored format and checks it whole.</summary>
    /// <exception cref="WireException">The bytes are no consistent share of a known version.</exception>
    public static Dkls23KeyShare Read(ref WireReader reader)
    {
        var version = reader.Byte();
        if (version != FormatVersion)
            throw reader.Error($"DKLs23 share version {version}, known is {FormatVersion}");
        var share = KeyShare<Secp256k1>.Read(ref reader);
        PairwiseSetups setups;
        try
        {
            setups = PairwiseSetups.Read(ref reader);
        }
        catch
        {
            share.Dispose();
            throw;
        }
        try
        {
            return new(share, setups);
        }
        catch (ArgumentException inconsistent)
        {
            throw reader.Error(inconsistent.Message);
        }
    }

    /// <summary>Wipes the share and every set-up.</summary>
    public void Dispose()
    {
        Share.Dispose();
        setups.Dispose();
    }

    /// <summary>The <see cref="KeyId"/> of every share of this root key.</summary>
    public static byte[] IdOf(PublicKeyPackage<Secp256k1> package)
    {
        ArgumentNullException.ThrowIfNull(package);
        using var transcript = new Transcript(Tags.Dkls23Key);
        return transcript.Append(package.GroupKey).Append(package.ChainCode).Digest();
    }
}
