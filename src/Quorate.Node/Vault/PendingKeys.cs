using Quorate.Threshold.Sessions;

namespace Quorate.Node.Vault;

/// <summary>The contents of a pending record: the new keys of one attempt, in the order of their schemes.</summary>
static class PendingKeys
{
    /// <summary>One key for each kind of signature.</summary>
    internal const int MaxKeys = 3;

    const byte FormatVersion = 1;

    internal static void Write(WireWriter writer, IReadOnlyList<StoredKey> keys)
    {
        writer.Byte(FormatVersion);
        writer.Byte(checked((byte)keys.Count));
        foreach (var key in keys)
        {
            writer.Byte(key.Header.Scheme);
            writer.UInt64((ulong)key.Plain.Length);
            writer.Raw(key.Plain.Expose());
        }
    }

    /// <exception cref="WireException">The bytes are no pending keys of a known version.</exception>
    internal static List<StoredKey> Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader(bytes);
        var version = reader.Byte();
        if (version != FormatVersion)
            throw reader.Error($"pending keys version {version}, known is {FormatVersion}");
        var count = reader.Byte();
        if (count is 0 or > MaxKeys)
            throw reader.Error($"{count} keys");
        var keys = new List<StoredKey>();
        try
        {
            for (var i = 0; i < count; i++)
            {
                var scheme = reader.Byte();
                var length = reader.UInt64();
                if (length > (ulong)reader.Remaining)
                    throw reader.Error($"{length} bytes wanted, {reader.Remaining} left");
                keys.Add(StoredKey.Read(scheme, reader.Take((int)length)));
            }
            reader.End();
            return keys;
        }
        catch
        {
            keys.ForEach(key => key.Dispose());
            throw;
        }
    }

    /// <summary>Reads it whole and wipes it again. What is wrong, or null.</summary>
    internal static string? Check(ReadOnlySpan<byte> bytes)
    {
        Read(bytes).ForEach(key => key.Dispose());
        return null;
    }
}
