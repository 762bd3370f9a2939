using System.Collections.Immutable;
using System.Text.Json;
using Quorate.Node.Breaker;
using Quorate.Policies;

namespace Quorate.Node;

/// <summary>What a node records of ceremonies, docs/spec/ceremonies.md.</summary>
public abstract partial record NodeEvent
{
    /// <summary>The administrators' order for a ceremony has been verified.</summary>
    /// <param name="At">When.</param>
    /// <param name="Id">The order's id.</param>
    /// <param name="Order">The order.</param>
    /// <param name="Approvals">Their signatures.</param>
    /// <param name="Passkeys">Signature counters that have advanced.</param>
    public sealed record CeremonyAllowed(long At, string Id, JsonElement Order, JsonElement Approvals, ImmutableArray<PasskeyUse> Passkeys) : NodeEvent(At);

    /// <summary>The node takes part in an attempt from here on, and in no earlier one of the same order any more.</summary>
    /// <param name="At">When.</param>
    /// <param name="Id">The order's id.</param>
    /// <param name="Number">Which attempt, from 1.</param>
    /// <param name="Attempt">Its name in hexadecimal.</param>
    /// <param name="Epoch">Of the sharing that it makes.</param>
    /// <param name="Lead">Who has offered it, by name.</param>
    /// <param name="Vow">What has shown that the attempt this node attested before can have no certificate; null where it attested none.</param>
    public sealed record CeremonyAttempted(long At, string Id, int Number, string Attempt, uint Epoch, string Lead, byte[]? Vow) : NodeEvent(At);

    /// <summary>The node's part of an attempt is stored, and it is about to say so under its signature.</summary>
    public sealed record CeremonyAttested(long At, string Id, int Number, byte[] Testimony) : NodeEvent(At);

    /// <summary>The node has not attested an attempt, never will, and says so under its signature.</summary>
    public sealed record CeremonyVowed(long At, string Id, int Number) : NodeEvent(At);

    /// <summary>An attempt has ended here without this node's attestation.</summary>
    /// <param name="At">When.</param>
    /// <param name="Id">The order's id.</param>
    /// <param name="Number">Which attempt.</param>
    /// <param name="Fault">What went wrong, in words.</param>
    /// <param name="Culprits">Whom this node names for it.</param>
    /// <param name="IsProven">Whether this node has seen for itself that they deviated.</param>
    public sealed record CeremonyFailed(long At, string Id, int Number, string Fault, ImmutableArray<string> Culprits, bool IsProven) : NodeEvent(At);

    /// <summary>What the others have done in the sessions of an attempt, as far as their reputation goes: docs/spec/breaker.md.</summary>
    /// <param name="At">When.</param>
    /// <param name="Id">The order's id.</param>
    /// <param name="Number">Which attempt.</param>
    /// <param name="Notes">Who has done what.</param>
    public sealed record ConductNoted(long At, string Id, int Number, ImmutableArray<ConductNote> Notes) : NodeEvent(At);

    /// <summary>Everybody has attested an attempt: it holds.</summary>
    public sealed record CeremonyCertified(long At, string Id, int Number, byte[] Certificate) : NodeEvent(At);

    /// <summary>Nothing more will be done about an order, whose id is used for ever.</summary>
    /// <param name="At">When.</param>
    /// <param name="Id">The order's id.</param>
    /// <param name="Order">The order's hash.</param>
    /// <param name="Outcome">Completed, or why not.</param>
    public sealed record CeremonyEnded(long At, string Id, string Order, string Outcome) : NodeEvent(At);

    /// <summary>The node holds no share of a wallet any more.</summary>
    /// <param name="At">When.</param>
    /// <param name="Wallet">The wallet.</param>
    /// <param name="Ceremony">The id of the order by which others hold it.</param>
    /// <param name="Statements">The node's signed word for each key that its shares are destroyed.</param>
    public sealed record WalletLeft(long At, string Wallet, string Ceremony, ImmutableArray<byte[]> Statements) : NodeEvent(At);
}

/// <summary>What one node has done in one session, in the journal.</summary>
/// <param name="Node">Which, by public key.</param>
/// <param name="Conduct">What.</param>
/// <param name="Weight">How much of one, 0 to 1.</param>
public sealed record ConductNote(string Node, Conduct Conduct, double Weight)
{
    /// <summary>The note, read.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    internal (NodeId Node, Conduct Conduct, double Weight) Read() =>
        NodeId.TryParse(Node, out var node) && Enum.IsDefined(Conduct) && Weight is >= 0 and <= 1
            ? (node!, Conduct, Weight)
            : throw new FormatException("What was noted of a node's conduct is nothing that this build knows.");
}
