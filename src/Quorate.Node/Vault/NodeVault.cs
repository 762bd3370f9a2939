using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Policies;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Node.Vault;

/// <summary>
/// What a node must not lose and nobody else may read: its identity, its shares, whom it has banned, which presignatures
/// it has used. Every record is sealed on its own under a KEK, and a sealed manifest answers for all of them; see
/// docs/spec/vault.md. What returns has been written durably. Thread-safe; one process at a time.
/// </summary>
public sealed partial class NodeVault : IDisposable
{
    readonly VaultRecords records;
    readonly SpentMarks spent;
    readonly VaultBans bans;

    NodeVault(VaultRecords records)
    {
        (this.records, bans) = (records, new(records));
        spent = new(records);
        Identity = NodeId.FromPublicKey(IdentityHeader(records.Manifest).Subject.ToArray());
    }

    /// <summary>Makes a vault with a new identity as a new file, whole or not at all. Never overwrites.</summary>
    /// <param name="path">The file; its directory exists.</param>
    /// <param name="kek">Wraps its records' keys; stays the caller's.</param>
    /// <param name="random">For the identity, the vault's id and all keys.</param>
    /// <returns>The new identity.</returns>
    /// <exception cref="IOException">There is a file of this name, or the file system refuses.</exception>
    /// <exception cref="VaultException">The database refuses.</exception>
    public static NodeId Create(string path, IKeyEncryption kek, IRandom random)
    {
        ArgumentNullException.ThrowIfNull(kek);
        ArgumentNullException.ThrowIfNull(random);
        using var identity = Ed25519Key.Generate(random);
        using var seed = identity.ExportSeed();
        VaultRecords.Create(path, kek, random, [new(new(default, RecordKind.Identity, Subject: new(identity.EncodedPublicKey)), seed)]);
        return NodeId.FromPublicKey(identity.EncodedPublicKey);
    }

    /// <summary>
    /// Opens a vault, compares every record in it with the manifest and, where there is one, the manifest with the last
    /// anchor. Whatever is wrong is an exception and changes nothing.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="openKek">Finds the KEK; what it returns becomes the vault's to dispose of.</param>
    /// <param name="random">For the keys of new records.</param>
    /// <param name="anchor">
    /// The last one kept. A vault of that revision and hash opens, and one that is one commit further on: the crash between
    /// a commit and its anchor. Null where none was ever kept: then an old copy of the vault goes unnoticed.
    /// </param>
    /// <param name="keep">
    /// Keeps an anchor durably, elsewhere than in the vault. Called after every commit, before it is acknowledged, and when
    /// opening finds one that has not been kept. If it throws, the vault refuses everything until it is opened again.
    /// </param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="VaultException">Says what is wrong, and in which record.</exception>
    public static NodeVault Open(
        string path, OpenKeyEncryption openKek, IRandom random, VaultAnchor? anchor = null, Action<VaultAnchor>? keep = null)
    {
        ArgumentNullException.ThrowIfNull(openKek);
        ArgumentNullException.ThrowIfNull(random);
        var records = VaultRecords.Open(path, openKek, random, anchor, keep);
        try
        {
            return new(records);
        }
        catch
        {
            records.Dispose();
            throw;
        }
    }

    /// <summary>Who this vault is; a restored one is another.</summary>
    public Guid Id => records.Manifest.Vault;

    /// <summary>What the vault is now.</summary>
    public VaultAnchor Anchor => records.Anchor;

    /// <summary>Who the node is.</summary>
    public NodeId Identity { get; }

    /// <summary>The keys, in the order of their ids.</summary>
    public IReadOnlyList<KeyEntry> Keys => KeysOf(records.Manifest.Entries.Values.Select(e => e.Header));

    /// <summary>Everybody banned, by the id that DKLs23 gives the key.</summary>
    public IReadOnlyList<(Digest Key, PartyId Peer)> Banned => bans.All;

    /// <summary>Remembers with whom a key is never used again.</summary>
    public IBanList Bans => bans;

    /// <summary>Records bans that the disk had no room for.</summary>
    /// <exception cref="VaultException">It still has none.</exception>
    internal void RecordBans() => bans.Record();

    /// <summary>Remembers that a presignature, by its id of 32 bytes, is used. Ends when that is durable; false where it was used before.</summary>
    /// <exception cref="VaultException">It could not be recorded: the presignature must not be used.</exception>
    public Task<bool> TrySpendAsync(ReadOnlySpan<byte> id) => spent.TrySpendAsync(id);

    /// <summary>Which backup the vault was restored from, or null.</summary>
    /// <exception cref="VaultException">The record is not what was put.</exception>
    public RestoreMark? RestoredFrom()
    {
        using var plain = records.Read(new RecordHeader(default, RecordKind.Restored).Name);
        return plain is null ? null : RestoreMark.Decode(plain.Expose());
    }

    /// <summary>The node's key, for the caller to use and dispose of.</summary>
    /// <exception cref="VaultException">The record is not what was put.</exception>
    public Ed25519Key OpenIdentity()
    {
        using var seed = records.Read(IdentityHeader(records.Manifest).Name)!;
        return new(seed.Expose());
    }

    /// <summary>What the vault has of a key, or null.</summary>
    public KeyEntry? Find(Digest key) => records.Manifest.Entries.TryGetValue(RecordHeader.KeyName(key), out var entry)
        ? KeyEntry.Of(entry.Header, SignsFrom(records.Manifest, key))
        : null;

    /// <summary>Stores everything the node holds of a key, in place of what it had of it. The holding stays the caller's.</summary>
    /// <exception cref="ArgumentException">
    /// It is older than what is stored or was destroyed, or another party's, or of a scheme that is not kept so. Nothing
    /// has been overwritten.
    /// </exception>
    /// <exception cref="VaultException">The vault failed.</exception>
    public void Put<C>(KeyHolding<C> holding) where C : struct, ICurve<C>
    {
        ArgumentNullException.ThrowIfNull(holding);
        using var writer = new WireWriter();
        holding.Write(writer);
        Put(StoredHolding.HeaderOf(holding), holding.Share is not null, writer);
    }

    /// <summary>The same for a DKLs23 key, with its pairwise set-ups.</summary>
    /// <exception cref="ArgumentException">As for the other.</exception>
    /// <exception cref="VaultException">The vault failed.</exception>
    public void Put(Dkls23KeyHolding holding)
    {
        ArgumentNullException.ThrowIfNull(holding);
        using var writer = new WireWriter();
        holding.Write(writer);
        Put(StoredHolding.HeaderOf(holding), holding.DealingShare is not null, writer);
    }

    /// <summary>What the node holds of a FROST key, for the caller to use and dispose of as soon as the session has ended.</summary>
    /// <exception cref="KeyNotFoundException">The vault has no such key on this curve.</exception>
    /// <exception cref="VaultException">The record is not what was put.</exception>
    public KeyHolding<C> OpenKey<C>(Digest key) where C : struct, ICurve<C>
    {
        if (Find(key) is not { } entry || !StoredHolding.CurveFits<C>(entry.Scheme))
            throw new KeyNotFoundException($"No key {key} on {C.Name}.");
        using var plain = records.Read(RecordHeader.KeyName(key))!;
        var reader = new WireReader(plain.Expose());
        return StoredHolding.Read<C>(ref reader);
    }

    /// <summary>
    /// What the node holds of a DKLs23 key, for a ceremony to use and dispose of: dealing, refreshing, repairing. To sign,
    /// <see cref="OpenDkls23ToSign"/>.
    /// </summary>
    /// <exception cref="KeyNotFoundException">The vault has no such key.</exception>
    /// <exception cref="VaultException">The record is not what was put.</exception>
    public Dkls23KeyHolding OpenDkls23(Digest key)
    {
        if (Find(key) is not { Scheme: KeyScheme.Dkls23 })
            throw new KeyNotFoundException($"No DKLs23 key {key}.");
        using var plain = records.Read(RecordHeader.KeyName(key))!;
        var reader = new WireReader(plain.Expose());
        return StoredHolding.ReadDkls23(ref reader);
    }

    /// <summary>The same, to sign with its share.</summary>
    /// <exception cref="InvalidOperationException">
    /// The key was restored from a backup and has to be refreshed first: who was banned after the backup is not known, and
    /// its pairwise set-ups may have told what a ban is there to keep.
    /// </exception>
    /// <exception cref="KeyNotFoundException">The vault has no such key.</exception>
    /// <exception cref="VaultException">The record is not what was put.</exception>
    public Dkls23KeyHolding OpenDkls23ToSign(Digest key) => Find(key)?.SignsFrom is { } epoch
        ? throw new InvalidOperationException($"The key {key} was restored from a backup; it signs from epoch {epoch} on: refresh it first.")
        : OpenDkls23(key);

    /// <summary>Wipes everything the node holds of a key and stores its signed word for it, in one commit.</summary>
    /// <param name="key">Which.</param>
    /// <param name="reason">In words; see <see cref="DestructionStatement.Reason"/>.</param>
    /// <param name="time">Now.</param>
    /// <exception cref="KeyNotFoundException">The vault has no such key.</exception>
    /// <exception cref="ArgumentException">The reason is empty, too long, or no text.</exception>
    /// <exception cref="VaultException">The vault failed.</exception>
    public DestructionStatement Destroy(Digest key, string reason, DateTimeOffset time)
    {
        ArgumentNullException.ThrowIfNull(reason);
        using var identity = OpenIdentity();
        DestructionStatement? statement = null;
        records.Commit(manifest =>
        {
            if (!manifest.Entries.TryGetValue(RecordHeader.KeyName(key), out var entry))
                throw new KeyNotFoundException($"No key {key}.");
            var header = entry.Header;
            statement = new DestructionStatement(
                Identity, key, (KeyScheme)header.Scheme, header.Epoch, header.NextEpoch, new(header.Party), time, reason).SignedBy(identity);
            var changes = new List<VaultChange> { new(header, null), new(header with { Kind = RecordKind.Destroyed }, new(statement.Encode())) };
            if (SignsFrom(manifest, key) is not null)
                changes.Add(new(SignsFromHeader(key, 0), null));
            return changes;
        });
        records.EmptyLog();
        return statement!;
    }

    /// <summary>The statements of everything that was destroyed.</summary>
    /// <exception cref="VaultException">A record is not what was put.</exception>
    public IReadOnlyList<DestructionStatement> Destroyed()
    {
        var statements = new List<DestructionStatement>();
        foreach (var header in records.Manifest.Entries.Values.Select(e => e.Header).Where(h => h.Kind == RecordKind.Destroyed))
        {
            using var plain = records.Read(header.Name)!;
            statements.Add(DestructionStatement.Decode(plain.Expose()));
        }
        return statements;
    }

    /// <summary>Compares every record with the manifest again, opens it and reads it whole.</summary>
    /// <returns>What is wrong: nothing.</returns>
    /// <exception cref="VaultException">The vault failed.</exception>
    public IReadOnlyList<VaultFinding> Verify() => records.Verify(RecordContents.Check);

    /// <summary>Wipes the KEK and closes the file.</summary>
    public void Dispose() => records.Dispose();

    /// <summary>For a backup, and for tests.</summary>
    internal VaultRecords Records => records;

    internal static RecordHeader SignsFromHeader(Digest key, uint epoch) => new(default, RecordKind.SignsFrom, Subject: key, Epoch: epoch);

    internal static IReadOnlyList<KeyEntry> KeysOf(IEnumerable<RecordHeader> headers)
    {
        var all = headers.ToLookup(h => h.Kind);
        var signsFrom = all[RecordKind.SignsFrom].ToDictionary(h => h.Subject, h => (uint?)h.Epoch);
        return [.. all[RecordKind.Key].OrderBy(h => h.Name, StringComparer.Ordinal).Select(h => KeyEntry.Of(h, signsFrom.GetValueOrDefault(h.Subject)))];
    }

    void Put(RecordHeader header, bool hasShare, WireWriter writer) => records.Commit(manifest =>
    {
        RequireFits(manifest, header, hasShare);
        return [new(header, new(writer.Written))];
    });

    static void RequireFits(Manifest manifest, RecordHeader header, bool hasShare)
    {
        if (manifest.Entries.TryGetValue(header.Name, out var entry))
            RequireNewer(header, entry.Header);
        foreach (var gone in manifest.Entries.Values.Select(e => e.Header).Where(h => h.Kind == RecordKind.Destroyed && h.Subject == header.Subject))
            if (hasShare && header.Epoch < gone.NextEpoch)
                throw new ArgumentException($"The share of epoch {header.Epoch} was destroyed; the next is of epoch {gone.NextEpoch}.");
    }

    static void RequireNewer(RecordHeader header, RecordHeader stored)
    {
        if (header.Party != stored.Party)
            throw new ArgumentException($"The vault has P{stored.Party}'s share of this key, not P{header.Party}'s.");
        if (header.Epoch < stored.Epoch)
            throw new ArgumentException($"Rolled back: the holding is of epoch {header.Epoch}, the vault has {stored.Epoch}.");
        if (header.NextEpoch < stored.NextEpoch)
            throw new ArgumentException($"Rolled back: the vault has acknowledged everything below epoch {stored.NextEpoch}, the holding only below {header.NextEpoch}.");
        if (header.Epoch == stored.Epoch && header.Threshold != stored.Threshold)
            throw new ArgumentException($"The sharing of epoch {header.Epoch} has the threshold {stored.Threshold}, not {header.Threshold}.");
    }

    static uint? SignsFrom(Manifest manifest, Digest key) =>
        manifest.Entries.TryGetValue(RecordHeader.SignsFromName(key), out var mark) ? mark.Header.Epoch : null;

    static RecordHeader IdentityHeader(Manifest manifest) => manifest.Entries.TryGetValue("identity", out var entry)
        ? entry.Header
        : throw new VaultException(VaultFault.Damaged, "identity", "the vault was made without one.");
}
