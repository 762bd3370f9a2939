using Quorate.Policies;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Vault;

/// <summary>What ceremonies need: several keys in one commit, and keys that are stored before they are anybody's.</summary>
public sealed partial class NodeVault
{
    /// <summary>Stores holdings as the other <c>Put</c>s do, all or none. They stay the caller's.</summary>
    /// <exception cref="ArgumentException">As for the others. Nothing has been overwritten.</exception>
    /// <exception cref="VaultException">The vault failed.</exception>
    internal void Put(IReadOnlyList<StoredKey> keys) => records.Commit(manifest => PutAll(manifest, keys));

    /// <summary>Stores what an attempt to make keys has given this node, beside everything else. It signs nothing.</summary>
    /// <param name="order">The order's hash.</param>
    /// <param name="attempt">Which attempt.</param>
    /// <param name="keys">The keys; they stay the caller's.</param>
    /// <exception cref="VaultException">The vault failed.</exception>
    internal void PutPending(Digest order, int attempt, IReadOnlyList<StoredKey> keys) => records.Commit(_ =>
    {
        using var writer = new WireWriter();
        PendingKeys.Write(writer, keys);
        var header = keys[0].Header;
        return [new(new(default, RecordKind.Pending, Subject: order, Epoch: (uint)attempt, Party: header.Party, Threshold: header.Threshold), new(writer.Written))];
    });

    /// <summary>Makes the keys of one attempt the node's, and wipes those of all other attempts of the order, in one commit.</summary>
    /// <returns>Whether they were there.</returns>
    /// <exception cref="VaultException">The vault failed.</exception>
    internal bool ActivatePending(Digest order, int attempt)
    {
        using var plain = records.Read(RecordHeader.PendingName(order, (uint)attempt));
        if (plain is null)
            return false;
        var keys = PendingKeys.Read(plain.Expose());
        try
        {
            records.Commit(manifest => [.. PutAll(manifest, keys), .. Drop(manifest, order, _ => true)]);
        }
        finally
        {
            keys.ForEach(key => key.Dispose());
        }
        records.EmptyLog();
        return true;
    }

    /// <summary>Wipes what attempts below one have left; all of an order's, where none is given.</summary>
    /// <exception cref="VaultException">The vault failed.</exception>
    internal void DropPending(Digest order, int below = int.MaxValue)
    {
        var isThere = false;
        records.Commit(manifest =>
        {
            var changes = Drop(manifest, order, header => header.Epoch < (uint)below).ToList();
            isThere = changes.Count > 0;
            return changes;
        });
        if (isThere)
            records.EmptyLog();
    }

    /// <summary>The attempts of an order that have left something here.</summary>
    internal IReadOnlyList<int> PendingAttempts(Digest order) =>
        [.. PendingOf(records.Manifest, order).Select(header => (int)header.Epoch).Order()];

    /// <summary>The lowest epoch that this node takes for a sharing of a key: above everything it has acknowledged or destroyed.</summary>
    internal uint NextEpochOf(Digest key) => records.Manifest.Entries.Values.Select(e => e.Header)
        .Where(h => h.Kind is RecordKind.Key or RecordKind.Destroyed && h.Subject == key).Select(h => h.NextEpoch).DefaultIfEmpty(0u).Max();

    static List<VaultChange> PutAll(Manifest manifest, IReadOnlyList<StoredKey> keys)
    {
        foreach (var key in keys)
            RequireFits(manifest, key.Header, key.HasShare);
        return [.. keys.Select(key => new VaultChange(key.Header, key.Plain.Copy()))];
    }

    static IEnumerable<RecordHeader> PendingOf(Manifest manifest, Digest order) =>
        manifest.Entries.Values.Select(e => e.Header).Where(h => h.Kind == RecordKind.Pending && h.Subject == order);

    static IEnumerable<VaultChange> Drop(Manifest manifest, Digest order, Func<RecordHeader, bool> which) =>
        PendingOf(manifest, order).Where(which).Select(header => new VaultChange(header, null));
}
