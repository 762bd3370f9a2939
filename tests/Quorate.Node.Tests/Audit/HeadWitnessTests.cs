using Quorate.Cryptography.Signatures;
using Quorate.Journal;
using Quorate.Journal.Heads;
using Quorate.Node.Audit;
using Quorate.Node.Governance;

namespace Quorate.Node.Tests.Audit;

/// <summary>A node co-signs one history of a journal, whoever shows it two.</summary>
public sealed class HeadWitnessTests : IAsyncLifetime
{
    readonly Deployment acme = new();
    readonly Clock clock = new(Deployment.Start);
    readonly string folder = Directory.CreateTempSubdirectory("quorate-witness").FullName;
    EventStore server = null!;
    NodeJournal journal = null!;
    HeadWitness witness = null!;

    public async Task InitializeAsync()
    {
        server = await EventStore.OpenSqliteAsync(Path.Combine(folder, "server.db"), new() { Time = clock });
        await OpenAsync();
        Assert.Null(await new NodeGovernance(journal, acme.Id("node-1"), clock).InstallAsync(acme.Genesis, default));
    }

    public async Task DisposeAsync()
    {
        await server.DisposeAsync();
        await journal.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    async Task OpenAsync()
    {
        journal = await NodeJournal.OpenAsync(await EventStore.OpenSqliteAsync(Path.Combine(folder, "node.db"), new() { Time = clock }), default);
        witness = new(journal, acme.Key("node-1"), clock);
    }

    async Task<(Head Head, ChainHash[] Digests)> AppendAsync(int events)
    {
        var before = await server.HeadAsync();
        await server.AppendAsync("orders", EventStore.AnyVersion, [.. Enumerable.Range(0, events).Select(_ => new NewEvent("happened", 1, "{}"u8.ToArray()))]);
        var page = await server.ReadAsync(before, JournalLimits.MaxPageEvents);
        return (page.Head, [.. HeadExtension.Digests(page.Events)]);
    }

    [Fact]
    public async Task What_extends_the_last_head_is_signed_and_verifies_with_the_nodes_public_key_alone()
    {
        var (first, digests) = await AppendAsync(3);
        var note = (await witness.SignAsync(first, digests, default)).Note!;
        var key = new HeadKey("acme/node-1", acme.Id("node-1").AsSpan());
        Assert.Equal(Deployment.Start, Assert.Single(HeadNote.Parse(note.ToString()).SignedBy([key], Ed25519Signature.Verify)!).Value);

        // From there on only what is new has to be shown; and the same again with nothing.
        var (second, more) = await AppendAsync(2);
        Assert.Equal(second, (await witness.SignAsync(second, more, default)).Last);
        clock.Now += TimeSpan.FromMinutes(5);
        Assert.NotNull((await witness.SignAsync(second, [], default)).Note);
        Assert.Equal(second, journal.State.CosignedHeads[server.Journal]);
    }

    [Fact]
    public async Task Another_history_is_never_signed_also_after_a_restart()
    {
        var (first, digests) = await AppendAsync(3);
        Assert.NotNull((await witness.SignAsync(first, digests, default)).Note);
        await journal.DisposeAsync();
        await OpenAsync();

        var (second, more) = await AppendAsync(1);
        var forged = ChainHash.FromBytes(new byte[32]);
        var otherEnd = HeadExtension.Follow(Head.Genesis(server.Journal), [digests[0], digests[1], forged, more[0]]);
        foreach (var (head, proof) in new (Head, ChainHash[])[]
        {
            (otherEnd, [more[0]]),                                      // a history that was written anew, as long
            (otherEnd, [digests[0], digests[1], forged, more[0]]),      // and proven from its beginning
            (second with { Hash = forged }, [more[0]]),
            (second, []), (second, [more[0], more[0]]), (second with { Position = 5 }, [more[0]]),
            (HeadExtension.Follow(Head.Genesis(server.Journal), [digests[0]]), []),   // its past
            (first with { Hash = forged }, []),
        })
        {
            var answer = await witness.SignAsync(head, proof, default);
            Assert.Null(answer.Note);
            Assert.NotNull(answer.Problem);
            // Whoever asks in vain is told where to go on.
            Assert.Equal(first, answer.Last);
        }
        Assert.NotNull((await witness.SignAsync(second, more, default)).Note);
    }

    [Fact]
    public async Task Who_has_never_signed_has_to_be_shown_all_of_it()
    {
        var (_, digests) = await AppendAsync(4);
        var head = await server.HeadAsync();
        Assert.NotNull((await witness.SignAsync(head, digests[1..], default)).Problem);
        Assert.NotNull((await witness.SignAsync(Head.Genesis(server.Journal), [], default)).Problem);
        Assert.NotNull((await witness.SignAsync(head, digests, default)).Note);
    }

    [Fact]
    public async Task There_is_an_end_to_journals_and_to_what_is_read_at_once()
    {
        for (var i = 0; i < HeadWitness.MaxJournals; i++)
            Assert.NotNull((await SignOwnAsync(new Guid(i, 0, 0, new byte[8]))).Note);
        Assert.Contains("no other's", (await SignOwnAsync(new Guid(99, 0, 0, new byte[8]))).Problem, StringComparison.Ordinal);
        var known = await SignOwnAsync(new Guid(0, 0, 0, new byte[8]));
        Assert.NotNull((await witness.SignAsync(known.Last, [], default)).Note);
        Assert.Contains("at a time", (await witness.SignAsync(known.Last, new ChainHash[HeadWitness.MaxDigests + 1], default)).Problem, StringComparison.Ordinal);
    }

    Task<WitnessAnswer> SignOwnAsync(Guid id)
    {
        ChainHash[] digests = [ChainHash.FromBytes(new byte[32])];
        return witness.SignAsync(HeadExtension.Follow(Head.Genesis(id), digests), digests, default);
    }
}
