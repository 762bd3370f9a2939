using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Quorate.Journal.Chain;
using Quorate.Journal.Heads;

namespace Quorate.Journal.Export;

/// <summary>Writes a journal, or the end of one, as a file that verifies without the journal (<see cref="ExportVerifier"/>).</summary>
public static class JournalExport
{
    /// <summary>Writes the events behind a head up to another. Each is checked against the chain as it is read.</summary>
    /// <param name="store">The journal.</param>
    /// <param name="destination">Where to; flushing it to disk is the caller's.</param>
    /// <param name="after">Behind which event to begin; null for the whole journal.</param>
    /// <param name="notes">
    /// Notes of the head at which to end, signed or to be signed, all of the same head; none for the journal's head now.
    /// </param>
    /// <param name="cancellation">Gives up, and leaves an incomplete file that does not verify.</param>
    /// <returns>The head at which the file ends.</returns>
    /// <exception cref="JournalCorruptException">The journal does not verify, or does not have such heads.</exception>
    /// <exception cref="ArgumentException">Notes of several heads, too many, or of a head before the beginning.</exception>
    public static async Task<Head> WriteAsync(
        EventStore store, Stream destination, Head? after = null, IReadOnlyList<HeadNote>? notes = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(destination);
        var start = after ?? Head.Genesis(store.Journal);
        notes ??= [];
        if (notes.Count > ExportFormat.MaxNotes || notes.Select(n => n.Head).Distinct().Count() > 1)
            throw new ArgumentException($"Notes of one head, at most {ExportFormat.MaxNotes}.", nameof(notes));
        var end = notes.Count > 0 ? notes[0].Head : await store.HeadAsync(cancellation).ConfigureAwait(false);
        if (end.Position < start.Position)
            throw new ArgumentException($"The end, position {end.Position}, is before the beginning, position {start.Position}.", nameof(notes));

        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write(ExportFormat.FirstLine);
        WriteStart(buffer, start);
        var at = start;
        while (at.Position < end.Position)
        {
            var limit = (int)Math.Min(JournalLimits.MaxPageEvents, end.Position - at.Position);
            var page = await store.ReadAsync(at, limit, cancellation).ConfigureAwait(false);
            if (page.Events.Count == 0)
                throw new JournalCorruptException(new(FaultKind.Truncated, at.Position + 1, $"the journal ends at position {at.Position}, before the head of {end.Position}"));
            foreach (var next in page.Events)
                WriteEvent(buffer, next);
            at = page.Head;
            await FlushAsync(buffer, destination, cancellation).ConfigureAwait(false);
        }
        if (at != end)
            throw new JournalCorruptException(new(FaultKind.Diverged, at.Position, $"the head of position {end.Position} is not this journal's"));
        WriteEnd(buffer, end);
        foreach (var note in notes)
            WriteNote(buffer, note);
        await FlushAsync(buffer, destination, cancellation).ConfigureAwait(false);
        return end;
    }

    static void WriteStart(IBufferWriter<byte> buffer, Head start)
    {
        var body = Frame(buffer, ExportFormat.Start, ExportFormat.StartSize);
        EventEncoding.WriteGuid(body, start.Journal);
        WritePlace(body[EventEncoding.GuidSize..], start);
    }

    static void WriteEvent(IBufferWriter<byte> buffer, RecordedEvent next)
    {
        var size = EventEncoding.SizeOf(next);
        var body = Frame(buffer, ExportFormat.Event, size + ChainHash.Size);
        EventEncoding.Write(next, body);
        next.Hash.CopyTo(body[size..]);
    }

    static void WriteEnd(IBufferWriter<byte> buffer, Head end) => WritePlace(Frame(buffer, ExportFormat.End, ExportFormat.EndSize), end);

    static void WriteNote(IBufferWriter<byte> buffer, HeadNote note)
    {
        var text = Encoding.UTF8.GetBytes(note.ToString());
        text.CopyTo(Frame(buffer, ExportFormat.Note, text.Length));
    }

    static void WritePlace(Span<byte> destination, Head head)
    {
        BinaryPrimitives.WriteInt64BigEndian(destination, head.Position);
        head.Hash.CopyTo(destination[8..]);
    }

    /// <summary>Writes a frame's header and gives room for its body.</summary>
    static Span<byte> Frame(IBufferWriter<byte> buffer, byte type, int size)
    {
        var frame = buffer.GetSpan(ExportFormat.FrameHeaderSize + size)[..(ExportFormat.FrameHeaderSize + size)];
        frame[0] = type;
        BinaryPrimitives.WriteInt32BigEndian(frame[1..], size);
        buffer.Advance(frame.Length);
        return frame[ExportFormat.FrameHeaderSize..];
    }

    static async Task FlushAsync(ArrayBufferWriter<byte> buffer, Stream destination, CancellationToken cancellation)
    {
        await destination.WriteAsync(buffer.WrittenMemory, cancellation).ConfigureAwait(false);
        buffer.ResetWrittenCount();
    }
}
