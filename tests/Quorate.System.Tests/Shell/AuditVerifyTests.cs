using System.Text.Json;
using Quorate.Cryptography.Signatures;
using Quorate.Journal;
using Quorate.Journal.Export;
using Quorate.Journal.Heads;

namespace Quorate.System.Tests.Shell;

public sealed class AuditVerifyTests : IAsyncLifetime, IDisposable
{
    readonly Shell shell = new();
    readonly Signer auditor = new("auditor.example/w1", 7);
    Head middle = null!;

    public async Task InitializeAsync()
    {
        await using var store = await EventStore.OpenSqliteAsync(shell.PathOf("journal.db"));
        for (var i = 0; i < 20; i++)
            middle = (await store.AppendAsync($"wallet/{i % 3}", EventStore.AnyVersion, [new("wallet.touched", 1, new byte[] { (byte)i })])).Head;
        await File.WriteAllTextAsync(shell.PathOf("kept.head"), new HeadNote(middle).ToString());
        await store.AppendAsync("wallet/9", 0, [new("wallet.opened", 1, default)]);

        var note = new HeadNote(await store.HeadAsync()).CoSign(auditor, TimeProvider.System);
        await using var file = File.Create(shell.PathOf("journal.export"));
        await JournalExport.WriteAsync(store, file, notes: [note]);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        auditor.Dispose();
        shell.Dispose();
    }

    [Fact]
    public void An_exported_journal_with_kept_heads_and_signatures_is_intact()
    {
        var result = shell.Run(null, "audit", "verify", "journal.export", "--head", "kept.head", "--signer", auditor.Key.ToString());

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("21 in 4 streams, positions 1 to 21", result.Output, StringComparison.Ordinal);
        Assert.Contains("signed    by auditor.example/w1 at ", result.Output, StringComparison.Ordinal);
        Assert.EndsWith("\nintact\n", result.Output, StringComparison.Ordinal);

        var json = JsonDocument.Parse(shell.Run(null, "audit", "verify", "journal.export", "--json").Output).RootElement;
        Assert.True(json.GetProperty("valid").GetBoolean());
        Assert.Equal(21, json.GetProperty("lastPosition").GetInt64());
    }

    [Fact]
    public void A_changed_event_is_named()
    {
        var bytes = File.ReadAllBytes(shell.PathOf("journal.export"));
        // The fifth event's payload is the byte 4, behind its length and before its hash.
        var at = bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0, 0, 0, 1, 4]);
        bytes[at + 4] = 5;
        File.WriteAllBytes(shell.PathOf("changed.export"), bytes);

        var result = shell.Run(null, "audit", "verify", "changed.export");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("Altered at 5", result.Error, StringComparison.Ordinal);
        Assert.EndsWith("NOT INTACT\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_history_or_a_missing_signature_is_an_error_of_its_own()
    {
        File.WriteAllText(shell.PathOf("other.head"), new HeadNote(middle with { Hash = default }).ToString());
        var diverged = shell.Run(null, "audit", "verify", "journal.export", "--head", "other.head");
        Assert.Equal(1, diverged.ExitCode);
        Assert.Contains("Diverged at 20", diverged.Error, StringComparison.Ordinal);

        using var stranger = new Signer("stranger", 8);
        var unsigned = shell.Run(null, "audit", "verify", "journal.export", "--signer", auditor.Key.ToString(), stranger.Key.ToString());
        Assert.Equal(1, unsigned.ExitCode);
        Assert.Contains("signed by 1 of the signers given, 2 are needed", unsigned.Error, StringComparison.Ordinal);
        Assert.Equal(0, shell.Run(null, "audit", "verify", "journal.export", "--quorum", "1",
            "--signer", auditor.Key.ToString(), stranger.Key.ToString()).ExitCode);
    }

    [Fact]
    public void A_cut_off_file_and_what_is_no_journal_are_refused_with_the_place()
    {
        var bytes = File.ReadAllBytes(shell.PathOf("journal.export"));
        File.WriteAllBytes(shell.PathOf("cut.export"), bytes[..(bytes.Length / 2)]);
        var cut = shell.Run(null, "audit", "verify", "cut.export");
        Assert.Equal(2, cut.ExitCode);
        Assert.Matches("At byte [0-9]+, behind the event of position [0-9]+: the file is cut off", cut.Error);

        Assert.Equal(2, shell.Run(null, "audit", "verify", "kept.head").ExitCode);
        Assert.Equal(2, shell.Run(null, "audit", "verify", "missing.export").ExitCode);
        Assert.Equal(2, shell.Run(null, "audit", "verify", "journal.export", "--signer", "nonsense").ExitCode);
        Assert.Equal(2, shell.Run(null, "audit", "verify", "journal.export", "--head", "journal.export").ExitCode);
    }

    sealed class Signer : IHeadSigner, IDisposable
    {
        readonly Ed25519Key key;

        internal Signer(string name, byte seed)
        {
            key = new(Enumerable.Repeat(seed, Ed25519Key.SeedSize).ToArray());
            Key = new(name, key.EncodedPublicKey);
        }

        public HeadKey Key { get; }

        public byte[] Sign(ReadOnlySpan<byte> message) => key.Sign(message);

        public void Dispose() => key.Dispose();
    }
}
