using Quorate.Cryptography.Secrets;
using Quorate.Policies;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Vault;

/// <summary>Bans as records without contents: who is banned stands in the header, and the manifest answers for it.</summary>
sealed class VaultBans(VaultRecords records) : IBanList
{
    /// <inheritdoc/>
    public bool IsBanned(ReadOnlySpan<byte> keyId, PartyId peer) =>
        records.Manifest.Entries.ContainsKey(RecordHeader.BanName(new(keyId), peer.Value));

    /// <inheritdoc/>
    /// <exception cref="VaultException">It could not be recorded.</exception>
    public void Ban(ReadOnlySpan<byte> keyId, PartyId peer)
    {
        var header = new RecordHeader(default, RecordKind.Ban, Subject: new(keyId), Party: peer.Value);
        records.Commit(manifest => manifest.Entries.ContainsKey(header.Name) ? [] : [new(header, new SecretBytes(0))]);
    }

    /// <summary>All of them.</summary>
    internal IReadOnlyList<(Digest Key, PartyId Peer)> All =>
        [.. records.Manifest.Entries.Values.Where(e => e.Header.Kind == RecordKind.Ban).Select(e => (e.Header.Subject, new PartyId(e.Header.Party)))];
}
