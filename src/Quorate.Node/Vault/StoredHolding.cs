using Quorate.Cryptography.Curves;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Node.Vault;

/// <summary>Key holdings as records: the scheme in the header says what the bytes are.</summary>
static class StoredHolding
{
    /// <exception cref="ArgumentException">The scheme is none of this curve's that are kept without pairwise set-ups.</exception>
    internal static RecordHeader HeaderOf<C>(KeyHolding<C> holding) where C : struct, ICurve<C>
    {
        var scheme = holding.Package.Scheme;
        return CurveFits<C>(scheme)
            ? HeaderOf(holding.Package, holding.Me, holding.NextEpoch)
            : throw new ArgumentException($"A key of {scheme} is not kept as a holding on {C.Name}.", nameof(holding));
    }

    internal static RecordHeader HeaderOf(Dkls23KeyHolding holding) => HeaderOf(holding.Package, holding.Me, holding.NextEpoch);

    internal static bool CurveFits<C>(KeyScheme scheme) where C : struct, ICurve<C> => typeof(C) == typeof(Ed25519)
        ? scheme == KeyScheme.FrostEd25519
        : typeof(C) == typeof(Secp256k1) && scheme is KeyScheme.FrostSecp256k1 or KeyScheme.FrostBip340;

    /// <summary>The header of a holding in these bytes, which is read whole and wiped again.</summary>
    /// <exception cref="WireException">The bytes are no holding of a known scheme.</exception>
    internal static RecordHeader Check(KeyScheme scheme, ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader(bytes);
        switch (scheme)
        {
            case KeyScheme.FrostEd25519:
                using (var holding = Read<Ed25519>(ref reader))
                    return HeaderOf(holding);
            case KeyScheme.FrostSecp256k1 or KeyScheme.FrostBip340:
                using (var holding = Read<Secp256k1>(ref reader))
                    return HeaderOf(holding);
            case KeyScheme.Dkls23:
                using (var holding = ReadDkls23(ref reader))
                    return HeaderOf(holding);
            default:
                throw reader.Error($"a key of scheme {(byte)scheme}");
        }
    }

    /// <exception cref="WireException">The bytes are no holding.</exception>
    internal static KeyHolding<C> Read<C>(ref WireReader reader) where C : struct, ICurve<C> => Whole(KeyHolding<C>.Read(ref reader), in reader);

    /// <exception cref="WireException">The bytes are no holding.</exception>
    internal static Dkls23KeyHolding ReadDkls23(ref WireReader reader) => Whole(Dkls23KeyHolding.Read(ref reader), in reader);

    static T Whole<T>(T holding, in WireReader reader) where T : IDisposable
    {
        if (reader.Remaining == 0)
            return holding;
        holding.Dispose();
        throw reader.Error($"{reader.Remaining} trailing bytes");
    }

    static RecordHeader HeaderOf<C>(PublicKeyPackage<C> package, PartyId me, uint nextEpoch) where C : struct, ICurve<C> => new(
        default, RecordKind.Key, (byte)package.Scheme, KeyId.Of(package), package.Epoch, nextEpoch, me.Value, (ushort)package.Threshold);
}
