using Quorate.Cryptography.Secrets;
using Quorate.Journal;
using Quorate.Node.Vault;
using Quorate.Policies;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Ceremonies;

/// <summary>
/// A private key that an operator brings to the importer named in an order, offline: it is stored as that node's whole share
/// of the key, deals once, and is wiped by the certificate. Nothing takes it over a network.
/// </summary>
public static class BroughtKey
{
    /// <summary>Length in bytes of a private key: a scalar of secp256k1, big-endian, or a seed of Ed25519.</summary>
    public const int Size = ImportedScalar.Size;

    /// <summary>Puts the key into a node's vault, if it is the one that the order is for. The node must not be running.</summary>
    /// <param name="options">The node.</param>
    /// <param name="order">The order.</param>
    /// <param name="secret">The key; it stays the caller's.</param>
    /// <param name="cancellation">Gives up before anything is stored.</param>
    /// <returns>Null, or why not. Then nothing has been stored.</returns>
    /// <exception cref="FileNotFoundException">There is no vault.</exception>
    /// <exception cref="VaultException">The vault is not what the journal knows, or does not open.</exception>
    /// <exception cref="JournalCorruptException">The journal is not what was appended.</exception>
    public static async Task<string?> PutAsync(NodeOptions options, CeremonyOrder order, SecretBytes secret, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(order);
        ArgumentNullException.ThrowIfNull(secret);
        var store = await NodeStore.OpenAsync(options, cancellation).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
            return store.Journal.State.Genesis is { } deployment
                ? Put(store.Vault, store.Vault.Identity, deployment, order, secret.Expose())
                : "No genesis document is installed.";
    }

    internal static string? Put(NodeVault vault, NodeId node, GenesisDocument deployment, CeremonyOrder order, ReadOnlySpan<byte> secret)
    {
        if (order.Deployment != deployment.Hash)
            return "The order is for another deployment.";
        if (order.Ceremony is not Ceremony.ImportKey import || CeremonyRoster.Of(order, deployment, null) is not { } roster)
            return "The order is not for an import among this deployment's nodes.";
        if (deployment.Find(node) is not { } me || me.Name != import.Importer)
            return $"The key is to be brought to {import.Importer}, which this node is not.";
        StoredKey stored;
        Digest id;
        try
        {
            (stored, id) = KeyWork.Of(import.Scheme).Import(new PartyId(me.Number), secret, import.ChainCode.Span);
        }
        catch (ArgumentException invalid)
        {
            return invalid.Message;
        }
        using (stored)
        {
            if (id != roster.Before[0].Id)
                return "The key is not the one whose public key the order names.";
            if (vault.Find(id) is null)
                vault.Put([stored]);
            return null;
        }
    }
}
