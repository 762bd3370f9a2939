using System.Globalization;
using Quorate.Policies;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Vault;

/// <summary>What a record is. The numbers are part of the stored format.</summary>
enum RecordKind : byte
{
    /// <summary>What all the other records are: see <see cref="Vault.Manifest"/>.</summary>
    Manifest = 0,

    /// <summary>The seed of the node's identity, 32 bytes.</summary>
    Identity = 1,

    /// <summary>Everything the node holds of one key.</summary>
    Key = 2,

    /// <summary>A party is banned for a key. The header says it all.</summary>
    Ban = 3,

    /// <summary>Ids of used presignatures.</summary>
    Spent = 4,

    /// <summary>A signed statement that a share has been destroyed.</summary>
    Destroyed = 5,

    /// <summary>The vault was restored from a backup.</summary>
    Restored = 6,

    /// <summary>The epoch from which on a restored key signs. The header says it all.</summary>
    SignsFrom = 7,

    /// <summary>Shares of an attempt to make a key, which sign nothing before its certificate is there.</summary>
    Pending = 8,
}

/// <summary>
/// What is known of a record without opening it, and is bound to it by every encryption: 79 bytes. What a kind has no use
/// for is zero.
/// </summary>
/// <param name="Vault">Whose it is.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Scheme">Of the key, as <see cref="Threshold.Sharing.KeyScheme"/> numbers them.</param>
/// <param name="Subject">The key, the ceremony's order, or which of several.</param>
/// <param name="Epoch">Of the sharing in force; of a ceremony, the attempt.</param>
/// <param name="NextEpoch">The lowest epoch for a new sharing: above everything that has been acknowledged.</param>
/// <param name="Party">The holder, or the one banned.</param>
/// <param name="Threshold">How many sign.</param>
/// <param name="Revision">Of the vault, when the record was put.</param>
sealed record RecordHeader(
    Guid Vault, RecordKind Kind, byte Scheme = 0, Digest Subject = default, uint Epoch = 0, uint NextEpoch = 0, ushort Party = 0,
    ushort Threshold = 0, long Revision = 0)
{
    /// <summary>Length in bytes of the encoding.</summary>
    internal const int Size = 1 + 16 + 1 + 1 + Digest.Size + 8 + 8 + 2 + 2 + 8;

    const byte FormatVersion = 1;

    /// <summary>Where the record stands; the same for all its revisions.</summary>
    internal string Name => Kind switch
    {
        RecordKind.Manifest => "manifest",
        RecordKind.Identity => "identity",
        RecordKind.Key => KeyName(Subject),
        RecordKind.Ban => BanName(Subject, Party),
        RecordKind.Spent => string.Create(CultureInfo.InvariantCulture, $"spent/{Party}"),
        RecordKind.Destroyed => string.Create(CultureInfo.InvariantCulture, $"destroyed/{Subject}/{Epoch}"),
        RecordKind.Restored => "restored",
        RecordKind.Pending => PendingName(Subject, Epoch),
        _ => SignsFromName(Subject),
    };

    internal static string KeyName(Digest key) => $"key/{key}";

    internal static string BanName(Digest key, ushort party) => string.Create(CultureInfo.InvariantCulture, $"ban/{key}/{party}");

    internal static string PendingName(Digest order, uint attempt) => string.Create(CultureInfo.InvariantCulture, $"pending/{order}/{attempt}");

    internal static string SignsFromName(Digest key) => $"signs-from/{key}";

    internal void Write(WireWriter writer)
    {
        writer.Byte(FormatVersion);
        writer.Raw(Vault.ToByteArray(bigEndian: true));
        writer.Byte((byte)Kind);
        writer.Byte(Scheme);
        writer.Raw(Subject.ToArray());
        writer.UInt64(Epoch);
        writer.UInt64(NextEpoch);
        writer.UInt16(Party);
        writer.UInt16(Threshold);
        writer.UInt64((ulong)Revision);
    }

    internal byte[] Encode()
    {
        using var writer = new WireWriter();
        Write(writer);
        return writer.Written.ToArray();
    }

    /// <exception cref="WireException">No header of a known version.</exception>
    internal static RecordHeader Read(ref WireReader reader)
    {
        var version = reader.Byte();
        if (version != FormatVersion)
            throw reader.Error($"record version {version}, known is {FormatVersion}");
        var vault = new Guid(reader.Take(16), bigEndian: true);
        var kind = (RecordKind)reader.Byte();
        if (!Enum.IsDefined(kind))
            throw reader.Error($"record kind {(byte)kind}");
        var scheme = reader.Byte();
        var subject = new Digest(reader.Take(Digest.Size));
        var (epoch, next) = (reader.UInt64(), reader.UInt64());
        var (party, threshold) = (reader.UInt16(), reader.UInt16());
        var revision = reader.UInt64();
        if (epoch > uint.MaxValue || next > uint.MaxValue || revision > long.MaxValue)
            throw reader.Error("an epoch or revision out of range");
        return new(vault, kind, scheme, subject, (uint)epoch, (uint)next, party, threshold, (long)revision);
    }

    /// <summary>The header in exactly these bytes, or null.</summary>
    internal static RecordHeader? Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new WireReader(bytes);
            var header = Read(ref reader);
            reader.End();
            return header;
        }
        catch (WireException)
        {
            return null;
        }
    }
}
