using System.Collections.Immutable;
using System.Security.Cryptography;
using Quorate.Cryptography.Hashing;
using Quorate.Policies;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Vault;

/// <summary>What the manifest knows of a record: its header, and the hash of its sealed bytes.</summary>
readonly record struct ManifestEntry(RecordHeader Header, Digest Body)
{
    internal static Digest HashOf(ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[Digest.Size];
        SHA256.HashData(body, hash);
        return new(hash);
    }
}

/// <summary>
/// Everything a vault holds at one revision, by name, and the hash of the manifest before. It is sealed like any record
/// and put in the same transaction as what it lists, so that each record answers for all the others.
/// </summary>
sealed class Manifest
{
    /// <summary>A thousand wallets' keys with their bans fit many times over; the manifest stays below 2 MB.</summary>
    internal const int MaxRecords = 16_384;

    const byte FormatVersion = 1;

    internal Manifest(Guid vault, long revision, Digest previous, ImmutableSortedDictionary<string, ManifestEntry> entries)
    {
        (Vault, Revision, Previous, Entries) = (vault, revision, previous, entries);
        using var writer = new WireWriter();
        Write(writer);
        using var transcript = new Transcript(Tags.VaultManifest);
        Hash = new(transcript.Append(vault.ToByteArray(bigEndian: true)).Append(writer.Written).Digest());
    }

    internal static ImmutableSortedDictionary<string, ManifestEntry> NoEntries { get; } =
        ImmutableSortedDictionary.Create<string, ManifestEntry>(StringComparer.Ordinal);

    internal Guid Vault { get; }

    internal long Revision { get; }

    /// <summary>Hash of the manifest of the revision before; zero for the first.</summary>
    internal Digest Previous { get; }

    internal ImmutableSortedDictionary<string, ManifestEntry> Entries { get; }

    internal Digest Hash { get; }

    internal RecordHeader Header => new(Vault, RecordKind.Manifest, Revision: Revision);

    internal void Write(WireWriter writer)
    {
        writer.Byte(FormatVersion);
        writer.UInt64((ulong)Revision);
        writer.Raw(Previous.ToArray());
        writer.UInt16(Entries.Count);
        foreach (var entry in Entries.Values)
        {
            entry.Header.Write(writer);
            writer.Raw(entry.Body.ToArray());
        }
    }

    /// <exception cref="WireException">The bytes are no manifest of this vault and a known version.</exception>
    internal static Manifest Read(Guid vault, ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader(bytes);
        var version = reader.Byte();
        if (version != FormatVersion)
            throw reader.Error($"manifest version {version}, known is {FormatVersion}");
        var revision = reader.UInt64();
        if (revision is 0 or > long.MaxValue)
            throw reader.Error($"revision {revision}");
        var previous = new Digest(reader.Take(Digest.Size));
        var entries = NoEntries.ToBuilder();
        string? last = null;
        for (var count = reader.Count(MaxRecords); count > 0; count--)
        {
            var header = RecordHeader.Read(ref reader);
            var body = new Digest(reader.Take(Digest.Size));
            if (header.Vault != vault || header.Revision > (long)revision || string.CompareOrdinal(header.Name, last) <= 0)
                throw reader.Error("an entry that does not belong here");
            entries.Add(last = header.Name, new(header, body));
        }
        reader.End();
        return new(vault, (long)revision, previous, entries.ToImmutable());
    }

    /// <summary>What is wrong with the rows that stand under a name, or null.</summary>
    internal VaultFinding? Check(string name, IReadOnlyList<StoredRecord> rows)
    {
        VaultFinding Found(VaultFault fault, string detail) => new(fault, name, detail);

        var isListed = Entries.TryGetValue(name, out var entry);
        if (rows.Count == 0)
            return isListed ? Found(VaultFault.Missing, "it is not there.") : null;
        if (rows.Count > 1)
            return Found(VaultFault.Duplicated, $"there are {rows.Count} of it.");
        if (!isListed)
            return Found(VaultFault.Unexpected, "the vault does not know it: it was taken out, or never put.");

        var found = RecordHeader.Decode(rows[0].Header);
        if (found == entry.Header && rows[0].Hash == entry.Body)
            return null;
        if (found is null)
            return Found(VaultFault.Edited, "its header is not what was written.");
        if (found.Vault != Vault)
            return Found(VaultFault.Foreign, $"it is of the vault {found.Vault:N}.");
        if (found.Name != name)
            return Found(VaultFault.Swapped, $"in its place is {found.Name}.");
        if (found.Revision < entry.Header.Revision)
            return Found(VaultFault.RolledBack, $"it is of revision {found.Revision}; the vault knows {entry.Header.Revision}.");
        var other = Entries.Values.FirstOrDefault(e => e.Body == rows[0].Hash && e.Header.Name != name).Header;
        return other is null
            ? Found(VaultFault.Edited, "it is not what was written.")
            : Found(VaultFault.Swapped, $"it has the contents of {other.Name}.");
    }
}
