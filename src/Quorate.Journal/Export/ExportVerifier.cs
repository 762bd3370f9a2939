using System.Buffers.Binary;
using System.Text;
using Quorate.Journal.Chain;
using Quorate.Journal.Heads;

namespace Quorate.Journal.Export;

/// <summary>
/// Verifies an exported file without the journal: reads it once, front to back, one event in memory at a time. What the
/// file claims (lengths, counts) is believed within fixed bounds only.
/// </summary>
public sealed class ExportVerifier
{
    readonly Stream source;
    readonly IReadOnlyCollection<Head> anchors;
    readonly List<HeadNote> notes = [];
    readonly List<JournalFault> endFaults = [];
    byte[] body = new byte[512];
    long offset;
    long position;

    ExportVerifier(Stream source, IReadOnlyCollection<Head> anchors) => (this.source, this.anchors) = (source, anchors);

    /// <summary>Reads and verifies a file.</summary>
    /// <param name="source">The file.</param>
    /// <param name="anchors">Heads that were kept elsewhere and have to stand in it.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ExportFormatException">It is no export, or is cut off or damaged so that the rest cannot be read.</exception>
    public static Task<ExportReport> VerifyAsync(Stream source, IReadOnlyCollection<Head>? anchors = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new ExportVerifier(source, anchors ?? []).RunAsync(cancellation);
    }

    async Task<ExportReport> RunAsync(CancellationToken cancellation)
    {
        var first = ExportFormat.FirstLine.ToArray();
        if (!await FillAsync(first.Length, cancellation).ConfigureAwait(false) || !body.AsSpan(0, first.Length).SequenceEqual(first))
            throw new ExportFormatException(0, 0, "not an exported journal");
        offset = first.Length;

        var (type, size) = await FrameAsync(cancellation).ConfigureAwait(false);
        if (type != ExportFormat.Start || size != ExportFormat.StartSize)
            throw Refuse(offset, "the file does not begin with its start");
        var start = ReadStart();
        offset += ExportFormat.FrameHeaderSize + size;

        var verifier = new ChainVerifier(start, anchors);
        while (true)
        {
            (type, size) = await FrameAsync(cancellation).ConfigureAwait(false);
            if (type != ExportFormat.Event)
                break;
            TakeEvent(verifier, size);
            offset += ExportFormat.FrameHeaderSize + size;
        }
        if (type != ExportFormat.End)
            throw Refuse(offset, type == 0 ? "the file is cut off: it has no end" : "a frame that does not belong here");
        var report = verifier.Finish();
        CheckEnd(report.Head, size);
        offset += ExportFormat.FrameHeaderSize + size;
        await ReadNotesAsync(report.Head, cancellation).ConfigureAwait(false);

        return new(start, report with
        {
            Faults = [.. report.Faults, .. endFaults], FaultCount = report.FaultCount + endFaults.Count,
        }, notes);
    }

    Head ReadStart()
    {
        position = BinaryPrimitives.ReadInt64BigEndian(body.AsSpan(EventEncoding.GuidSize));
        if (position is < 0 or long.MaxValue)
            throw Refuse(offset + ExportFormat.FrameHeaderSize + EventEncoding.GuidSize, "a start position out of range");
        return new(new(body.AsSpan(0, EventEncoding.GuidSize), bigEndian: true), position,
            ChainHash.FromBytes(body.AsSpan(EventEncoding.GuidSize + 8, ChainHash.Size)));
    }

    void TakeEvent(ChainVerifier verifier, int size)
    {
        if (position == long.MaxValue)
            throw Refuse(offset, "more events than positions");
        position++;
        if (size < EventEncoding.FixedSize + ChainHash.Size)
            throw Refuse(offset, $"an event of {size} bytes");
        var encoded = body.AsSpan(0, size - ChainHash.Size);
        var hash = ChainHash.FromBytes(body.AsSpan(size - ChainHash.Size, ChainHash.Size));
        verifier.Add(EventEncoding.Read(encoded, position, hash, out var problem)
            ?? throw new ExportFormatException(offset + ExportFormat.FrameHeaderSize + problem.Offset, position - 1, problem.What));
    }

    void CheckEnd(Head last, int size)
    {
        if (size != ExportFormat.EndSize)
            throw Refuse(offset, "an end of a wrong size");
        var end = last with
        {
            Position = BinaryPrimitives.ReadInt64BigEndian(body), Hash = ChainHash.FromBytes(body.AsSpan(8, ChainHash.Size)),
        };
        if (end.Position < 0)
            throw Refuse(offset + ExportFormat.FrameHeaderSize, "an end position out of range");
        if (end.Position != last.Position)
            endFaults.Add(new(end.Position > last.Position ? FaultKind.Truncated : FaultKind.Diverged, Math.Min(end.Position, last.Position) + 1,
                $"the file ends at position {last.Position}, but says that it ends at {end.Position}"));
        else if (end.Hash != last.Hash)
            endFaults.Add(new(FaultKind.Diverged, last.Position, "the last event's hash is not the one the file ends with"));
    }

    async Task ReadNotesAsync(Head end, CancellationToken cancellation)
    {
        while (true)
        {
            var (type, size) = await FrameAsync(cancellation).ConfigureAwait(false);
            if (type == 0)
                return;
            if (type != ExportFormat.Note || notes.Count == ExportFormat.MaxNotes)
                throw Refuse(offset, type == ExportFormat.Note ? "too many notes" : "a frame behind the end that is no note");
            notes.Add(ReadNote(size));
            if (notes[^1].Head != end)
                endFaults.Add(new(FaultKind.Diverged, end.Position, $"note {notes.Count} of the file is of another head, {notes[^1].Head}"));
            offset += ExportFormat.FrameHeaderSize + size;
        }
    }

    HeadNote ReadNote(int size)
    {
        try
        {
            return HeadNote.Parse(strictUtf8.GetString(body, 0, size));
        }
        catch (Exception wrong) when (wrong is FormatException or DecoderFallbackException)
        {
            throw Refuse(offset + ExportFormat.FrameHeaderSize, $"not a head note: {wrong.Message.TrimEnd('.')}");
        }
    }

    static readonly UTF8Encoding strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a frame's body into <see cref="body"/>; type 0 at the end of the file.</summary>
    async Task<(byte Type, int Size)> FrameAsync(CancellationToken cancellation)
    {
        var header = await source.ReadAtLeastAsync(body.AsMemory(0, ExportFormat.FrameHeaderSize), ExportFormat.FrameHeaderSize, throwOnEndOfStream: false, cancellation)
            .ConfigureAwait(false);
        if (header == 0)
            return (0, 0);
        if (header < ExportFormat.FrameHeaderSize)
            throw Refuse(offset, "the file is cut off within a frame");
        var (type, size) = (body[0], BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(1)));
        if (ExportFormat.MaxFrameSize(type) == 0)
            throw Refuse(offset, $"no frame has the type {type}");
        if (size > ExportFormat.MaxFrameSize(type))
            throw Refuse(offset + 1, $"a frame of {size} bytes, where at most {ExportFormat.MaxFrameSize(type)} are possible");
        return await FillAsync((int)size, cancellation).ConfigureAwait(false)
            ? (type, (int)size)
            : throw Refuse(offset, "the file is cut off within a frame");
    }

    /// <summary>Reads so many bytes into <see cref="body"/>, which grows with what arrives and not with what is announced.</summary>
    async Task<bool> FillAsync(int size, CancellationToken cancellation)
    {
        for (var filled = 0; filled < size;)
        {
            if (filled == body.Length)
                Array.Resize(ref body, Math.Min(size, 4 * body.Length));
            var read = await source.ReadAsync(body.AsMemory(filled, Math.Min(size, body.Length) - filled), cancellation).ConfigureAwait(false);
            if (read == 0)
                return false;
            filled += read;
        }
        return true;
    }

    ExportFormatException Refuse(long at, string what) => new(at, position, what);
}
