using Quorate.Journal.Tests.Stores;
using Quorate.Testing;

namespace Quorate.Journal.Tests.Crash;

/// <summary>
/// Power fails while SQLite writes its log: the last transaction is cut off at any byte, or some of its sectors are not what
/// was written. The journal opens with all that was acknowledged before, and the broken transaction is gone as a whole.
/// </summary>
public sealed class TornLogTests : IAsyncLifetime, IAsyncDisposable
{
    readonly SqliteHarness harness = new();
    readonly string copy = Directory.CreateTempSubdirectory("quorate-torn-").FullName;
    Head before = null!, after = null!;
    byte[] database = null!, log = null!;
    int logBefore;

    string CopyFile => Path.Combine(copy, "journal.db");

    public async Task InitializeAsync()
    {
        await using var store = await harness.OpenAsync();
        await Sample.FillAsync(store);
        before = await store.HeadAsync();
        logBefore = (await ReadSharedAsync(harness.File + "-wal")).Length;
        after = (await store.AppendAsync("a", EventStore.AnyVersion, [Sample.Event(new('x', 5_000)), Sample.Event("last")])).Head;
        // Taken while it is open: closing would move the log into the file.
        database = await ReadSharedAsync(harness.File);
        log = await ReadSharedAsync(harness.File + "-wal");
    }

    async Task IAsyncLifetime.DisposeAsync() => await DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        await harness.DisposeAsync();
        Directory.Delete(copy, recursive: true);
    }

    [Fact]
    public async Task A_log_cut_off_at_any_byte_of_the_last_transaction_heals()
    {
        Assert.True(log.Length - logBefore >= 3 * 4096, "the last transaction is several pages");
        // Every byte of the frames' headers, where it matters, and every 97th of their pages: each opening is real.
        foreach (var length in Enumerable.Range(logBefore, log.Length - logBefore).Where(l => (l - 32) % 4120 <= 24 || l % 97 == 0))
            await ReopenAsync(log.AsMemory(0, length), before);
        await ReopenAsync(log, after);
    }

    [Fact, Trait("Category", "Slow")]
    public async Task A_log_cut_off_at_every_single_byte_of_the_last_transaction_heals()
    {
        for (var length = logBefore; length < log.Length; length++)
            await ReopenAsync(log.AsMemory(0, length), before);
    }

    [Fact]
    public async Task A_byte_of_the_last_transaction_that_is_not_what_was_written_undoes_it_as_a_whole()
    {
        using var random = new SeededRandom(5, "torn");
        for (var at = logBefore; at < log.Length; at += 1 + random.Below(200))
        {
            byte[] changed = [.. log];
            changed[at] ^= (byte)(1 << random.Below(8));
            await ReopenAsync(changed, before);
        }
    }

    [Fact]
    public async Task Sectors_that_were_never_written_undo_the_last_transaction_as_a_whole()
    {
        for (var sector = logBefore / 512; sector <= (log.Length - 1) / 512; sector++)
        {
            byte[] changed = [.. log];
            var (from, to) = (Math.Max(logBefore, sector * 512), Math.Min(log.Length, (sector + 1) * 512));
            if (changed.AsSpan(from, to - from).ContainsAnyExcept((byte)0))
            {
                changed.AsSpan(from, to - from).Clear();
                await ReopenAsync(changed, before);
            }
        }
    }

    [Fact]
    public async Task A_lost_log_is_noticed_by_a_head_that_was_kept()
    {
        // No crash does this to a disk that keeps what it has flushed; somebody deleting the file does.
        await File.WriteAllBytesAsync(CopyFile, database);
        File.Delete(CopyFile + "-wal");

        await Assert.ThrowsAnyAsync<Exception>(() => EventStore.OpenSqliteAsync(CopyFile, new() { Anchor = after }));
    }

    async Task ReopenAsync(ReadOnlyMemory<byte> torn, Head expected)
    {
        await File.WriteAllBytesAsync(CopyFile, database);
        await File.WriteAllBytesAsync(CopyFile + "-wal", torn);
        File.Delete(CopyFile + "-shm");

        await using var store = await EventStore.OpenSqliteAsync(CopyFile, new() { Anchor = before });
        Assert.Equal(expected, await store.HeadAsync());
        var next = await store.AppendAsync("a", EventStore.AnyVersion, [Sample.Event("after the crash")]);
        var report = await store.VerifyAsync([before, next.Head]);
        Assert.True(report.IsIntact, string.Join('\n', report.Faults));
        Assert.Equal(expected.Position + 1, report.Head.Position);
    }

    static async Task<byte[]> ReadSharedAsync(string path)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        await file.ReadExactlyAsync(bytes);
        return bytes;
    }
}
