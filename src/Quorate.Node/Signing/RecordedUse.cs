using Quorate.Threshold.Dkls23;

namespace Quorate.Node.Signing;

/// <summary>The use of one presignature that the vault has recorded before its session begins.</summary>
/// <param name="id">32 bytes.</param>
/// <param name="isFirst">Whether it was recorded for this session, and not before.</param>
sealed class RecordedUse(ReadOnlySpan<byte> id, bool isFirst) : ISpentPresignatures
{
    readonly byte[] id = id.ToArray();
    int asked;

    /// <summary>True once, for the presignature of this id.</summary>
    public bool TrySpend(ReadOnlySpan<byte> other) => isFirst && other.SequenceEqual(id) && Interlocked.Exchange(ref asked, 1) == 0;
}
