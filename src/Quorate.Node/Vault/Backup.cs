using Quorate.Cryptography.Secrets;
using Quorate.Policies;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Node.Vault;

/// <summary>What is in a backup, found by opening and reading all of it.</summary>
/// <param name="Vault">The vault that was backed up.</param>
/// <param name="Revision">Its revision then.</param>
/// <param name="Made">When, by the node's clock.</param>
/// <param name="Identity">Who the node is.</param>
/// <param name="Keys">The keys.</param>
/// <param name="Banned">Everybody banned, by the id that DKLs23 gives the key.</param>
/// <param name="Destroyed">Statements of destroyed shares.</param>
public sealed record BackupReport(
    Guid Vault, long Revision, DateTimeOffset Made, NodeId Identity, IReadOnlyList<KeyEntry> Keys,
    IReadOnlyList<(Digest Key, PartyId Peer)> Banned, int Destroyed);

/// <summary>
/// A vault's lasting contents in one encrypted file, under a credential of its own: identity, holdings, bans, statements.
/// Nothing of a signature that was being made is ever in it. See docs/spec/vault.md.
/// </summary>
public static class Backup
{
    /// <summary>Writes a backup as a new file, whole or not at all, as the vault is at one moment. Never overwrites.</summary>
    /// <param name="vault">What is backed up.</param>
    /// <param name="path">The file; its directory exists.</param>
    /// <param name="kek">Of the backup; stays the caller's.</param>
    /// <param name="random">For the file's key.</param>
    /// <param name="time">Now.</param>
    /// <exception cref="IOException">There is a file of this name, or the file system refuses.</exception>
    /// <exception cref="VaultException">The vault failed.</exception>
    public static void Create(NodeVault vault, string path, IKeyEncryption kek, IRandom random, DateTimeOffset time)
    {
        ArgumentNullException.ThrowIfNull(vault);
        ArgumentNullException.ThrowIfNull(kek);
        ArgumentNullException.ThrowIfNull(random);
        using var file = NewFile.Begin(path);
        BackupFrames? frames = null;
        try
        {
            vault.Records.Export(
                IsBackedUp,
                manifest => frames = BackupHead.Begin(file.Stream, new(manifest.Vault, manifest.Revision, manifest.Hash), time, kek, random),
                (header, plain) =>
                {
                    using var writer = new WireWriter();
                    header.Write(writer);
                    writer.Raw(plain.Expose());
                    frames!.Write(writer.Written);
                });
            frames!.Write([], isLast: true);
        }
        finally
        {
            frames?.Dispose();
        }
        file.Finish();
    }

    /// <summary>Opens a backup, checks every byte of it and reads every record whole, without restoring anything.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="VaultException">Says what is wrong.</exception>
    public static BackupReport Verify(string path, OpenKeyEncryption openKek) => Read(path, openKek, (_, _) => { });

    /// <summary>
    /// Makes a new vault of a backup, with a new id. Bans stay. DKLs23 keys sign only once they have been refreshed:
    /// <see cref="NodeVault.OpenDkls23ToSign"/> says why. Never overwrites.
    /// </summary>
    /// <param name="path">The backup.</param>
    /// <param name="openKek">Finds its KEK.</param>
    /// <param name="vaultPath">The vault; its directory exists.</param>
    /// <param name="vaultKek">Of the vault; stays the caller's.</param>
    /// <param name="random">For the vault's id and all keys.</param>
    /// <param name="time">Now.</param>
    /// <exception cref="IOException">There is a vault already, or the file system refuses.</exception>
    /// <exception cref="VaultException">Says what is wrong with the backup. No vault has been made.</exception>
    public static BackupReport Restore(
        string path, OpenKeyEncryption openKek, string vaultPath, IKeyEncryption vaultKek, IRandom random, DateTimeOffset time)
    {
        ArgumentNullException.ThrowIfNull(vaultKek);
        ArgumentNullException.ThrowIfNull(random);
        var changes = new List<VaultChange>();
        try
        {
            var report = Read(path, openKek, (header, plain) =>
            {
                changes.Add(new(header, plain.Copy()));
                if (header.Kind == RecordKind.Key && header.Scheme == (byte)KeyScheme.Dkls23)
                    changes.Add(new(NodeVault.SignsFromHeader(header.Subject, header.NextEpoch), new SecretBytes(0)));
            });
            using var writer = new WireWriter();
            new RestoreMark(report.Vault, report.Revision, report.Made, time).Write(writer);
            changes.Add(new(new(default, RecordKind.Restored), new(writer.Written)));
            VaultRecords.Create(vaultPath, vaultKek, random, changes);
            return report;
        }
        finally
        {
            foreach (var change in changes)
                change.Plain?.Dispose();
        }
    }

    static bool IsBackedUp(RecordHeader header) => header.Kind is RecordKind.Identity or RecordKind.Key or RecordKind.Ban or RecordKind.Destroyed;

    static BackupReport Read(string path, OpenKeyEncryption openKek, Action<RecordHeader, SecretBytes> take)
    {
        ArgumentNullException.ThrowIfNull(openKek);
        using var stream = File.OpenRead(path);
        using var frames = BackupHead.Open(stream, openKek, out var head);
        var headers = new Dictionary<string, RecordHeader>(StringComparer.Ordinal);
        while (frames.Read() is { } frame)
        {
            using (frame)
            {
                VaultException Damaged(string? record, string detail) => new(VaultFault.Damaged, record, detail);

                if (frame.Length < RecordHeader.Size || RecordHeader.Decode(frame.Expose()[..RecordHeader.Size]) is not { } header)
                    throw Damaged(null, $"Frame {frames.Count - 1}: no record.");
                if (header.Vault != head.Vault || !IsBackedUp(header) || !headers.TryAdd(header.Name, header))
                    throw Damaged(header.Name, "it does not belong into this backup, or is there twice.");
                using var plain = new SecretBytes(frame.Expose()[RecordHeader.Size..]);
                if (RecordContents.Check(header, plain) is { } problem)
                    throw Damaged(header.Name, problem);
                take(header, plain);
            }
        }
        return headers.TryGetValue("identity", out var identity)
            ? new(head.Vault, head.Revision, head.Made, NodeId.FromPublicKey(identity.Subject.ToArray()), NodeVault.KeysOf(headers.Values),
                [.. headers.Values.Where(h => h.Kind == RecordKind.Ban).Select(h => (h.Subject, new PartyId(h.Party)))],
                headers.Values.Count(h => h.Kind == RecordKind.Destroyed))
            : throw new VaultException(VaultFault.Missing, "identity", "the backup has none.");
    }
}
