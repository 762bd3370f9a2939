using System.Runtime.Intrinsics;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Vault;

/// <summary>
/// The ids of presignatures that have been used, the last 65,536 of them: a ring of records, so that one use writes a few
/// kilobytes and not the whole list. A presignature lives in the memory of one process and gives itself out once; this
/// list is for a copy of that memory, and such a copy cannot commit either once the vault has moved on.
/// </summary>
sealed class SpentMarks : ISpentPresignatures
{
    internal const int RecordCount = 128, IdsPerRecord = 512;

    const int IdSize = 32;

    readonly Lock gate = new();
    readonly VaultRecords records;
    readonly HashSet<Vector256<byte>> known = [];

    /// <summary>What stands in each record of the ring.</summary>
    readonly Page?[] ring = new Page?[RecordCount];

    Page current;

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

    /// <inheritdoc/>
    /// <exception cref="VaultException">It could not be recorded: whoever asks must not use the presignature.</exception>
    public bool TrySpend(ReadOnlySpan<byte> id)
    {
        if (id.Length != IdSize)
            throw new ArgumentException($"An id has {IdSize} bytes, not {id.Length}.", nameof(id));
        var mark = Vector256.Create(id);
        lock (gate)
        {
            if (known.Contains(mark))
                return false;
            var next = current.Ids.Count < IdsPerRecord ? new Page(current.Number, [.. current.Ids, mark]) : new Page(current.Number + 1, [mark]);
            var place = (int)(next.Number % RecordCount);
            records.Commit(_ => [new(new(default, RecordKind.Spent, Party: (ushort)place), Write(next))]);
            if (next.Number != current.Number && ring[place] is { } oldest)
                known.ExceptWith(oldest.Ids);
            known.Add(mark);
            ring[place] = current = next;
            return true;
        }
    }

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
