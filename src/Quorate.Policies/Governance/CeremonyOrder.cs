using System.Collections.Immutable;
using Quorate.Chains;
using Quorate.Cryptography.Hashing;

namespace Quorate.Policies;

/// <summary>
/// An order of the administrators' quorum to hold one ceremony, docs/spec/ceremonies.md. It stands outside the chain of
/// acts: what keeps it from being carried out twice is its id, which every node remembers, and the epoch it starts from.
/// </summary>
public sealed class CeremonyOrder
{
    /// <summary>Largest document read: every node of a deployment named, twice.</summary>
    public const int MaxSize = 64 << 10;

    /// <summary>How far ahead an order may expire: what nobody has carried out by then was not wanted so much.</summary>
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(7);

    internal CeremonyOrder(Digest deployment, string id, DateTimeOffset expiresAt, Ceremony ceremony, byte[] canonical)
    {
        (Deployment, Id, ExpiresAt, Ceremony, Canonical) = (deployment, id, expiresAt, ceremony, canonical);
        using var transcript = new Transcript(Tags.CeremonyOrder);
        Hash = new(transcript.Append(canonical).Digest());
    }

    /// <summary>Hash of the genesis document.</summary>
    public Digest Deployment { get; }

    /// <summary>A name of its own, used once for ever.</summary>
    public string Id { get; }

    /// <summary>From then on no attempt begins. One that has begun may end.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>What is to be done.</summary>
    public Ceremony Ceremony { get; }

    /// <summary>What administrators sign.</summary>
    public Digest Hash { get; }

    /// <summary>The document in its canonical form, RFC 8785.</summary>
    public ReadOnlyMemory<byte> Canonical { get; }

    /// <summary>Reads an order.</summary>
    /// <exception cref="DocumentException">Not an order; says where and why.</exception>
    public static CeremonyOrder Parse(ReadOnlySpan<byte> utf8) => CeremonyOrderReader.Read(JsonTree.Parse(utf8, MaxSize));

    /// <summary>The id, the kind and the hash.</summary>
    public override string ToString() => $"ceremony {Id}: {Ceremony.GetType().Name} ({Hash})";
}

/// <summary>What an order is for. Closed.</summary>
public abstract record Ceremony
{
    Ceremony()
    {
    }

    /// <summary>The wallet it concerns; null for a ceremony of whole nodes.</summary>
    public abstract string? WalletName { get; }

    /// <summary>A new wallet with keys that no machine ever holds whole.</summary>
    /// <param name="Wallet">Its name.</param>
    /// <param name="Threshold">How many nodes sign, at least 2.</param>
    /// <param name="Nodes">The committee, by name.</param>
    /// <param name="Schemes">A key for each of them, in ascending order.</param>
    public sealed record CreateWallet(string Wallet, int Threshold, ImmutableArray<string> Nodes, ImmutableArray<SignatureScheme> Schemes) : Ceremony
    {
        /// <inheritdoc/>
        public override string WalletName => Wallet;
    }

    /// <summary>New shares of the same keys for the same committee.</summary>
    /// <param name="Wallet">Its name.</param>
    /// <param name="Epoch">The epoch it starts from.</param>
    public sealed record Refresh(string Wallet, uint Epoch) : Ceremony
    {
        /// <inheritdoc/>
        public override string WalletName => Wallet;
    }

    /// <summary>New shares of the same keys for another committee.</summary>
    /// <param name="Wallet">Its name.</param>
    /// <param name="Epoch">The epoch it starts from.</param>
    /// <param name="Nodes">The new committee, by name.</param>
    /// <param name="Threshold">How many of them sign, at least 2.</param>
    /// <param name="Keys">The ids of all its keys: by them a node that joins knows what it joins.</param>
    public sealed record Reshare(string Wallet, uint Epoch, ImmutableArray<string> Nodes, int Threshold, ImmutableArray<Digest> Keys) : Ceremony
    {
        /// <inheritdoc/>
        public override string WalletName => Wallet;
    }

    /// <summary>The lost shares of one node, given back by the others.</summary>
    /// <param name="Wallet">Its name.</param>
    /// <param name="Epoch">The epoch in force, which stays.</param>
    /// <param name="Node">Who has lost them.</param>
    /// <param name="Keys">The ids of all its keys: by them that node knows what it gets.</param>
    public sealed record Repair(string Wallet, uint Epoch, string Node, ImmutableArray<Digest> Keys) : Ceremony
    {
        /// <inheritdoc/>
        public override string WalletName => Wallet;
    }

    /// <summary>A new wallet of one key that exists somewhere.</summary>
    /// <param name="Wallet">Its name.</param>
    /// <param name="Scheme">What the key is for.</param>
    /// <param name="Importer">The node whose operator has put it into its vault.</param>
    /// <param name="Nodes">The committee, by name.</param>
    /// <param name="Threshold">How many of them sign, at least 2.</param>
    /// <param name="PublicKey">The public key: a compressed point of 33 bytes, or one of Ed25519 of 32.</param>
    /// <param name="ChainCode">32 bytes for the derivation of children.</param>
    public sealed record ImportKey(
        string Wallet, SignatureScheme Scheme, string Importer, ImmutableArray<string> Nodes, int Threshold, ReadOnlyMemory<byte> PublicKey,
        ReadOnlyMemory<byte> ChainCode) : Ceremony
    {
        /// <inheritdoc/>
        public override string WalletName => Wallet;
    }

    /// <summary>An encrypted copy of each node's vault, where its operator has configured it.</summary>
    /// <param name="Nodes">Which nodes, by name.</param>
    public sealed record Backup(ImmutableArray<string> Nodes) : Ceremony
    {
        /// <inheritdoc/>
        public override string? WalletName => null;
    }
}
