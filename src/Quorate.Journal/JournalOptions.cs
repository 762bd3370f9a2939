using System.Security.Cryptography;

namespace Quorate.Journal;

/// <summary>What a caller may choose when it opens a journal.</summary>
public sealed record JournalOptions
{
    /// <summary>The clock whose time events carry.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where ids of events without one, and of a new journal, come from. Random by default.</summary>
    public Func<Guid> NewId { get; init; } = RandomId;

    /// <summary>
    /// A head that was kept elsewhere. Opening fails unless it stands in the journal's history: a database that was
    /// exchanged, cut off or restored from an old copy is refused before anything is written to it.
    /// </summary>
    public Head? Anchor { get; init; }

    /// <summary>
    /// How often a follower looks for what other processes have appended, in milliseconds. What this process appends,
    /// its followers see at once.
    /// </summary>
    public int PollMilliseconds { get; init; } = 25;

    /// <summary>How long to wait for the write lock while another process holds it, in milliseconds.</summary>
    public int LockTimeoutMilliseconds { get; init; } = 10_000;

    /// <summary>PostgreSQL: the schema the tables are in, so that several journals share a database.</summary>
    public string Schema { get; init; } = "quorate_journal";

    /// <exception cref="ArgumentOutOfRangeException">A time below a millisecond: one database would not wait at all, the other for ever.</exception>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(PollMilliseconds, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(LockTimeoutMilliseconds, 1);
    }

    // Version 4 of RFC 9562, from the operating system's generator.
    static Guid RandomId()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new(bytes, bigEndian: true);
    }
}
