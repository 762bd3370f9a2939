namespace Quorate.Threshold.Sessions;

/// <summary>
/// A round whose messages all parties must have got alike, as this party got them. Digests of what everybody was told, so
/// nothing of what one party alone may know.
/// </summary>
/// <param name="Step">Which barrier it opened, from 1.</param>
/// <param name="Round">The round's number.</param>
/// <param name="Digests">For each party in ascending order 32 bytes; zeros for one that does not speak in it.</param>
public sealed record CommonBroadcast(int Step, byte Round, ReadOnlyMemory<byte> Digests)
{
    /// <summary>Length in bytes of one party's digest.</summary>
    public const int DigestSize = Frame.DigestSize;
}
