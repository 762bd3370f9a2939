using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Vault;

/// <summary>A record to be put, or to be deleted where there are no contents. Vault and revision are filled in.</summary>
readonly record struct VaultChange(RecordHeader Header, SecretBytes? Plain);

/// <summary>
/// The sealed records of a vault and the manifest over them: opened and checked as a whole, read one by one, changed in
/// commits that are whole or not at all. Knows nothing of what is in them. Thread-safe.
/// </summary>
sealed class VaultRecords : IDisposable
{
    static ReadOnlySpan<byte> ProofLabel => "quorate vault 1"u8;

    // One commit at a time, until its anchor is kept; whoever reads waits for the file alone.
    readonly Lock commits = new();
    readonly Lock gate = new();
    readonly VaultFile file;
    readonly IKeyEncryption kek;
    readonly IRandom random;
    readonly Action<VaultAnchor>? keep;
    Manifest manifest;
    Exception? broken;
    bool isDisposed;

    VaultRecords(VaultFile file, IKeyEncryption kek, IRandom random, Action<VaultAnchor>? keep, Manifest manifest) =>
        (this.file, this.kek, this.random, this.keep, this.manifest) = (file, kek, random, keep, manifest);

    /// <summary>What the vault is now. Safe to read from any thread: a manifest does not change.</summary>
    internal Manifest Manifest => Volatile.Read(ref manifest);

    /// <summary>For tests that make the database fail.</summary>
    internal VaultFile File => file;

    internal VaultAnchor Anchor => AnchorOf(Manifest);

    /// <summary>Makes a vault with these records as a new file, whole or not at all.</summary>
    /// <exception cref="IOException">There is a file of this name, or the file system refuses.</exception>
    internal static void Create(string path, IKeyEncryption kek, IRandom random, IReadOnlyList<VaultChange> records)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.Fill(bytes);
        var id = new Guid(bytes, bigEndian: true);
        var parameters = kek.Parameters.ToArray();
        using var proven = new SecretBytes(RecordSeal.DataKeySize);
        random.Fill(proven.Expose());
        var opening = new VaultOpening(id, parameters, kek.Wrap(proven.Expose(), ProofData(id, parameters)));
        var (_, writes) = Next(new(id, 0, default, Manifest.NoEntries), records, kek, random);

        using var target = NewFile.Begin(path);
        VaultFile.Fill(target.Temporary, opening, writes);
        target.Finish();
    }

    /// <summary>Opens a vault and compares every record with the manifest, and the manifest with the anchor.</summary>
    internal static VaultRecords Open(string path, OpenKeyEncryption openKek, IRandom random, VaultAnchor? anchor, Action<VaultAnchor>? keep)
    {
        var file = VaultFile.Open(path, out var opening);
        IKeyEncryption? kek = null;
        try
        {
            kek = openKek(opening.Parameters);
            using (var proven = new SecretBytes(RecordSeal.DataKeySize))
                if (!kek.TryUnwrap(opening.Proof, ProofData(opening.Id, opening.Parameters), proven.Expose()))
                    throw new VaultException(VaultFault.WrongKey, null,
                        $"{path}: wrong passphrase, key file or token; or the vault's own row has been changed.");
            var manifest = OpenManifest(file, kek, opening.Id);
            if (Findings(manifest, file, kek) is { Count: > 0 } findings)
                throw new VaultException(findings);
            if (anchor is not null && Compare(manifest, anchor) is { } stale)
                throw new VaultException([stale]);

            var records = new VaultRecords(file, kek, random, keep, manifest);
            // The commit whose anchor a crash has cut off, or the first time: nothing happens before it is kept.
            if (anchor != records.Anchor)
                keep?.Invoke(records.Anchor);
            return records;
        }
        catch
        {
            kek?.Dispose();
            file.Dispose();
            throw;
        }
    }

    /// <summary>The contents of a record, checked once more against the manifest; null where there is none.</summary>
    internal SecretBytes? Read(string name)
    {
        lock (gate)
        {
            RequireUsable();
            var rows = file.Read(name);
            if (manifest.Check(name, rows) is { } finding)
                throw new VaultException([finding]);
            return rows.Count == 0 ? null : RecordSeal.TryOpen(kek, rows[0].Header, rows[0].Body!)
                ?? throw new VaultException(VaultFault.Edited, name, "it does not open under this vault's key.");
        }
    }

    /// <summary>
    /// Makes changes that depend on what is there. Returns when they are durable and their anchor has been kept; nothing
    /// has changed if it throws, unless <see cref="VaultException.IsOutcomeUnknown"/>.
    /// </summary>
    /// <param name="plan">From the present manifest to the changes; none leaves the revision as it is. Their contents are wiped.</param>
    internal void Commit(Func<Manifest, IReadOnlyList<VaultChange>> plan)
    {
        lock (commits)
        {
            VaultAnchor next;
            lock (gate)
            {
                RequireUsable();
                var changes = plan(manifest);
                try
                {
                    if (changes.Count == 0)
                        return;
                    next = Commit(changes);
                }
                finally
                {
                    foreach (var change in changes)
                        change.Plain?.Dispose();
                }
            }
            Keep(next);
        }
    }

    /// <summary>Empties the database's log, so that what was deleted is gone from the file system's point of view.</summary>
    internal void EmptyLog()
    {
        lock (gate)
            file.EmptyLog();
    }

    /// <summary>Compares every record with the manifest again and opens it.</summary>
    /// <param name="check">Looks into one record: what is wrong with it, or null.</param>
    internal List<VaultFinding> Verify(Func<RecordHeader, SecretBytes, string?> check)
    {
        lock (gate)
        {
            RequireUsable();
            var findings = Findings(manifest, file, kek);
            foreach (var (name, entry) in manifest.Entries)
            {
                if (findings.Exists(f => f.Record == name))
                    continue;
                using var plain = Read(name)!;
                if (check(entry.Header, plain) is { } problem)
                    findings.Add(new(VaultFault.Damaged, name, problem));
            }
            return findings;
        }
    }

    /// <summary>Hands out records as they are at one moment: nothing is put meanwhile.</summary>
    internal void Export(Func<RecordHeader, bool> which, Action<Manifest> begin, Action<RecordHeader, SecretBytes> write)
    {
        lock (gate)
        {
            RequireUsable();
            begin(manifest);
            foreach (var header in manifest.Entries.Values.Select(e => e.Header).Where(which))
            {
                using var plain = Read(header.Name)!;
                write(header, plain);
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            isDisposed = true;
            file.Dispose();
            kek.Dispose();
        }
    }

    VaultAnchor Commit(IReadOnlyList<VaultChange> changes)
    {
        var (next, writes) = Next(manifest, changes, kek, random);
        try
        {
            file.Commit(manifest.Header.Encode(), writes);
        }
        catch (VaultException problem) when (problem.IsOutcomeUnknown || problem.Record is not null)
        {
            broken = problem;
            throw;
        }
        Volatile.Write(ref manifest, next);
        return AnchorOf(next);
    }

    void Keep(VaultAnchor anchor)
    {
        try
        {
            keep?.Invoke(anchor);
        }
        catch (Exception problem)
        {
            // One commit ahead of its anchor is what opening allows for; a second one is not.
            Volatile.Write(ref broken, problem);
            throw;
        }
    }

    void RequireUsable()
    {
        ObjectDisposedException.ThrowIf(isDisposed, typeof(NodeVault));
        if (broken is not null)
            throw new VaultException(VaultFault.Unavailable, null, "An earlier commit failed; open the vault again.", broken);
    }

    /// <summary>The manifest after some changes, and the rows that make it so, its own among them.</summary>
    static (Manifest Manifest, List<RecordWrite> Writes) Next(Manifest manifest, IReadOnlyList<VaultChange> changes, IKeyEncryption kek, IRandom random)
    {
        var revision = checked(manifest.Revision + 1);
        var entries = manifest.Entries.ToBuilder();
        var writes = new List<RecordWrite>();
        foreach (var change in changes)
        {
            var header = change.Header with { Vault = manifest.Vault, Revision = revision };
            if (change.Plain is null)
            {
                entries.Remove(header.Name);
                writes.Add(new(header.Name, [], null));
                continue;
            }
            var encoded = header.Encode();
            var body = RecordSeal.Seal(kek, encoded, change.Plain.Expose(), random);
            entries[header.Name] = new(header, ManifestEntry.HashOf(body));
            writes.Add(new(header.Name, encoded, body));
        }
        if (entries.Count > Manifest.MaxRecords)
            throw new InvalidOperationException($"A vault holds {Manifest.MaxRecords} records.");

        // The first manifest has no predecessor to name.
        var next = new Manifest(manifest.Vault, revision, manifest.Revision == 0 ? default : manifest.Hash, entries.ToImmutable());
        using var writer = new WireWriter();
        next.Write(writer);
        var own = next.Header.Encode();
        writes.Add(new(next.Header.Name, own, RecordSeal.Seal(kek, own, writer.Written, random)));
        return (next, writes);
    }

    static Manifest OpenManifest(VaultFile file, IKeyEncryption kek, Guid id)
    {
        VaultException Wrong(VaultFault fault, string detail, Exception? inner = null) => new(fault, "manifest", detail, inner);

        var rows = file.Read("manifest");
        if (rows.Count != 1)
            throw rows.Count == 0 ? Wrong(VaultFault.Missing, "it is not there.") : Wrong(VaultFault.Duplicated, $"there are {rows.Count} of it.");
        if (RecordHeader.Decode(rows[0].Header) is not { } header)
            throw Wrong(VaultFault.Edited, "its header is not what was written.");
        if (header.Vault != id)
            throw Wrong(VaultFault.Foreign, $"it is of the vault {header.Vault:N}.");
        if (header.Kind != RecordKind.Manifest)
            throw Wrong(VaultFault.Swapped, $"in its place is {header.Name}.");
        using var plain = RecordSeal.TryOpen(kek, rows[0].Header, rows[0].Body!) ?? throw Wrong(VaultFault.Edited, "it is not what was written.");
        try
        {
            var manifest = Manifest.Read(id, plain.Expose());
            return manifest.Header == header ? manifest : throw Wrong(VaultFault.Damaged, "its header is not its contents'.");
        }
        catch (WireException unknown)
        {
            throw Wrong(VaultFault.UnknownFormat, unknown.Message, unknown);
        }
    }

    static List<VaultFinding> Findings(Manifest manifest, VaultFile file, IKeyEncryption kek)
    {
        var rows = file.Scan();
        if (Newer(manifest, file, kek, rows) is { } newer)
            return [new(VaultFault.RolledBack, "manifest", $"it is of revision {manifest.Revision}; {newer.Name} is of {newer.Revision}.")];
        var names = manifest.Entries.Keys.Union(rows.Select(r => r.Key)).Where(n => n != "manifest").Order(StringComparer.Ordinal);
        return [.. names.Select(name => manifest.Check(name, [.. rows[name]])).OfType<VaultFinding>()];
    }

    /// <summary>A genuine record that is newer than the manifest, or null. What only says so in its header is not.</summary>
    static RecordHeader? Newer(Manifest manifest, VaultFile file, IKeyEncryption kek, ILookup<string, StoredRecord> rows)
    {
        foreach (var row in rows.SelectMany(r => r))
        {
            if (RecordHeader.Decode(row.Header) is not { } header || header.Vault != manifest.Vault || header.Revision <= manifest.Revision)
                continue;
            using var plain = file.Read(row.Name) is [var whole, ..] ? RecordSeal.TryOpen(kek, whole.Header, whole.Body!) : null;
            if (plain is not null)
                return header;
        }
        return null;
    }

    static VaultFinding? Compare(Manifest manifest, VaultAnchor anchor)
    {
        var now = AnchorOf(manifest);
        if (anchor.Vault != now.Vault)
            return new(VaultFault.Foreign, null, $"This is the vault {now.Vault:N}; the anchor is of {anchor.Vault:N}.");
        if (now.Revision < anchor.Revision)
            return new(VaultFault.RolledBack, null, $"An older vault has been put back: it is of revision {now.Revision}, and {anchor.Revision} has been seen.");
        if (now.Revision - anchor.Revision > 1)
            return new(VaultFault.Ahead, null, $"The vault is of revision {now.Revision}, its anchor of {anchor.Revision}: a crash leaves one between them at most.");
        // One ahead is the crash between commit and anchor, if it goes on from there: only this node could seal that.
        return (now.Revision == anchor.Revision ? now.Hash : manifest.Previous) == anchor.Hash
            ? null
            : new(VaultFault.Forked, null, $"The vault of revision {now.Revision} is not the one that was seen, nor does it follow from it.");
    }

    static VaultAnchor AnchorOf(Manifest manifest) => new(manifest.Vault, manifest.Revision, manifest.Hash);

    static byte[] ProofData(Guid id, byte[] parameters) => [.. ProofLabel, .. id.ToByteArray(bigEndian: true), .. parameters];
}
