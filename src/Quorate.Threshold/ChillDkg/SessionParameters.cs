using System.Buffers.Binary;
using Quorate.Cryptography.Hashing;
using Quorate.Threshold.Sessions;
using Point = Quorate.Cryptography.Curves.Point<Quorate.Cryptography.Curves.Secp256k1>;

namespace Quorate.Threshold.ChillDkg;

/// <summary>
/// What everybody in a ChillDKG session agrees on beforehand: the participants' host public keys in order, and how many
/// of them sign. Every participant must have the others' true keys; comparing <see cref="Hash"/> by another channel
/// makes sure.
/// </summary>
/// <remarks>
/// The participant whose key stands at position i, counted from 0, is ChillDKG's participant i and party i + 1 here.
/// </remarks>
public sealed class SessionParameters : IEquatable<SessionParameters>
{
    /// <summary>The most participants: a session's parties less the coordinator.</summary>
    public const int MaxCount = PartySet.MaxCount - 1;

    readonly Point[] keys;
    readonly byte[] encoded;

    /// <summary>Takes the threshold and the host public keys, 33 bytes each, in the agreed order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// Not 1 ≤ <paramref name="threshold"/> ≤ number of keys ≤ <see cref="MaxCount"/>.
    /// </exception>
    /// <exception cref="HostKeyException">A key is no point, or stands there twice.</exception>
    public SessionParameters(int threshold, params IReadOnlyList<byte[]> hostPublicKeys)
    {
        ArgumentNullException.ThrowIfNull(hostPublicKeys);
        ArgumentOutOfRangeException.ThrowIfLessThan(threshold, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threshold, hostPublicKeys.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hostPublicKeys.Count, MaxCount);
        Threshold = threshold;
        Participants = PartySet.Range(hostPublicKeys.Count);
        keys = new Point[hostPublicKeys.Count];
        for (var i = 0; i < keys.Length; i++)
            if (!Point.TryDecode(hostPublicKeys[i], out keys[i]))
                throw new HostKeyException("not a public key", Participants[i]);
        encoded = new byte[4 + 33 * keys.Length];
        BinaryPrimitives.WriteUInt32BigEndian(encoded, (uint)threshold);
        for (var i = 0; i < keys.Length; i++)
        {
            hostPublicKeys[i].CopyTo(encoded, 4 + 33 * i);
            for (var j = 0; j < i; j++)
                if (EncodedKey(j).SequenceEqual(EncodedKey(i)))
                    throw new HostKeyException("the same key twice", Participants[j], Participants[i]);
        }
    }

    /// <summary>t: how many sign.</summary>
    public int Threshold { get; }

    /// <summary>The participants, parties 1 to n in the order of their keys.</summary>
    public PartySet Participants { get; }

    /// <summary>n: how many participants there are.</summary>
    internal int Count => keys.Length;

    /// <summary>t ‖ host public keys: what params_hash hashes and every encryption is bound to.</summary>
    internal ReadOnlySpan<byte> Encoded => encoded;

    /// <summary>All host public keys back to back.</summary>
    internal ReadOnlySpan<byte> EncodedKeys => encoded.AsSpan(4);

    /// <summary>
    /// params_hash: 32 bytes to compare with the other participants by a channel that authenticates them. Deviation: it
    /// is part of every session's context, so that parties with other parameters never hear each other.
    /// </summary>
    public byte[] Hash()
    {
        var hash = new byte[TaggedHash.Size];
        TaggedHash.HashData(Tags.ChillDkgParameters, hash, encoded);
        return hash;
    }

    /// <summary>Which participant the host key belongs to.</summary>
    /// <exception cref="ArgumentException">None.</exception>
    public PartyId PartyOf(HostKey hostKey)
    {
        ArgumentNullException.ThrowIfNull(hostKey);
        var index = Array.IndexOf(keys, hostKey.PublicKey);
        return index >= 0
            ? Participants[index]
            : throw new ArgumentException("The host key belongs to none of the participants.", nameof(hostKey));
    }

    /// <inheritdoc/>
    public bool Equals(SessionParameters? other) => other is not null && encoded.AsSpan().SequenceEqual(other.encoded);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SessionParameters);

    /// <inheritdoc/>
    public override int GetHashCode() => BinaryPrimitives.ReadInt32LittleEndian(encoded.AsSpan(5));

    /// <summary>The participants and their coordinator: the parties of a session.</summary>
    /// <exception cref="ArgumentException">The coordinator has a participant's number.</exception>
    internal PartySet With(PartyId coordinator) => Participants.Contains(coordinator)
        ? throw new ArgumentException($"{coordinator} is a participant; the coordinator has a number of its own.", nameof(coordinator))
        : new([.. Participants, coordinator]);

    /// <summary>Host public key of participant <paramref name="i"/>, counted from 0.</summary>
    internal Point Key(int i) => keys[i];

    /// <summary>Its encoding, 33 bytes.</summary>
    internal ReadOnlySpan<byte> EncodedKey(int i) => EncodedKeys.Slice(33 * i, 33);
}

/// <summary>Host public keys that cannot be a session's, with the participants they came from.</summary>
public sealed class HostKeyException : ArgumentException
{
    internal HostKeyException(string reason, params PartyId[] participants)
        : base($"Host public key of {string.Join(" and ", participants)}: {reason}.") => Participants = participants;

    /// <summary>Whose key is invalid, or who have the same key: honest participants do not.</summary>
    public IReadOnlyList<PartyId> Participants { get; }
}
