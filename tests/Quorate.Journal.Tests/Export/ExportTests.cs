using Quorate.Journal.Chain;
using Quorate.Journal.Export;
using Quorate.Journal.Heads;
using Quorate.Journal.Tests.Heads;
using Quorate.Journal.Tests.Stores;
using Quorate.Testing;

namespace Quorate.Journal.Tests.Export;

public sealed class ExportTests : IAsyncLifetime, IAsyncDisposable
{
    readonly SqliteHarness harness = new();
    EventStore store = null!;
    Head[] heads = null!;

    public async Task InitializeAsync()
    {
        store = await harness.OpenAsync(new() { Time = Harness.Noon });
        heads = await Sample.FillAsync(store);
    }

    async Task IAsyncLifetime.DisposeAsync() => await DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        await harness.DisposeAsync();
    }

    async Task<byte[]> ExportAsync(Head? after = null, params HeadNote[] notes)
    {
        var file = new MemoryStream();
        await JournalExport.WriteAsync(store, file, after, notes);
        return file.ToArray();
    }

    static Task<ExportReport> VerifyAsync(byte[] file, params Head[] anchors) => ExportVerifier.VerifyAsync(new MemoryStream(file), anchors);

    [Fact]
    public async Task An_exported_journal_verifies_and_has_the_heads_that_were_kept()
    {
        var report = await VerifyAsync(await ExportAsync(), heads);

        Assert.True(report.IsWhole && report.Chain.IsIntact);
        Assert.Equal((heads[^1], 12L, 3L, heads.Length), (report.Chain.Head, report.Chain.Events, report.Chain.Streams, report.Chain.AnchorsMatched));
    }

    [Fact]
    public async Task An_empty_journal_and_the_end_of_one_are_exported()
    {
        await using var fresh = new SqliteHarness();
        await using (var empty = await fresh.OpenAsync())
        {
            var file = new MemoryStream();
            await JournalExport.WriteAsync(empty, file);
            Assert.True((await VerifyAsync(file.ToArray())).Chain.IsIntact);
        }
        for (var from = 0; from <= 12; from++)
        {
            var report = await VerifyAsync(await ExportAsync(heads[from]), heads[from..]);
            Assert.True(report.Chain.IsIntact, string.Join('\n', report.Chain.Faults));
            Assert.Equal((heads[from], 12L - from), (report.Start, report.Chain.Events));
        }
    }

    [Fact]
    public async Task A_co_signed_note_travels_with_the_file_and_can_be_added_to_it()
    {
        using var signer = new TestSigner("auditor", 1);
        var note = new HeadNote(heads[9]).CoSign(signer, Harness.Noon);

        var file = await ExportAsync(null, new HeadNote(heads[9]));
        byte[] frame = [(byte)'N', 0, 0, 0, 0, .. System.Text.Encoding.UTF8.GetBytes(note.ToString())];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - 5);
        var report = await VerifyAsync([.. file, .. frame]);

        Assert.True(report.Chain.IsIntact);
        Assert.Equal((9L, 2), (report.Chain.Head.Position, report.Notes.Count));
        byte[] together = [.. file, .. frame];
        Assert.Equal(await ExportAsync(null, new HeadNote(heads[9]), note), together);
        await Assert.ThrowsAsync<ArgumentException>(() => ExportAsync(null, new HeadNote(heads[9]), new HeadNote(heads[8])));
        await Assert.ThrowsAsync<ArgumentException>(() => ExportAsync(heads[9], new HeadNote(heads[8])));
    }

    [Fact]
    public async Task A_note_of_another_head_is_a_fault()
    {
        byte[] other = [.. await ExportAsync(null, new HeadNote(heads[9]))];
        var mine = await ExportAsync();
        var report = await VerifyAsync([.. mine, .. other[^(NoteSize(heads[9]) + 5)..]]);

        Assert.Equal(FaultKind.Diverged, Assert.Single(report.Chain.Faults).Kind);

        static int NoteSize(Head head) => System.Text.Encoding.UTF8.GetByteCount(new HeadNote(head).ToString());
    }

    [Fact]
    public async Task Every_changed_byte_is_found()
    {
        var file = await ExportAsync(null, new HeadNote(heads[^1]));
        for (var at = 0; at < file.Length; at++)
        {
            byte[] changed = [.. file];
            changed[at] ^= 0x20;
            try
            {
                var report = await VerifyAsync(changed, heads[^1]);
                Assert.False(report.Chain.IsIntact, $"byte {at} does not matter");
            }
            catch (ExportFormatException refused)
            {
                // In the frame that was changed, or where the next should begin.
                Assert.InRange(refused.Offset, at - 130, at + 130);
            }
        }
    }

    [Fact]
    public async Task A_file_cut_off_anywhere_is_refused_with_the_place()
    {
        var file = await ExportAsync();
        for (var length = 0; length < file.Length; length++)
        {
            var refused = await Assert.ThrowsAsync<ExportFormatException>(() => VerifyAsync(file[..length]));
            Assert.InRange(refused.Offset, 0, length);
            Assert.True(length - refused.Offset < 200);
        }
    }

    [Fact]
    public async Task A_file_that_claims_more_than_it_has_is_refused_without_taking_memory_for_it()
    {
        var file = await ExportAsync();
        // The first event's frame claims the largest size there is.
        byte[] claims = [.. file[..86], (byte)'E', 0, 16, 1, 0, 1, 2, 3];
        Assert.Equal((byte)'E', file[86]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        await Assert.ThrowsAsync<ExportFormatException>(() => VerifyAsync(claims));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);

        byte[] tooMuch = [.. file[..86], (byte)'E', 0x7f, 0xff, 0xff, 0xff];
        Assert.Equal(87, (await Assert.ThrowsAsync<ExportFormatException>(() => VerifyAsync(tooMuch))).Offset);
        byte[] negative = [.. file[..86], (byte)'E', 0xff, 0xff, 0xff, 0xff];
        Assert.Equal(87, (await Assert.ThrowsAsync<ExportFormatException>(() => VerifyAsync(negative))).Offset);
    }

    [Fact]
    public async Task A_fuzzed_file_is_refused_with_a_place_or_does_not_verify_or_is_untouched()
    {
        var samples = new[] { await ExportAsync(), await ExportAsync(heads[5], new HeadNote(heads[^1])), VectorFile.Root.Bytes("export") };
        using var fuzzer = new Fuzzer(3);
        fuzzer.Run(new(typeof(ExportVerifier), "export", samples, input =>
        {
            try
            {
                var report = ExportVerifier.VerifyAsync(new MemoryStream(input), []).GetAwaiter().GetResult();
                Assert.All(report.Chain.Faults, f => Assert.InRange(f.Position, 0, long.MaxValue));
                // What is intact and whole is a file that somebody exported; without heads kept, a shorter one too.
                return report.Chain.IsIntact ? input : null;
            }
            catch (ExportFormatException refused)
            {
                Assert.InRange(refused.Offset, 0, input.Length);
                return null;
            }
        }), 5_000);
    }

    [Fact]
    public async Task A_journal_that_does_not_verify_is_not_exported()
    {
        await harness.DropTriggersAsync();
        await harness.ExecuteAsync("UPDATE {events} SET type = 'x' WHERE position = 4");

        Assert.Equal(4, (await Assert.ThrowsAsync<JournalCorruptException>(() => ExportAsync())).Fault.Position);
        await Assert.ThrowsAsync<JournalCorruptException>(() => ExportAsync(null, new HeadNote(heads[3] with { Hash = default })));
        await Assert.ThrowsAsync<JournalCorruptException>(() => ExportAsync(heads[5], new HeadNote(heads[^1] with { Position = 20 })));
    }

    [Fact]
    public async Task Another_program_verifies_the_file_and_finds_what_was_changed()
    {
        using var signer = new TestSigner("auditor", 1);
        var file = await ExportAsync(null, new HeadNote(heads[^1]).CoSign(signer, Harness.Noon));

        Assert.Equal($"intact: 12 events, head {heads[^1].Hash}, signed by auditor", await OtherVerifier.RunAsync(file, signer.Key.ToString()));
        byte[] changed = [.. file];
        changed[^(file.Length / 2)] ^= 1;
        Assert.StartsWith("not intact: ", await OtherVerifier.RunAsync(changed, signer.Key.ToString()), StringComparison.Ordinal);
        Assert.StartsWith("intact: 3 events", await OtherVerifier.RunAsync(
            VectorFile.Root.Bytes("export"), VectorFile.Root.GetProperty("cosignature").Text("verifierKey")), StringComparison.Ordinal);
    }
}
