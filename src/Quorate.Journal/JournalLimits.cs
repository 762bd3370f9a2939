namespace Quorate.Journal;

/// <summary>
/// Every bound of the journal in one place. What is stored, queued or read at once is limited, so that no caller, row or
/// file can make it take more memory than is written here.
/// </summary>
public static class JournalLimits
{
    /// <summary>Characters in a stream's name: room for a kind, a tenant and an id, and small enough for an index.</summary>
    public const int MaxStreamNameLength = 200;

    /// <summary>Characters in a type's name.</summary>
    public const int MaxTypeNameLength = 100;

    /// <summary>The highest schema version of an event type; two bytes in every record.</summary>
    public const int MaxSchemaVersion = 65_535;

    /// <summary>Bytes in one event's payload. Larger things belong in a file whose hash is in the event.</summary>
    public const int MaxPayloadBytes = 1 << 20;

    /// <summary>Events in one append: they share one transaction and one plan in memory.</summary>
    public const int MaxEventsPerAppend = 1_000;

    /// <summary>Payload bytes in one append.</summary>
    public const int MaxBytesPerAppend = 4 << 20;

    /// <summary>Events that share one commit. Beyond some thousands an fsync is paid for, and only latency grows.</summary>
    public const int MaxEventsPerCommit = 4_000;

    /// <summary>Payload bytes that share one commit; at least one append goes through whatever its size.</summary>
    public const int MaxBytesPerCommit = 8 << 20;

    /// <summary>Appends that wait for the writer. One more is refused with <see cref="JournalBusyException"/>.</summary>
    public const int MaxQueuedAppends = 16_384;

    /// <summary>Payload bytes that wait for the writer.</summary>
    public const int MaxQueuedBytes = 64 << 20;

    /// <summary>Events in one page of a read.</summary>
    public const int MaxPageEvents = 1_000;

    /// <summary>Payload bytes in one page of a read, beyond which the page ends early; it always has one event.</summary>
    public const int MaxPageBytes = 8 << 20;

    /// <summary>Bytes in a snapshot's state.</summary>
    public const int MaxSnapshotBytes = 4 << 20;

    /// <summary>Faults that a verification lists before it only counts them.</summary>
    public const int MaxFaults = 100;

    /// <summary>Heads that one verification compares with.</summary>
    public const int MaxAnchors = 10_000;

    /// <summary>Signatures on one head note.</summary>
    public const int MaxNoteSignatures = 64;

    /// <summary>Bytes in one head note: its text and that many lines.</summary>
    public const int MaxNoteBytes = 32 << 10;

    /// <summary>Event digests in one proof that a head extends another: 2 MiB.</summary>
    public const int MaxExtensionDigests = 65_536;
}
