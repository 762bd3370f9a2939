using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Derivation;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Dkls23;

/// <summary>
/// One party's share of an ECDSA key together with what it keeps for every peer: the oblivious transfers and seeds of
/// <see cref="PairwiseSetup"/>, which belong to this generation of the shares only. Wiped by <see cref="Dispose"/>.
/// </summary>
public sealed class Dkls23KeyShare : IDisposable
{
    const byte FormatVersion = 1;

    readonly PairwiseSetup[] setups;
    readonly byte[] keyId, setupId;

    /// <summary>Takes ownership of share and set-ups.</summary>
    internal Dkls23KeyShare(KeyShare<Secp256k1> share, ReadOnlySpan<byte> keyId, ReadOnlySpan<byte> setupId, PairwiseSetup[] setups)
    {
        (Share, this.setups) = (share, setups);
        (this.keyId, this.setupId) = (keyId.ToArray(), setupId.ToArray());
    }

    /// <summary>The share of the key and its public package.</summary>
    public KeyShare<Secp256k1> Share { get; }

    /// <summary>Whose share this is.</summary>
    public PartyId Me => Share.Me;

    /// <summary>The public side of the key.</summary>
    public PublicKeyPackage<Secp256k1> Package => Share.Package;

    /// <summary>32 bytes that stand for the root key through all its children and epochs: what a ban is about.</summary>
    public ReadOnlySpan<byte> KeyId => keyId;

    /// <summary>32 bytes that stand for this generation of pairwise set-ups.</summary>
    public ReadOnlySpan<byte> SetupId => setupId;

    internal PairwiseSetup Setup(PartyId peer) => setups.First(s => s.Peer == peer);

    /// <summary>The share of a non-hardened BIP 32 descendant: same set-up, with a life of its own.</summary>
    /// <exception cref="ArgumentException">The path has a hardened step.</exception>
    public Dkls23KeyShare Derive(Bip32Path path)
    {
        var child = Bip32.DerivePublic(Package.GroupKey, Package.ChainCode, path);
        return new(Share.Add(child.Tweak, child.ChainCode), keyId, setupId, [.. setups.Select(s => s.Copy())]);
    }

    /// <summary>Writes the stored format, secrets included: seal it before it touches a disk.</summary>
    public void Write(WireWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Byte(FormatVersion);
        Share.Write(writer);
        writer.Raw(keyId);
        writer.Raw(setupId);
        foreach (var setup in setups)
            setup.Write(writer);
    }

    /// <summary>Reads the stored format and checks it whole.</summary>
    /// <exception cref="WireException">The bytes are no consistent share of a known version.</exception>
    public static Dkls23KeyShare Read(ref WireReader reader)
    {
        var version = reader.Byte();
        if (version != FormatVersion)
            throw reader.Error($"DKLs23 share version {version}, known is {FormatVersion}");
        var share = KeyShare<Secp256k1>.Read(ref reader);
        var setups = new List<PairwiseSetup>();
        try
        {
            if (share.Package.Scheme != KeyScheme.Dkls23)
                throw reader.Error($"a share of {share.Package.Scheme}");
            var keyId = reader.Take(SessionId.Size);
            var setupId = reader.Take(SessionId.Size);
            foreach (var peer in share.Package.Parties.Except(share.Me))
            {
                setups.Add(PairwiseSetup.Read(ref reader));
                if (setups[^1].Peer != peer)
                    throw reader.Error($"set-up with {setups[^1].Peer} where {peer}'s belongs");
            }
            return new(share, keyId, setupId, [.. setups]);
        }
        catch
        {
            share.Dispose();
            setups.ForEach(s => s.Dispose());
            throw;
        }
    }

    /// <summary>Wipes the share and every set-up.</summary>
    public void Dispose()
    {
        Share.Dispose();
        foreach (var setup in setups)
            setup.Dispose();
    }
}
