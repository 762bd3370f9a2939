using Quorate.Threshold.Sessions;

namespace Quorate.Node.Vault;

/// <summary>A vault was restored from a backup: which, and when.</summary>
/// <param name="Vault">The vault that was backed up.</param>
/// <param name="Revision">Its revision then.</param>
/// <param name="Made">When the backup was made.</param>
/// <param name="Restored">When it was restored.</param>
public sealed record RestoreMark(Guid Vault, long Revision, DateTimeOffset Made, DateTimeOffset Restored)
{
    internal void Write(WireWriter writer)
    {
        writer.Raw(Vault.ToByteArray(bigEndian: true));
        writer.UInt64((ulong)Revision);
        writer.UInt64((ulong)Made.ToUnixTimeMilliseconds());
        writer.UInt64((ulong)Restored.ToUnixTimeMilliseconds());
    }

    /// <exception cref="WireException">The bytes are none.</exception>
    internal static RestoreMark Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader(bytes);
        var (vault, revision) = (new Guid(reader.Take(16), bigEndian: true), reader.UInt64());
        var (made, restored) = (ReadTime(ref reader), ReadTime(ref reader));
        reader.End();
        return new(vault, (long)Math.Min(revision, long.MaxValue), made, restored);
    }

    /// <summary>Milliseconds since 1970 in eight bytes.</summary>
    internal static DateTimeOffset ReadTime(ref WireReader reader)
    {
        var milliseconds = reader.UInt64();
        return milliseconds <= (ulong)DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds)
            : throw reader.Error("a time after the year 9999");
    }
}
