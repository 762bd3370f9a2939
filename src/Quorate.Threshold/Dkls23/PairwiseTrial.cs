using Quorate.Threshold.Commitments;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Transfer;

namespace Quorate.Threshold.Dkls23;

/// <summary>
/// A pairwise set-up tried out before anybody keeps it, for one party only: extended transfers that are checked and
/// thrown away, and a digest of the zero seed. 11,392 bytes.
/// </summary>
public sealed record PairwiseTrial(byte[] Transfers, byte[] ZeroSeed) : IMessage<PairwiseTrial>
{
    /// <inheritdoc/>
    public static int MaxSize => TransferExtension.MessageSize + ZeroSharing.SeedSize;

    /// <inheritdoc/>
    public void Write(WireWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Raw(Transfers);
        writer.Raw(ZeroSeed);
    }

    /// <inheritdoc/>
    public static PairwiseTrial Read(ref WireReader reader) =>
        new(reader.Take(TransferExtension.MessageSize).ToArray(), reader.Take(ZeroSharing.SeedSize).ToArray());
}
