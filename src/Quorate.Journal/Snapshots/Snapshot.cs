using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Quorate.Journal.Chain;

namespace Quorate.Journal.Snapshots;

/// <summary>
/// The state of a stream at a version, so that reading it does not begin at its first event. It can be dropped at any time;
/// what can not happen is that a changed one is taken: its digest is an event of the journal, in the stream
/// <see cref="AttestationStream"/>.
/// </summary>
/// <param name="Stream">The stream.</param>
/// <param name="Version">The version the state is of, from 1.</param>
/// <param name="Type">Name of the state's type, as for events.</param>
/// <param name="SchemaVersion">Version of its schema, from 1. A state of another version than the reader's is best ignored.</param>
/// <param name="State">At most <see cref="JournalLimits.MaxSnapshotBytes"/>.</param>
public sealed record Snapshot(string Stream, long Version, string Type, int SchemaVersion, ReadOnlyMemory<byte> State)
{
    /// <summary>The journal's own stream of attestations.</summary>
    public const string AttestationStream = "$snapshots";

    /// <summary>The type of its events. Payload: stream (2 + n), version (8), digest (32).</summary>
    public const string AttestationType = "$snapshot";

    internal void Check()
    {
        EventName.CheckStream(Stream);
        EventName.CheckType(Type);
        ArgumentOutOfRangeException.ThrowIfLessThan(Version, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(SchemaVersion, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(SchemaVersion, JournalLimits.MaxSchemaVersion);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(State.Length, JournalLimits.MaxSnapshotBytes);
    }

    /// <summary>The event that attests the snapshot.</summary>
    internal NewEvent Attestation(Guid id)
    {
        var payload = new byte[2 + Stream.Length + 8 + ChainHash.Size];
        WriteSubject(payload);
        Digest().CopyTo(payload.AsSpan(2 + Stream.Length + 8));
        return new(AttestationType, 1, payload) { Id = id };
    }

    /// <summary>Whether this event attests this snapshot.</summary>
    internal bool IsAttestedBy(RecordedEvent recorded) =>
        recorded is { Stream: AttestationStream, Type: AttestationType, SchemaVersion: 1 }
        && recorded.Payload.Span.SequenceEqual(Attestation(default).Payload.Span);

    /// <summary>SHA-256(T ‖ T ‖ stream (2 + n) ‖ version (8) ‖ type (2 + n) ‖ schema version (2) ‖ state (4 + n)).</summary>
    internal ChainHash Digest()
    {
        var fields = new byte[2 + Stream.Length + 8 + 2 + Type.Length + 2 + 4];
        WriteSubject(fields);
        var rest = fields.AsSpan(2 + Stream.Length + 8);
        BinaryPrimitives.WriteUInt16BigEndian(rest, checked((ushort)Type.Length));
        Encoding.ASCII.GetBytes(Type, rest[2..]);
        BinaryPrimitives.WriteUInt16BigEndian(rest[(2 + Type.Length)..], checked((ushort)SchemaVersion));
        BinaryPrimitives.WriteInt32BigEndian(rest[(4 + Type.Length)..], State.Length);

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(HashTag.Snapshot.Prefix);
        hash.AppendData(fields);
        hash.AppendData(State.Span);
        return ChainHash.FromBytes(hash.GetHashAndReset());
    }

    void WriteSubject(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, checked((ushort)Stream.Length));
        Encoding.ASCII.GetBytes(Stream, destination[2..]);
        BinaryPrimitives.WriteInt64BigEndian(destination[(2 + Stream.Length)..], Version);
    }
}
