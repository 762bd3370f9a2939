using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Proofs;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Dkls23;

/// <summary>
/// Everything one party holds of one DKLs23 key: a <see cref="KeyHolding{C}"/> and, for every share in it, the pairwise
/// set-ups made for that share. Both are added, acknowledged and put in force together, by the same rules; the old ones
/// stay until a certificate proves that every member has the new ones. The host stores it whole, durably, after every
/// change. Not thread-safe.
/// </summary>
public sealed class Dkls23KeyHolding : IDisposable
{
    const byte FormatVersion = 1;

    readonly KeyHolding<Secp256k1> shares;
    readonly List<PairwiseSetups> pendingSetups = [];

    Dkls23KeyHolding(KeyHolding<Secp256k1> shares) => this.shares = shares;

    /// <summary>Takes over a share with its set-ups, from key generation.</summary>
    public Dkls23KeyHolding(Dkls23KeyShare share) : this(new KeyHolding<Secp256k1>(share.Share)) => Share = share;

    /// <summary>
    /// Takes over a share without set-ups, from import or repair: it can deal and be renewed, and signs once it has been.
    /// </summary>
    /// <exception cref="ArgumentException">A share of another scheme.</exception>
    public Dkls23KeyHolding(KeyShare<Secp256k1> share) : this(new KeyHolding<Secp256k1>(share)) => RequireScheme(share.Package);

    /// <summary>The holding of a party that has no share of the key yet, from the package that everybody tells it.</summary>
    /// <exception cref="ArgumentException">The package is of another scheme, or names this party, so that it ought to have a share.</exception>
    public static Dkls23KeyHolding Joining(PartyId me, PublicKeyPackage<Secp256k1> package)
    {
        var shares = KeyHolding<Secp256k1>.Joining(me, package);
        RequireScheme(package);
        return new(shares);
    }

    /// <summary>This party.</summary>
    public PartyId Me => shares.Me;

    /// <summary>The sharing in force, as far as this party knows.</summary>
    public PublicKeyPackage<Secp256k1> Package => shares.Package;

    /// <summary>The share that signs, owned by the holding; null for a party that has none, or none with set-ups.</summary>
    public Dkls23KeyShare? Share { get; private set; }

    /// <summary>The share that deals in a resharing or helps in a repair, owned by the holding; null for a party that has none.</summary>
    public KeyShare<Secp256k1>? DealingShare => shares.Share;

    /// <summary>What put the sharing in force: to be shown to whoever missed it. Null for the first one.</summary>
    public ReshareCertificate<Secp256k1>? Certificate => shares.Certificate;

    /// <summary>The pending sharings by ascending epoch, owned by the holding.</summary>
    public IReadOnlyList<PendingSharing<Secp256k1>> Pending => shares.Pending;

    /// <summary>The lowest epoch that this party takes for a new sharing. A plan's epoch is the highest of its receivers'.</summary>
    public uint NextEpoch => shares.NextEpoch;

    /// <summary>
    /// Takes over a pending sharing and, at a receiver, the set-ups made for it. Store the holding before
    /// <see cref="Acknowledge(SessionId, uint, IRandom)"/>.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The set-ups belong to another party, epoch or sharing, or there are none for a share, or some for none; or as for
    /// <see cref="KeyHolding{C}.Add"/>.
    /// </exception>
    /// <exception cref="InvalidOperationException">As for <see cref="KeyHolding{C}.Add"/>.</exception>
    public void Add(PendingSharing<Secp256k1> sharing, PairwiseSetups? setups)
    {
        ArgumentNullException.ThrowIfNull(sharing);
        if (sharing.HasShare != setups is not null)
            throw new ArgumentException(sharing.HasShare ? "No set-ups for the share." : "Set-ups for no share.", nameof(setups));
        setups?.RequireFit(sharing.Me, sharing.Package);
        shares.Add(sharing);
        if (setups is not null)
            pendingSetups.Add(setups);
    }

    /// <summary>
    /// Phase 2 for one pending sharing, among its receivers: every one proves that it holds share and set-ups. It may be
    /// run again until the certificate is there. Whoever receives nothing is shown the certificate afterwards.
    /// </summary>
    /// <param name="id">A session of its own.</param>
    /// <param name="epoch">Of the pending sharing, stored durably by now.</param>
    /// <param name="random">For the proof.</param>
    /// <exception cref="ArgumentException">No share of this epoch is pending.</exception>
    public ReshareAcknowledgement<Secp256k1> Acknowledge(SessionId id, uint epoch, IRandom random)
    {
        var sharing = PendingShare(epoch);
        return new(id, sharing, SetupsFor(sharing.Package)!.Id.ToArray(), sharing.Package.Parties, random);
    }

    /// <summary>
    /// An acknowledgement outside of a session: the id of the set-ups and this party's acknowledgement, for
    /// <see cref="ReshareCertificate{C}.Combine"/>. Store the holding before it leaves.
    /// </summary>
    /// <exception cref="ArgumentException">No share of this epoch is pending.</exception>
    public (byte[] SetupId, SchnorrProof<Secp256k1> Proof) Acknowledge(uint epoch, IRandom random)
    {
        var sharing = PendingShare(epoch);
        var setupId = SetupsFor(sharing.Package)!.Id.ToArray();
        return (setupId, ReshareCertificate<Secp256k1>.Acknowledge(sharing, setupId, random));
    }

    /// <summary>
    /// Puts a certified sharing in force: share and set-ups of that sharing become those in use, and what is older is
    /// wiped. Anybody may show a certificate, at any time; one that is of another key or brings nothing new changes
    /// nothing.
    /// </summary>
    /// <returns>Whether the holding has changed and must be stored.</returns>
    /// <exception cref="InvalidOperationException">
    /// This party has acknowledged a share or set-ups that it no longer has: its storage was rolled back. Nothing is
    /// wiped. Let it be repaired under the certificate's package, and refresh.
    /// </exception>
    public bool Accept(ReshareCertificate<Secp256k1> certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        var setups = SetupsFor(certificate.Package);
        if (shares.IsNews(certificate) && setups is not null && !setups.Id.SequenceEqual(certificate.SetupId))
            throw new InvalidOperationException($"{Me} has acknowledged set-ups of epoch {certificate.Package.Epoch} that are not here.");
        if (!shares.Accept(certificate))
            return false;
        Share?.Dispose();
        pendingSetups.Remove(setups!);
        Share = setups is null ? null : new(shares.Share!, setups);
        foreach (var old in pendingSetups.Where(s => s.Epoch <= Package.Epoch))
            old.Dispose();
        pendingSetups.RemoveAll(s => s.Epoch <= Package.Epoch);
        return true;
    }

    /// <summary>Writes the stored format, secrets included: seal it before it touches a disk.</summary>
    public void Write(WireWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Byte(FormatVersion);
        shares.Write(writer);
        writer.Byte(Share is null ? (byte)0 : (byte)1);
        Share?.Setups.Write(writer);
        foreach (var setups in pendingSetups)
            setups.Write(writer);
    }

    /// <summary>Reads the stored format and checks it whole: every pending share has its set-ups.</summary>
    /// <exception cref="WireException">The bytes are no consistent holding of a known version.</exception>
    public static Dkls23KeyHolding Read(ref WireReader reader)
    {
        var version = reader.Byte();
        if (version != FormatVersion)
            throw reader.Error($"DKLs23 key holding version {version}, known is {FormatVersion}");
        var holding = new Dkls23KeyHolding(KeyHolding<Secp256k1>.Read(ref reader));
        try
        {
            holding.ReadSetups(ref reader);
            return holding;
        }
        catch (ArgumentException inconsistent)
        {
            holding.Dispose();
            throw reader.Error(inconsistent.Message);
        }
        catch
        {
            holding.Dispose();
            throw;
        }
    }

    /// <summary>Wipes every share and every set-up.</summary>
    public void Dispose()
    {
        Share?.Dispose();
        shares.Dispose();
        foreach (var setups in pendingSetups)
            setups.Dispose();
    }

    void ReadSetups(ref WireReader reader)
    {
        RequireScheme(Package);
        switch (reader.Byte())
        {
            case 0 when DealingShare is null || Certificate is null:
                break;
            case 1 when DealingShare is not null:
                Share = new(DealingShare, PairwiseSetups.Read(ref reader));
                if (Certificate is not null && !Certificate.SetupId.SequenceEqual(Share.SetupId))
                    throw reader.Error("a certificate for other set-ups");
                break;
            default:
                throw reader.Error("a share without its set-ups, or set-ups without a share");
        }
        foreach (var sharing in Pending.Where(p => p.HasShare))
        {
            pendingSetups.Add(PairwiseSetups.Read(ref reader));
            pendingSetups[^1].RequireFit(Me, sharing.Package);
        }
    }

    PendingSharing<Secp256k1> PendingShare(uint epoch) =>
        shares.Pending.FirstOrDefault(p => p.HasShare && p.Package.Epoch == epoch)
            ?? throw new ArgumentException($"No share of epoch {epoch} is pending.", nameof(epoch));

    /// <summary>The set-ups of a pending sharing, or null.</summary>
    internal PairwiseSetups? SetupsFor(PublicKeyPackage<Secp256k1> package) =>
        pendingSetups.Find(s => s.PackageDigest.SequenceEqual(package.Digest()));

    static void RequireScheme(PublicKeyPackage<Secp256k1> package)
    {
        if (package.Scheme != KeyScheme.Dkls23)
            throw new ArgumentException($"A key of {package.Scheme}.", nameof(package));
    }
}
