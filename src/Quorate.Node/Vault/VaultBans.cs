using System.Collections.Concurrent;
using Quorate.Cryptography.Secrets;
using Quorate.Policies;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Vault;

/// <summary>
/// Bans as records without contents: who is banned stands in the header, and the manifest answers for it. One that could not
/// be recorded, for want of room, holds all the same as long as this process lives, and is recorded as soon as it can be.
/// </summary>
sealed class VaultBans(VaultRecords records) : IBanList
{
    readonly ConcurrentDictionary<string, RecordHeader> unrecorded = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public bool IsBanned(ReadOnlySpan<byte> keyId, PartyId peer) =>
        RecordHeader.BanName(new(keyId), peer.Value) is var name && (unrecorded.ContainsKey(name) || records.Manifest.Entries.ContainsKey(name));

    /// <inheritdoc/>
    /// <exception cref="VaultException">It could not be recorded; it holds until this process ends.</exception>
    public void Ban(ReadOnlySpan<byte> keyId, PartyId peer)
    {
        var header = new RecordHeader(default, RecordKind.Ban, Subject: new(keyId), Party: peer.Value);
        // First here: a peer that has cheated gets no second try because a disk is full.
        unrecorded.TryAdd(header.Name, header);
        Record();
    }

    /// <summary>Records what could not be recorded before.</summary>
    /// <exception cref="VaultException">It still can not.</exception>
    internal void Record()
    {
        RecordHeader[] missing = [.. unrecorded.Values];
        if (missing.Length == 0)
            return;
        records.Commit(manifest => [.. missing.Where(header => !manifest.Entries.ContainsKey(header.Name)).Select(header => new VaultChange(header, new SecretBytes(0)))]);
        foreach (var header in missing)
            unrecorded.TryRemove(header.Name, out _);
    }

    /// <summary>All of them.</summary>
    internal IReadOnlyList<(Digest Key, PartyId Peer)> All =>
    [
        .. records.Manifest.Entries.Values.Where(e => e.Header.Kind == RecordKind.Ban).Select(e => e.Header)
            .UnionBy(unrecorded.Values, header => header.Name).Select(header => (header.Subject, new PartyId(header.Party))),
    ];
}
