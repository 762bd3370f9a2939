using Quorate.Cryptography.Curves;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Lifecycle;

/// <summary>
/// Everything one party holds of one key: the share in use, if it has one, and the pending sharings that may yet replace
/// it. It carries the rules by which no crash, no partition and no withheld certificate loses the key; the host only
/// has to store it whole, durably, after every change. Not thread-safe.
/// </summary>
/// <remarks>
/// The rules: a pending sharing has a higher epoch than all this party knew before; nothing goes but for a certificate
/// of a higher epoch; what has a higher epoch than the certificate stays. See docs/spec/lifecycle.md for why that is enough.
/// </remarks>
public sealed class KeyHolding<C> : IDisposable where C : struct, ICurve<C>
{
    /// <summary>
    /// The most pending sharings of one key. Each stands for an attempt that somebody blocked in phase 2; whoever blocks
    /// that often belongs out of the committee first.
    /// </summary>
    public const int MaxPending = 256;

    const byte FormatVersion = 1;

    readonly List<PendingSharing<C>> pending = [];

    KeyHolding(PartyId me, PublicKeyPackage<C> package, KeyShare<C>? share) => (Me, Package, Share) = (me, package, share);

    /// <summary>Takes over a share, from key generation, import or repair.</summary>
    public KeyHolding(KeyShare<C> share) : this(share.Me, share.Package, share) { }

    /// <summary>The holding of a party that has no share of the key yet, from the package that everybody tells it.</summary>
    /// <exception cref="ArgumentException">The package names this party, so that it ought to have a share.</exception>
    public static KeyHolding<C> Joining(PartyId me, PublicKeyPackage<C> package)
    {
        ArgumentNullException.ThrowIfNull(package);
        return package.Parties.Contains(me)
            ? throw new ArgumentException($"{me} holds a share of this package.", nameof(me))
            : new(me, package, null);
    }

    /// <summary>This party.</summary>
    public PartyId Me { get; }

    /// <summary>The sharing in force, as far as this party knows.</summary>
    public PublicKeyPackage<C> Package { get; private set; }

    /// <summary>This party's share in it, owned by the holding; null for a party that has none.</summary>
    public KeyShare<C>? Share { get; private set; }

    /// <summary>What put the sharing in force: to be shown to whoever missed it. Null for the first one.</summary>
    public ReshareCertificate<C>? Certificate { get; private set; }

    /// <summary>The pending sharings by ascending epoch, owned by the holding.</summary>
    public IReadOnlyList<PendingSharing<C>> Pending => pending;

    /// <summary>The lowest epoch that this party takes for a new sharing. A plan's epoch is the highest of its receivers'.</summary>
    public uint NextEpoch => checked((pending.Count > 0 ? pending[^1].Package.Epoch : Package.Epoch) + 1);

    /// <summary>
    /// Takes over a pending sharing. Store the holding before the session of phase 2 starts: what has been acknowledged
    /// must survive a crash.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// It belongs to another party or another key, or its epoch is below <see cref="NextEpoch"/>: acknowledging it could
    /// put two sharings of one epoch in force.
    /// </exception>
    /// <exception cref="InvalidOperationException">There are <see cref="MaxPending"/> already.</exception>
    public void Add(PendingSharing<C> sharing)
    {
        ArgumentNullException.ThrowIfNull(sharing);
        if (sharing.Me != Me)
            throw new ArgumentException($"The sharing is {sharing.Me}'s, the holding {Me}'s.", nameof(sharing));
        if (!IsSameKey(sharing.Package))
            throw new ArgumentException("The sharing is of another key.", nameof(sharing));
        if (sharing.Package.Epoch < NextEpoch)
            throw new ArgumentException($"Epoch {sharing.Package.Epoch} has been taken; the next is {NextEpoch}.", nameof(sharing));
        if (pending.Count == MaxPending)
            throw new InvalidOperationException($"{MaxPending} sharings are pending.");
        pending.Add(sharing);
    }

    /// <summary>
    /// Puts a certified sharing in force: the party's share in it becomes the share in use, and what is older is wiped.
    /// Anybody may show a certificate, at any time; one that is of another key or brings nothing new changes nothing.
    /// </summary>
    /// <returns>Whether the holding has changed and must be stored.</returns>
    /// <exception cref="InvalidOperationException">
    /// This party has acknowledged a share that it no longer has: its storage was rolled back. Nothing is wiped. Let it
    /// be repaired under the certificate's package (<see cref="Repair{C}"/>).
    /// </exception>
    public bool Accept(ReshareCertificate<C> certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        var package = certificate.Package;
        if (!IsNews(certificate))
            return false;
        KeyShare<C>? next = null;
        if (package.Parties.Contains(Me))
            next = pending.Find(p => p.IsCertifiedBy(certificate))?.Activate(certificate)
                ?? throw new InvalidOperationException($"{Me} has acknowledged a share of epoch {package.Epoch} that is not here.");

        Share?.Dispose();
        (Package, Share, Certificate) = (package, next, certificate);
        foreach (var old in pending.Where(p => p.Package.Epoch <= package.Epoch))
            old.Dispose();
        pending.RemoveAll(p => p.Package.Epoch <= package.Epoch);
        return true;
    }

    /// <summary>Whether a certificate is of this key and of a higher epoch than what is in force.</summary>
    internal bool IsNews(ReshareCertificate<C> certificate) => IsSameKey(certificate.Package) && certificate.Package.Epoch > Package.Epoch;

    /// <summary>Writes the stored format, secrets included: seal it before it touches a disk.</summary>
    public void Write(WireWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Byte(FormatVersion);
        writer.Party(Me);
        Package.Write(writer);
        if (Share is not null)
            writer.SecretScalar(Share.SigningShare);
        writer.UInt16(pending.Count);
        foreach (var sharing in pending)
            sharing.Write(writer);
        writer.Byte(Certificate is null ? (byte)0 : (byte)1);
        Certificate?.Write(writer);
    }

    /// <summary>Reads the stored format and checks it whole. A share is there exactly if the package names the party.</summary>
    /// <exception cref="WireException">The bytes are no consistent holding of a known version.</exception>
    public static KeyHolding<C> Read(ref WireReader reader)
    {
        var version = reader.Byte();
        if (version != FormatVersion)
            throw reader.Error($"key holding version {version}, known is {FormatVersion}");
        var me = reader.Party();
        var package = PublicKeyPackage<C>.Read(ref reader);
        KeyHolding<C>? holding = null;
        try
        {
            holding = package.Parties.Contains(me) ? new(new KeyShare<C>(me, reader.SecretScalar<C>(), package)) : Joining(me, package);
            for (var count = reader.Count(MaxPending); count > 0; count--)
                holding.AddOwned(PendingSharing<C>.Read(ref reader));
            switch (reader.Byte())
            {
                case 0:
                    break;
                case 1:
                    holding.Certificate = ReshareCertificate<C>.Read(ref reader);
                    if (!holding.Certificate.Package.Equals(package))
                        throw reader.Error("a certificate for another package");
                    break;
                default:
                    throw reader.Error("no certificate mark");
            }
            return holding;
        }
        catch (ArgumentException inconsistent)
        {
            holding?.Dispose();
            throw reader.Error(inconsistent.Message);
        }
        catch
        {
            holding?.Dispose();
            throw;
        }
    }

    /// <summary>Wipes the share in use and the pending ones.</summary>
    public void Dispose()
    {
        Share?.Dispose();
        foreach (var sharing in pending)
            sharing.Dispose();
    }

    void AddOwned(PendingSharing<C> sharing)
    {
        try
        {
            Add(sharing);
        }
        catch
        {
            sharing.Dispose();
            throw;
        }
    }

    bool IsSameKey(PublicKeyPackage<C> other) =>
        (other.Scheme, other.Origin) == (Package.Scheme, Package.Origin)
        && other.GroupKey == Package.GroupKey
        && other.ChainCode.SequenceEqual(Package.ChainCode);
}
