using Quorate.Cryptography.Hashing;
using Quorate.Policies;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Channel;

/// <summary>
/// What a session is, as every node that takes part must hold it alike before it begins: which organisation, which
/// protocol, about what, and which node sits where. Nothing of it is taken from a peer.
/// </summary>
public sealed class SessionDescription
{
    /// <summary>Length in bytes of the hash of the genesis document.</summary>
    public const int OrganisationSize = 32;

    /// <summary>Length in bytes of an attempt's name.</summary>
    public const int AttemptSize = 32;

    /// <summary>Length in bytes of the digest of what the session is about.</summary>
    public const int SubjectSize = 32;

    readonly byte[] organisation;
    readonly byte[] attempt;
    readonly byte[] subject;
    readonly byte[] digest;
    readonly SortedDictionary<PartyId, NodeId> seats;

    /// <summary>Describes a session of two to 256 nodes.</summary>
    /// <param name="organisation">Hash of the genesis document, 32 bytes.</param>
    /// <param name="attempt">
    /// 32 bytes by which the nodes find each other for this session, from whoever proposes it. Nothing depends on their being
    /// fresh but that an old attempt's packets are told from a new one's at once.
    /// </param>
    /// <param name="protocol">Name and revision of the protocol and its parameters.</param>
    /// <param name="subject">Digest of everything else that the session is about (intent, key, epoch, path, plan), 32 bytes.</param>
    /// <param name="seats">Which node is which party; every node once.</param>
    /// <exception cref="ArgumentException">A wrong length, too few or too many seats, or a node with two.</exception>
    public SessionDescription(
        ReadOnlySpan<byte> organisation, ReadOnlySpan<byte> attempt, string protocol, ReadOnlySpan<byte> subject,
        IReadOnlyDictionary<PartyId, NodeId> seats)
    {
        ArgumentException.ThrowIfNullOrEmpty(protocol);
        ArgumentNullException.ThrowIfNull(seats);
        if (organisation.Length != OrganisationSize || attempt.Length != AttemptSize || subject.Length != SubjectSize)
            throw new ArgumentException("Organisation, attempt and subject have 32 bytes each.");
        if (seats.Count < 2 || seats.Values.Distinct().Count() != seats.Count)
            throw new ArgumentException("A session takes at least two nodes, and each has one seat.", nameof(seats));
        (this.organisation, this.attempt, this.subject) = (organisation.ToArray(), attempt.ToArray(), subject.ToArray());
        (Protocol, Parties, this.seats) = (protocol, new(seats.Keys), new(seats.ToDictionary()));

        using var transcript = new Transcript(Tags.SessionDescription);
        transcript.Append(organisation).Append(attempt).Append(protocol).Append(subject).List(Parties.Count);
        foreach (var (party, node) in this.seats)
            transcript.Append(party.Value).Append(node.AsSpan());
        digest = transcript.Digest();
    }

    /// <summary>Hash of the genesis document.</summary>
    public ReadOnlySpan<byte> Organisation => organisation;

    /// <summary>The name of this attempt, in clear on every packet.</summary>
    public ReadOnlySpan<byte> Attempt => attempt;

    /// <summary>Name and revision of the protocol.</summary>
    public string Protocol { get; }

    /// <summary>Digest of what the session is about.</summary>
    public ReadOnlySpan<byte> Subject => subject;

    /// <summary>Everybody's number.</summary>
    public PartySet Parties { get; }

    /// <summary>32 bytes that stand for all of it.</summary>
    public ReadOnlySpan<byte> Digest => digest;

    /// <summary>The node in a seat.</summary>
    /// <exception cref="KeyNotFoundException">Nobody has that number.</exception>
    public NodeId this[PartyId party] => seats[party];

    /// <summary>The number of a node, or null if it takes no part.</summary>
    public PartyId? SeatOf(NodeId node)
    {
        foreach (var (party, seated) in seats)
            if (seated.Equals(node))
                return party;
        return null;
    }
}
