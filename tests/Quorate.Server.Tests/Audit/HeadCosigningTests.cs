using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json.Nodes;
using Quorate.Cryptography.Signatures;
using Quorate.Journal;
using Quorate.Journal.Export;
using Quorate.Journal.Heads;
using Quorate.Policies;
using Quorate.Server.Audit;
using Quorate.Server.Tests.Nodes;
using Quorate.Testing;

namespace Quorate.Server.Tests.Audit;

/// <summary>Nodes follow the server's journal head by head, and one that was shown another history says so.</summary>
public sealed class HeadCosigningTests : IAsyncLifetime
{
    readonly string folder = Directory.CreateTempSubdirectory("quorate-cosign").FullName;
    readonly Witness[] witnesses = [.. Enumerable.Range(1, 3).Select(i => new Witness($"node-{i}"))];
    GenesisDocument deployment = null!;
    EventStore store = null!;
    HeadCosigning cosigning = null!;

    public async Task InitializeAsync()
    {
        deployment = Genesis();
        foreach (var witness in witnesses)
            witness.Key = HeadCosigning.KeyOf(deployment, deployment.Nodes.First(n => n.Name == witness.Name));
        store = await EventStore.OpenSqliteAsync(Path.Combine(folder, "journal.db"));
        cosigning = new(store, deployment, new Line(witnesses), TimeSpan.FromSeconds(1));
    }

    public async Task DisposeAsync()
    {
        await store.DisposeAsync();
        foreach (var witness in witnesses)
            witness.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>A node as docs/spec/journal.md wants a signer: it follows the chain and remembers.</summary>
    sealed class Witness(string name) : IHeadSigner, IDisposable
    {
        readonly Ed25519Key key = Ed25519Key.Generate(new SeededRandom(3, name));

        internal string Name => name;

        internal Head? Last { get; set; }

        internal bool IsAway { get; set; }

        internal bool IsLiar { get; set; }

        internal int Questions { get; private set; }

        internal NodeId Id => NodeId.FromPublicKey(key.EncodedPublicKey);

        public HeadKey Key { get; set; } = null!;

        public byte[] Sign(ReadOnlySpan<byte> message) => key.Sign(IsLiar ? [.. message, 0] : message);

        internal CosignReply? Answer(Head head, IReadOnlyList<ChainHash> digests)
        {
            Questions++;
            if (IsAway)
                return null;
            var last = Last ?? Head.Genesis(head.Journal);
            if (digests.Count > HeadCosigning.MaxDigests || HeadExtension.Follow(last, digests) != head)
                return new(last, null, "does not extend");
            Last = head;
            return new(head, new HeadNote(head).CoSign(this, TimeProvider.System), null);
        }

        public void Dispose() => key.Dispose();
    }

    sealed class Line(Witness[] witnesses) : QuietLine
    {
        public override Task<CosignReply?> CosignAsync(NodeId node, Head head, IReadOnlyList<ChainHash> digests, TimeSpan timeout, CancellationToken cancellation) =>
            Task.FromResult(witnesses.First(w => node.Equals(w.Id)).Answer(head, digests));
    }

    GenesisDocument Genesis() => GenesisDocument.Parse(Encoding.UTF8.GetBytes(new JsonObject
    {
        ["quorateGenesis"] = 1, ["organisation"] = "acme", ["mode"] = "development",
        ["nodes"] = new JsonArray([.. witnesses.Select(w => new JsonObject { ["name"] = w.Name, ["key"] = w.Id.ToString() })]),
        ["administrators"] = new JsonObject { ["threshold"] = 1, ["members"] = new JsonArray("alice") },
        ["membership"] = new JsonObject
        {
            ["quorateMembership"] = 1,
            ["relyingParty"] = new JsonObject { ["id"] = "wallet.example.org", ["origins"] = new JsonArray("https://wallet.example.org") },
            ["members"] = new JsonArray(new JsonObject
            {
                ["id"] = "alice",
                ["devices"] = new JsonArray(new JsonObject { ["id"] = "laptop", ["ed25519"] = witnesses[0].Id.ToString() }),
            }),
        },
        ["policy"] = new JsonObject { ["quoratePolicy"] = 1, ["name"] = "none", ["rules"] = new JsonArray() },
    }.ToJsonString()));

    async Task AppendAsync(int events)
    {
        for (; events > 0; events -= 500)
            await store.AppendAsync("orders", EventStore.AnyVersion, [.. Enumerable.Range(0, Math.Min(500, events)).Select(_ => new NewEvent("happened", 1, "{}"u8.ToArray()))]);
    }

    [Fact]
    public async Task Every_node_signs_and_the_note_goes_out_with_the_export()
    {
        Assert.Null(await cosigning.RunAsync(default));
        await AppendAsync(3);
        var round = (await cosigning.RunAsync(default))!;
        Assert.Empty(round.Missing);
        Assert.Equal(3, round.Note.SignedBy(witnesses.Select(w => w.Key), Ed25519Signature.Verify)!.Count);
        // That it was signed is an event, too, and no reason to sign again.
        Assert.Null(await cosigning.RunAsync(default));

        using var file = new MemoryStream();
        await JournalExport.WriteAsync(store, file, notes: [(await cosigning.LastAsync(default))!]);
        file.Position = 0;
        var report = await ExportVerifier.VerifyAsync(file, []);
        Assert.True(report.Chain.IsIntact);
        Assert.Equal(3, Assert.Single(report.Notes).Signatures.Count);
    }

    [Fact]
    public async Task A_node_that_was_away_catches_up_in_steps()
    {
        witnesses[2].IsAway = true;
        await AppendAsync(5);
        var round = (await cosigning.RunAsync(default))!;
        Assert.Equal("It does not answer.", Assert.Single(round.Missing).Value);
        Assert.Equal(2, round.Note.Signatures.Count);
        await AppendAsync(2 * HeadCosigning.MaxDigests + 100);
        witnesses[2].IsAway = false;
        var before = witnesses[2].Questions;
        Assert.Empty((await cosigning.RunAsync(default))!.Missing);
        // Asked where it stands, and then three parts.
        Assert.Equal(before + 4, witnesses[2].Questions);
    }

    [Fact]
    public async Task A_node_that_has_signed_another_history_is_reported_and_never_gives_in()
    {
        await AppendAsync(4);
        await cosigning.RunAsync(default);
        // The database put back to before, and gone on otherwise.
        await store.DisposeAsync();
        File.Delete(Path.Combine(folder, "journal.db"));
        store = await EventStore.OpenSqliteAsync(Path.Combine(folder, "journal.db"));
        var signed = witnesses[0].Last! with { Journal = store.Journal };
        foreach (var witness in witnesses)
            witness.Last = signed;
        await AppendAsync(9);
        var again = new HeadCosigning(store, deployment, new Line(witnesses), TimeSpan.FromSeconds(1));
        var round = (await again.RunAsync(default))!;
        Assert.Equal(3, round.Missing.Count);
        Assert.All(round.Missing.Values, why => Assert.Contains("does not have", why, StringComparison.Ordinal));
        Assert.Null(await again.LastAsync(default));
    }

    [Fact]
    public async Task What_nodes_answer_is_counted_by_node_so_that_a_refusal_alerts()
    {
        var told = new List<string>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, l) => { if (instrument.Name == "quorate.audit.cosignatures") l.EnableMeasurementEvents(instrument); } };
        // Other tests may co-sign meanwhile.
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            lock (told)
                told.Add(string.Join(' ', tags.ToArray().Select(t => t.Value).Append(value)));
        });
        listener.Start();
        (witnesses[0].IsAway, witnesses[1].IsLiar) = (true, true);
        await AppendAsync(1);
        await cosigning.RunAsync(default);
        lock (told)
            Assert.Subset(told.ToHashSet(), new HashSet<string> { "node-1 silent 1", "node-2 refused 1", "node-3 signed 1" });
    }

    [Fact]
    public async Task A_signature_that_does_not_verify_is_none()
    {
        witnesses[1].IsLiar = true;
        await AppendAsync(1);
        var round = (await cosigning.RunAsync(default))!;
        Assert.Equal("node-2", Assert.Single(round.Missing).Key);
        Assert.Equal(2, round.Note.Signatures.Count);
    }
}
