using Quorate.Cryptography.Curves;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Dkls23;

/// <summary>
/// What one party keeps for multiplying with every other holder of a key: made once for each sharing, by
/// <see cref="Dkls23Keygen"/> or <see cref="Dkls23Setup"/>, and good for that sharing only. Wiped by <see cref="Dispose"/>.
/// </summary>
public sealed class PairwiseSetups : IDisposable
{
    const byte FormatVersion = 1;

    readonly PairwiseSetup[] pairs;
    readonly byte[] id, packageDigest;

    /// <summary>Takes ownership of the pairs.</summary>
    internal PairwiseSetups(PartyId me, PublicKeyPackage<Secp256k1> package, ReadOnlySpan<byte> id, PairwiseSetup[] pairs)
        : this(me, package.Epoch, package.Digest(), id.ToArray(), pairs) { }

    PairwiseSetups(PartyId me, uint epoch, byte[] packageDigest, byte[] id, PairwiseSetup[] pairs) =>
        (Me, Epoch, this.packageDigest, this.id, this.pairs) = (me, epoch, packageDigest, id, pairs);

    /// <summary>Whose they are.</summary>
    public PartyId Me { get; }

    /// <summary>Epoch of the sharing they belong to.</summary>
    public uint Epoch { get; }

    /// <summary>Digest of the package they belong to, 32 bytes.</summary>
    public ReadOnlySpan<byte> PackageDigest => packageDigest;

    /// <summary>32 bytes that stand for this generation of set-ups, the same at all parties.</summary>
    public ReadOnlySpan<byte> Id => id;

    internal PairwiseSetup With(PartyId peer) => pairs.First(s => s.Peer == peer);

    /// <summary>Refuses a share that these set-ups were not made for.</summary>
    /// <exception cref="ArgumentException">Another party's, another epoch's, or another sharing's of the same epoch.</exception>
    internal void RequireFit(PartyId me, PublicKeyPackage<Secp256k1> package)
    {
        if (Me != me)
            throw new ArgumentException($"The set-ups are {Me}'s, the share is {me}'s.");
        if (Epoch != package.Epoch)
            throw new ArgumentException($"The set-ups were made for epoch {Epoch}, the share is of epoch {package.Epoch}.");
        if (!PackageDigest.SequenceEqual(package.Digest()))
            throw new ArgumentException($"The set-ups were made for another sharing of epoch {Epoch} than the share's.");
        if (!pairs.Select(p => p.Peer).SequenceEqual(package.Parties.Except(me)))
            throw new ArgumentException($"There is not one set-up for each of {package.Parties} but {me}.");
    }

    /// <summary>A copy with a life of its own.</summary>
    internal PairwiseSetups Copy() => new(Me, Epoch, packageDigest, id, [.. pairs.Select(p => p.Copy())]);

    /// <summary>Writes the stored format, 77 + 6,194·(n − 1) bytes, secrets included: seal it before it touches a disk.</summary>
    public void Write(WireWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Byte(FormatVersion);
        writer.Party(Me);
        writer.UInt64(Epoch);
        writer.Raw(packageDigest);
        writer.Raw(id);
        writer.UInt16(pairs.Length);
        foreach (var pair in pairs)
            pair.Write(writer);
    }

    /// <summary>Reads the stored format. Whether it fits a share is checked where it meets one.</summary>
    /// <exception cref="WireException">The bytes are no set-ups of a known version.</exception>
    public static PairwiseSetups Read(ref WireReader reader)
    {
        var version = reader.Byte();
        if (version != FormatVersion)
            throw reader.Error($"pairwise set-ups version {version}, known is {FormatVersion}");
        var me = reader.Party();
        var epoch = reader.UInt64();
        if (epoch > uint.MaxValue)
            throw reader.Error($"epoch {epoch}");
        var packageDigest = reader.Take(SessionId.Size).ToArray();
        var id = reader.Take(SessionId.Size).ToArray();
        var count = reader.Count(PartySet.MaxCount - 1);
        if (count * PairwiseSetup.StoredSize > reader.Remaining)
            throw reader.Error($"{count} set-ups wanted, {reader.Remaining} bytes left");
        var pairs = new List<PairwiseSetup>(count);
        try
        {
            while (pairs.Count < count)
                pairs.Add(PairwiseSetup.Read(ref reader));
            return new(me, (uint)epoch, packageDigest, id, [.. pairs]);
        }
        catch
        {
            pairs.ForEach(p => p.Dispose());
            throw;
        }
    }

    /// <summary>Wipes them all.</summary>
    public void Dispose()
    {
        foreach (var pair in pairs)
            pair.Dispose();
    }
}
