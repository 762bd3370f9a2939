using System.Runtime.Intrinsics;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Vault;

/// <summary>
/// The ids of presignatures that have been used, the last 65,536 of them: a ring of records, so that one use writes a few
/// kilobytes and not the whole list. A presignature lives in the memory of one process and gives itself out once; this
/// list is for a copy of that memory, and such a copy cannot commit either once the vault has moved on. Uses that come
/// while the vault commits share the next commit. Thread-safe.
/// </summary>
sealed class SpentMarks
{
    internal const int RecordCount = 128, IdsPerRecord = 512;

    const int IdSize = 32;

    readonly Lock gate = new();
    readonly VaultRecords records;
    readonly Queue<(Vector256<byte> Mark, TaskCompletionSource<bool> Done)> waiting = new();

    // What follows is the writer's alone, of which there is one at a time.
    readonly HashSet<Vector256<byte>> known = [];

    /// <summary>What stands in each record of the ring.</summary>
    readonly Page?[] ring = new Page?[RecordCount];

    Page current;
    bool isWriting;

    internal SpentMarks(VaultRecords records)
    {
        this.records = records;
        foreach (var header in records.Manifest.Entries.Values.Select(e => e.Header).Where(h => h.Kind == RecordKind.Spent))
        {
            using var plain = records.Read(header.Name)!;
            var page = Read(plain.Expose());
            if (page.Number % RecordCount != header.Party)
                throw new VaultException(VaultFault.Damaged, header.Name, "it is of another place in the ring.");
            ring[header.Party] = page;
            known.UnionWith(page.Ids);
        }
        current = ring.OfType<Page>().MaxBy(p => p.Number) ?? new(0, []);
    }

    /// <summary>Consecutive ids; pages are numbered from 0, and never again.</summary>
    internal sealed record Page(long Number, IReadOnlyList<Vector256<byte>> Ids);

    /// <summary>Records the id of 32 bytes. Ends when that outlives a crash; false where it had been recorded before.</summary>
    /// <exception cref="VaultException">It could not be recorded: whoever asks must not use the presignature.</exception>
    internal Task<bool> TrySpendAsync(ReadOnlySpan<byte> id)
    {
        if (id.Length != IdSize)
            throw new ArgumentException($"An id has {IdSize} bytes, not {id.Length}.", nameof(id));
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            waiting.Enqueue((Vector256.Create(id), done));
            if (isWriting)
                return done.Task;
            isWriting = true;
        }
        // A thread of its own: it waits for the disk and for the journal that keeps the anchor, and those of the pool bring the answer.
        _ = Task.Factory.StartNew(WriteAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return done.Task;
    }

    void WriteAll()
    {
        while (TakeGroup() is { Count: > 0 } group)
        {
            try
            {
                var first = Record([.. group.Select(g => g.Mark)]);
                foreach (var (mark, done) in group)
                    done.SetResult(first.Remove(mark));
            }
            catch (Exception problem)
            {
                foreach (var (_, done) in group)
                    done.TrySetException(problem);
            }
        }
    }

    /// <summary>No more than a page at once, so that a group begins one page at most.</summary>
    List<(Vector256<byte> Mark, TaskCompletionSource<bool> Done)> TakeGroup()
    {
        lock (gate)
        {
            var group = new List<(Vector256<byte>, TaskCompletionSource<bool>)>();
            while (group.Count < IdsPerRecord && waiting.TryDequeue(out var next))
                group.Add(next);
            isWriting = group.Count > 0;
            return group;
        }
    }

    /// <summary>Those that had not been recorded before.</summary>
    HashSet<Vector256<byte>> Record(HashSet<Vector256<byte>> marks)
    {
        marks.ExceptWith(known);
        if (marks.Count == 0)
            return marks;
        var room = IdsPerRecord - current.Ids.Count;
        List<Page> pages = [];
        if (room > 0)
            pages.Add(new(current.Number, [.. current.Ids, .. marks.Take(room)]));
        if (marks.Count > room)
            pages.Add(new(current.Number + 1, [.. marks.Skip(room)]));
        records.Commit(_ => [.. pages.Select(page => new VaultChange(new(default, RecordKind.Spent, Party: (ushort)PlaceOf(page)), Write(page)))]);
        foreach (var page in pages)
        {
            if (page.Number != current.Number && ring[PlaceOf(page)] is { } oldest)
                known.ExceptWith(oldest.Ids);
            ring[PlaceOf(page)] = current = page;
        }
        known.UnionWith(marks);
        return marks;
    }

    static int PlaceOf(Page page) => (int)(page.Number % RecordCount);

    /// <exception cref="WireException">The bytes are no page.</exception>
    internal static Page Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader(bytes);
        var number = reader.UInt64();
        if (number > long.MaxValue)
            throw reader.Error($"page {number}");
        var ids = new Vector256<byte>[reader.Count(IdsPerRecord)];
        foreach (ref var id in ids.AsSpan())
            id = Vector256.Create(reader.Take(IdSize));
        reader.End();
        return new((long)number, ids);
    }

    static SecretBytes Write(Page page)
    {
        using var writer = new WireWriter();
        writer.UInt64((ulong)page.Number);
        writer.UInt16(page.Ids.Count);
        Span<byte> bytes = stackalloc byte[IdSize];
        foreach (var id in page.Ids)
        {
            id.CopyTo(bytes);
            writer.Raw(bytes);
        }
        return new(writer.Written);
    }
}
