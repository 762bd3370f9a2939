using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Quorate.Journal.Events;
using Quorate.Journal.Snapshots;
using Quorate.Journal.Tests.Stores;

namespace Quorate.Journal.Tests.Events;

public abstract record Happened
{
    public sealed record Opened(string Name, string Currency) : Happened;

    public sealed record Paid(long Cents) : Happened;
}

[JsonSerializable(typeof(Happened.Opened))]
[JsonSerializable(typeof(Happened.Paid))]
public sealed partial class HappenedJson : JsonSerializerContext;

public class EventCatalogTests
{
    // Version 1 had no currency, version 2 called the name a title.
    static EventCatalogBuilder<Happened> Builder() => new EventCatalogBuilder<Happened>()
        .AddJson("account.opened", 3, HappenedJson.Default.Opened)
        .UpcastJson("account.opened", 1, json =>
        {
            json["Currency"] = "EUR";
            return json;
        })
        .UpcastJson("account.opened", 2, json => new JsonObject { ["Name"] = (string?)json["Title"], ["Currency"] = (string?)json["Currency"] })
        .Add<Happened.Paid>("account.paid", 1, p => Encoding.ASCII.GetBytes($"{p.Cents}"), b => new(long.Parse(Encoding.ASCII.GetString(b.Span), System.Globalization.CultureInfo.InvariantCulture)));

    static RecordedEvent Recorded(string type, int version, string payload) => new()
    {
        Position = 9, Stream = "s", Version = 4, Id = default, Type = type, SchemaVersion = version, RecordedMicroseconds = 0,
        Payload = Encoding.UTF8.GetBytes(payload), Hash = default,
    };

    [Fact]
    public void Events_of_every_schema_version_become_those_of_today()
    {
        var catalog = Builder().Build();
        var opened = new Happened.Opened("cold", "EUR");

        Assert.Equal(opened, catalog.Decode(Recorded("account.opened", 1, """{"Title":"cold"}""")));
        Assert.Equal(opened, catalog.Decode(Recorded("account.opened", 2, """{"Title":"cold","Currency":"EUR"}""")));
        Assert.Equal(opened, catalog.Decode(Recorded("account.opened", 3, """{"Name":"cold","Currency":"EUR"}""")));
        var encoded = catalog.Encode(opened);
        Assert.Equal(("account.opened", 3), (encoded.Type, encoded.SchemaVersion));
        Assert.Equal(new Happened.Paid(5), catalog.Decode(Recorded("account.paid", 1, "5")));
    }

    [Theory]
    [InlineData("account.closed", 1, "{}", "no such type")]
    [InlineData("account.opened", 4, "{}", "newer build")]
    [InlineData("account.opened", 3, "nonsense", "s@4")]
    [InlineData("account.opened", 3, "null", "null")]
    [InlineData("account.opened", 1, "[]", "no JSON object")]
    [InlineData("account.paid", 1, "five", "s@4")]
    public void What_cannot_be_read_says_which_event_and_why(string type, int version, string payload, string why)
    {
        var problem = Assert.Throws<UnknownEventException>(() => Builder().Build().Decode(Recorded(type, version, payload)));
        Assert.Contains(why, problem.Message, StringComparison.Ordinal);
        Assert.Equal(9, problem.Event.Position);
    }

    [Fact]
    public void A_catalog_with_a_hole_or_a_double_is_refused()
    {
        var identity = (ReadOnlyMemory<byte> b) => b.ToArray();
        Assert.Throws<InvalidOperationException>(() => new EventCatalogBuilder<Happened>().AddJson("a", 2, HappenedJson.Default.Paid).Build());
        Assert.Throws<InvalidOperationException>(() => new EventCatalogBuilder<Happened>().Upcast("a", 1, identity).Build());
        Assert.Throws<InvalidOperationException>(() => new EventCatalogBuilder<Happened>().AddJson("a", 1, HappenedJson.Default.Paid).Upcast("a", 1, identity).Build());
        Assert.Throws<ArgumentException>(() => Builder().AddJson("account.paid", 1, HappenedJson.Default.Opened));
        Assert.Throws<ArgumentException>(() => Builder().AddJson("other", 1, HappenedJson.Default.Paid));
        Assert.Throws<ArgumentException>(() => Builder().Upcast("account.opened", 1, identity));
        Assert.Throws<ArgumentException>(() => new EventCatalogBuilder<Happened>().AddJson("$a", 1, HappenedJson.Default.Paid));
        Assert.Throws<ArgumentException>(() => new EventCatalogBuilder<Happened>().Build().Encode(new Happened.Paid(1)));
    }

    [Fact]
    public async Task A_fold_reads_a_stream_from_its_snapshot_and_conflicts_like_an_append()
    {
        await using var harness = new SqliteHarness();
        await using var store = await harness.OpenAsync();
        var evolved = 0;
        var format = new SnapshotFormat<long>("balance", 1, 10, s => BitConverter.GetBytes(s), b => BitConverter.ToInt64(b.Span));
        StreamFold<long, Happened> Fold(SnapshotFormat<long>? snapshots) => new(store, Builder().Build(), 0, (s, e) =>
        {
            evolved++;
            return s + (e is Happened.Paid paid ? paid.Cents : 0);
        }, snapshots);
        var fold = Fold(format);

        var state = await fold.ReadAsync("account");
        Assert.Equal((0L, 0L), (state.State, state.Version));
        for (var i = 1; i <= 25; i++)
            state = await fold.AppendAsync("account", state, [new Happened.Paid(i)]);
        Assert.Equal((325L, 25L), (state.State, state.Version));

        evolved = 0;
        Assert.Equal(state, await fold.ReadAsync("account"));
        Assert.Equal(5, evolved);
        Assert.Equal(325, (await Fold(null).ReadAsync("account")).State);
        // A newer schema ignores the old snapshot.
        evolved = 0;
        Assert.Equal(state, await Fold(format with { SchemaVersion = 2 }).ReadAsync("account"));
        Assert.Equal(25, evolved);
        await Assert.ThrowsAsync<VersionConflictException>(() => fold.AppendAsync("account", new(0, 3), [new Happened.Paid(1)]));
    }

    [Fact]
    public async Task A_snapshot_that_is_missed_does_not_make_the_append_a_failure()
    {
        await using var harness = new SqliteHarness();
        await using var store = await harness.OpenAsync();
        using var gone = new CancellationTokenSource();
        // The caller goes away between the append and the snapshot.
        var format = new SnapshotFormat<long>("balance", 1, 1, s =>
        {
            gone.Cancel();
            return BitConverter.GetBytes(s);
        }, b => BitConverter.ToInt64(b.Span));
        var fold = new StreamFold<long, Happened>(store, Builder().Build(), 0, (s, e) => s + (e is Happened.Paid paid ? paid.Cents : 0), format);

        var state = await fold.AppendAsync("account", new(0, 0), [new Happened.Paid(7)], gone.Token);

        Assert.Equal((7L, 1L), (state.State, state.Version));
        Assert.Null(await store.ReadSnapshotAsync("account"));
        Assert.Equal(state, await fold.ReadAsync("account"));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SnapshotFormat<long>("balance", 1, 0, format.Encode, format.Decode));
    }
}
