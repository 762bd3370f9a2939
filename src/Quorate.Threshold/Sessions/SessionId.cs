using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Secrets;

namespace Quorate.Threshold.Sessions;

/// <summary>
/// 32 bytes that no other session has: every hash, proof and message of a session is bound to it. The caller makes sure
/// that all parties hold the same one and that it is never used again.
/// </summary>
public sealed class SessionId : IEquatable<SessionId>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 32;

    readonly byte[] bytes;

    /// <summary>Takes exactly 32 bytes.</summary>
    /// <exception cref="ArgumentException">Another length.</exception>
    public SessionId(ReadOnlySpan<byte> value)
    {
        if (value.Length != Size)
            throw new ArgumentException($"A session id has {Size} bytes, not {value.Length}.", nameof(value));
        bytes = value.ToArray();
    }

    /// <summary>A fresh id, for the one party that opens a session and tells the others.</summary>
    public static SessionId Random(IRandom random)
    {
        var value = new byte[Size];
        random.Fill(value);
        return new(value);
    }

    /// <summary>
    /// The id of the session that is about exactly these things: typically organisation, key id, epoch, quorum, purpose,
    /// digest, and one fresh contribution of every party. The encoding is injective.
    /// </summary>
    public static SessionId Derive(params ReadOnlySpan<byte[]> subject)
    {
        using var transcript = new Transcript(Tags.SessionSubject);
        transcript.List(subject.Length);
        foreach (var part in subject)
            transcript.Append(part);
        return new(transcript.Digest());
    }

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> AsSpan() => bytes;

    /// <inheritdoc/>
    public bool Equals(SessionId? other) => other is not null && bytes.AsSpan().SequenceEqual(other.bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SessionId);

    /// <inheritdoc/>
    public override int GetHashCode() => BitConverter.ToInt32(bytes);

    /// <summary>The bytes in hexadecimal.</summary>
    public override string ToString() => Convert.ToHexStringLower(bytes);
}
