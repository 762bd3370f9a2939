using System.Collections.Immutable;

namespace Quorate.Policies;

/// <summary>One node of a deployment.</summary>
/// <param name="Number">Its place in the document, from 1: its party number in every session.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Id">Its identity.</param>
public sealed record NodeEntry(int Number, string Name, NodeId Id);

/// <summary>Who decides about a deployment.</summary>
/// <param name="Threshold">How many of them an act takes.</param>
/// <param name="Members">Their names in the membership.</param>
public sealed record Administrators(int Threshold, ImmutableSortedSet<string> Members);

/// <summary>How careful a deployment is.</summary>
public enum DeploymentMode
{
    /// <summary>One administrator may do; never for money.</summary>
    Development = 1,

    /// <summary>Every act takes at least two administrators.</summary>
    Production = 2,
}

/// <summary>
/// What a deployment is, installed on every node by its operator and pinned there: organisation, nodes, administrators,
/// members with their devices, the first policy (docs/spec/genesis.md). Read in full, or it does not exist. Its hash stands
/// for all of it; nodes of different documents do not talk to each other.
/// </summary>
public sealed class GenesisDocument
{
    /// <summary>Largest document read: one event of the journal holds it.</summary>
    public const int MaxSize = 768 << 10;

    /// <summary>Most nodes of a deployment.</summary>
    public const int MaxNodes = 64;

    internal GenesisDocument(
        string organisation, DeploymentMode mode, ImmutableArray<NodeEntry> nodes, Administrators administrators, Membership membership,
        Policy policy, byte[] canonical, Digest hash)
    {
        (Organisation, Mode, Nodes, Administrators, Membership, Policy, Hash) =
            (organisation, mode, nodes, administrators, membership, policy, hash);
        Canonical = canonical;
    }

    /// <summary>Whose nodes these are.</summary>
    public string Organisation { get; }

    /// <summary>How careful it is.</summary>
    public DeploymentMode Mode { get; }

    /// <summary>The nodes, by number.</summary>
    public ImmutableArray<NodeEntry> Nodes { get; }

    /// <summary>Who decides.</summary>
    public Administrators Administrators { get; }

    /// <summary>Who belongs to the organisation, at first.</summary>
    public Membership Membership { get; }

    /// <summary>The first policy.</summary>
    public Policy Policy { get; }

    /// <summary>Stands for the whole document.</summary>
    public Digest Hash { get; }

    /// <summary>The document in its canonical form, RFC 8785.</summary>
    public ReadOnlyMemory<byte> Canonical { get; }

    /// <summary>Reads a genesis document.</summary>
    /// <param name="utf8">The document.</param>
    /// <param name="spelling">Refuses chains and addresses in the policy that are not in their canonical spelling.</param>
    /// <exception cref="DocumentException">Not a genesis document, or an unsafe one; says where and why.</exception>
    public static GenesisDocument Parse(ReadOnlySpan<byte> utf8, SpellingCheck? spelling = null) =>
        GenesisReader.Read(JsonTree.Parse(utf8, MaxSize), spelling);

    /// <summary>The name under which a node co-signs heads of journals, docs/spec/node.md: the organisation's and its own.</summary>
    public string WitnessNameOf(NodeEntry node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return $"{Organisation}/{node.Name}";
    }

    /// <summary>The entry of a node; null where it is none of the deployment's.</summary>
    public NodeEntry? Find(NodeId id) => Nodes.FirstOrDefault(node => node.Id.Equals(id));
}
