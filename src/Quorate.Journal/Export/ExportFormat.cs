using Quorate.Journal.Chain;

namespace Quorate.Journal.Export;

/// <summary>
/// The exported file: a line of text, then frames of one type byte, a length of four bytes big-endian, and that many
/// bytes. docs/spec/journal.md has the whole format; the bytes of an event are those that are hashed.
/// </summary>
static class ExportFormat
{
    /// <summary>Journal id (16), position behind which the events begin (8), hash there (32). First, once.</summary>
    internal const byte Start = (byte)'S';

    /// <summary>An event's encoding, then the hash after it (32). Positions ascend by one from the start's.</summary>
    internal const byte Event = (byte)'E';

    /// <summary>Position (8) and hash (32) of the last event. Behind the events, once: without it the file is cut off.</summary>
    internal const byte End = (byte)'Z';

    /// <summary>A head note of the end, for co-signatures. Any number behind the end, so that they can be added to a file.</summary>
    internal const byte Note = (byte)'N';

    internal const int FrameHeaderSize = 5;
    internal const int StartSize = EventEncoding.GuidSize + 8 + ChainHash.Size;
    internal const int EndSize = 8 + ChainHash.Size;

    /// <summary>Notes that one file may hold.</summary>
    internal const int MaxNotes = 64;

    internal static ReadOnlySpan<byte> FirstLine => "quorate journal export 1\n"u8;

    /// <summary>The most bytes a frame of a type may have; 0 for no type.</summary>
    internal static int MaxFrameSize(byte type) => type switch
    {
        Start => StartSize,
        Event => EventEncoding.MaxSize + ChainHash.Size,
        End => EndSize,
        Note => JournalLimits.MaxNoteBytes,
        _ => 0,
    };
}
