using Quorate.Cryptography.Signatures;
using Quorate.Journal;
using Quorate.Node.Governance;
using Quorate.Node.Vault;
using Quorate.Policies;

namespace Quorate.Node;

/// <summary>
/// What a node has on disk, opened: its journal, verified, and its vault, compared with what the journal last heard of it.
/// One process at a time.
/// </summary>
sealed class NodeStore : IAsyncDisposable
{
    NodeStore(NodeJournal journal, NodeVault vault) => (Journal, Vault, Identity) = (journal, vault, vault.OpenIdentity());

    internal NodeJournal Journal { get; }

    internal NodeVault Vault { get; }

    internal Ed25519Key Identity { get; }

    /// <exception cref="FileNotFoundException">There is no vault: the node was never made.</exception>
    /// <exception cref="VaultException">The vault is not what the journal knows, or does not open.</exception>
    /// <exception cref="JournalCorruptException">The journal is not what was appended.</exception>
    /// <exception cref="JournalUnavailableException">The journal's file cannot be opened.</exception>
    internal static async Task<NodeStore> OpenAsync(NodeOptions options, CancellationToken cancellation)
    {
        if (!File.Exists(options.Vault))
            throw new FileNotFoundException($"There is no vault {options.Vault}: `quorate node init` makes one.", options.Vault);
        var journal = await NodeJournal.OpenAsync(
            await EventStore.OpenSqliteAsync(options.Journal, new() { Time = options.Time }).ConfigureAwait(false), cancellation).ConfigureAwait(false);
        NodeVault? vault = null;
        try
        {
            vault = OpenVault(options, journal);
            return journal.State.Me is { } me && !me.Id.Equals(vault.Identity)
                ? throw new VaultException([new(VaultFault.Foreign, null, $"The journal is of the node {me.Id}, the vault of {vault.Identity}.")])
                : new(journal, vault);
        }
        catch
        {
            vault?.Dispose();
            await journal.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    static NodeVault OpenVault(NodeOptions options, NodeJournal journal)
    {
        void Keep(VaultAnchor anchor) => journal.Keep(anchor, options.Time.GetUtcNow());
        var last = journal.State.Vault;
        try
        {
            return NodeVault.Open(options.Vault, options.OpenKek, options.Random, last, Keep);
        }
        catch (VaultException problem) when (problem.Fault == VaultFault.Foreign && last is not null)
        {
            // A vault that was restored from this node's own backup is another, and says of which it was one.
            using (var restored = NodeVault.Open(options.Vault, options.OpenKek, options.Random))
                if (restored.RestoredFrom()?.Vault != last.Vault)
                    throw;
            return NodeVault.Open(options.Vault, options.OpenKek, options.Random, null, Keep);
        }
    }

    /// <summary>The operator pins the deployment; the node must not be running.</summary>
    /// <returns>Null, or why not.</returns>
    internal static async Task<string?> InstallAsync(NodeOptions options, GenesisDocument genesis, CancellationToken cancellation)
    {
        var store = await OpenAsync(options, cancellation).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
            return await new NodeGovernance(store.Journal, store.Vault.Identity, options.Time).InstallAsync(genesis, cancellation).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        Identity.Dispose();
        Vault.Dispose();
        await Journal.DisposeAsync().ConfigureAwait(false);
    }
}
