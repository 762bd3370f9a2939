using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Commitments;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Transfer;

namespace Quorate.Threshold.Dkls23;

/// <summary>
/// What a pairwise set-up is made of, for one party only: half of the zero seed, the key this party sends base transfers
/// with, and the 256 keys it receives them with. 8,513 bytes.
/// </summary>
public sealed record PairwiseKeys(SecretBytes ZeroSeed, Point<Secp256k1> SenderKey, Point<Secp256k1>[] ReceiverKeys)
    : IMessage<PairwiseKeys>, IDisposable
{
    /// <inheritdoc/>
    public static int MaxSize => ZeroSharing.SeedSize + (1 + BaseTransfer.KeyCount) * Secp256k1.PointSize;

    /// <inheritdoc/>
    public void Write(WireWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Raw(ZeroSeed.Expose());
        writer.Point(SenderKey);
        Span<byte> keys = new byte[ReceiverKeys.Length * Secp256k1.PointSize];
        Point<Secp256k1>.EncodeMany(ReceiverKeys, keys);
        writer.Raw(keys);
    }

    /// <inheritdoc/>
    public static PairwiseKeys Read(ref WireReader reader)
    {
        var seed = reader.Take(ZeroSharing.SeedSize);
        var senderKey = reader.Point<Secp256k1>();
        var keys = new Point<Secp256k1>[BaseTransfer.KeyCount];
        foreach (ref var key in keys.AsSpan())
            key = reader.Point<Secp256k1>();
        return new(new(seed), senderKey, keys);
    }

    /// <summary>Wipes the half of the seed.</summary>
    public void Dispose() => ZeroSeed.Dispose();
}
