using System.Collections;

namespace Quorate.Threshold.Sessions;

/// <summary>A non-empty set of distinct parties in ascending order: a committee or a quorum.</summary>
public sealed class PartySet : IReadOnlyList<PartyId>, IEquatable<PartySet>
{
    /// <summary>The most parties one session takes. A bound on memory and messages, not on the mathematics.</summary>
    public const int MaxCount = 256;

    readonly PartyId[] parties;

    /// <summary>Takes 1 to <see cref="MaxCount"/> distinct parties in any order.</summary>
    /// <exception cref="ArgumentException">Empty, too many, a duplicate, or a default id.</exception>
    public PartySet(IEnumerable<PartyId> members)
    {
        parties = [.. members.Take(MaxCount + 1).Order()];
        if (parties.Length is 0 or > MaxCount)
            throw new ArgumentException($"1 to {MaxCount} parties.", nameof(members));
        if (parties[0] == default)
            throw new ArgumentException("Party 0 does not exist.", nameof(members));
        for (var i = 1; i < parties.Length; i++)
            if (parties[i] == parties[i - 1])
                throw new ArgumentException($"{parties[i]} is named twice.", nameof(members));
    }

    /// <summary>The parties 1 to <paramref name="n"/>.</summary>
    public static PartySet Range(int n) => new(PartyId.Range(n));

    /// <inheritdoc/>
    public int Count => parties.Length;

    /// <inheritdoc/>
    public PartyId this[int index] => parties[index];

    /// <summary>Position of <paramref name="party"/> in ascending order, or −1.</summary>
    public int IndexOf(PartyId party) => Math.Max(-1, Array.BinarySearch(parties, party));

    /// <summary>Whether <paramref name="party"/> is a member.</summary>
    public bool Contains(PartyId party) => IndexOf(party) >= 0;

    /// <summary>Whether every member is a member of <paramref name="other"/> too.</summary>
    public bool IsSubsetOf(PartySet other) => parties.All(other.Contains);

    /// <summary>All members but one.</summary>
    public IEnumerable<PartyId> Except(PartyId party) => parties.Where(p => p != party);

    /// <summary>The members in ascending order.</summary>
    public ReadOnlySpan<PartyId> AsSpan() => parties;

    /// <inheritdoc/>
    public IEnumerator<PartyId> GetEnumerator() => ((IEnumerable<PartyId>)parties).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => parties.GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(PartySet? other) => other is not null && parties.AsSpan().SequenceEqual(other.parties);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PartySet);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var party in parties)
            hash.Add(party);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{{{string.Join(", ", parties)}}}";
}
