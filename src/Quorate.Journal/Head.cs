namespace Quorate.Journal;

/// <summary>
/// What a journal's history is at one moment, in 56 bytes: whoever keeps a head can tell later whether the history up
/// to it has been changed. Keep heads where the journal's owner cannot reach, have them co-signed
/// (<see cref="Heads.HeadNote"/>), and give them to <see cref="EventStore.VerifyAsync"/>.
/// </summary>
/// <param name="Journal">The journal's id.</param>
/// <param name="Position">Position of the last event; 0 before the first.</param>
/// <param name="Hash">The chain's hash after that event.</param>
public sealed record Head(Guid Journal, long Position, ChainHash Hash)
{
    /// <summary>The head of an empty journal.</summary>
    public static Head Genesis(Guid journal) => new(journal, 0, Chain.HashChain.Genesis(journal));

    /// <summary>Journal, position and hash, for people.</summary>
    public override string ToString() => $"{Journal:N} {Position} {Hash}";
}
