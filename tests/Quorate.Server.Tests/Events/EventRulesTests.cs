using System.Reflection;
using System.Text;
using Quorate.Journal;
using Quorate.Journal.Events;
using Quorate.Server.Events;
using Quorate.Server.Tests.Store;
using Quorate.Testing;

namespace Quorate.Server.Tests.Events;

public sealed class EventRulesTests
{
    /// <summary>What all catalogs of the server can write into the journal.</summary>
    static IReadOnlyList<string> Recorded() =>
    [
        .. from type in typeof(EventLog).Assembly.GetTypes()
        where !type.ContainsGenericParameters
        from property in type.GetProperties(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly)
        where property.PropertyType is { IsGenericType: true } catalog && catalog.GetGenericTypeDefinition() == typeof(EventCatalog<>)
        from name in (IEnumerable<string>)property.PropertyType.GetProperty("Names")!.GetValue(property.GetValue(null))!
        select name,
    ];

    [Fact]
    public void Every_event_of_the_journal_is_public_or_internal_and_none_is_both()
    {
        var decided = EventRules.All.Select(r => r.Journal).Concat(EventRules.Internal.SelectMany(i => i.Journal)).ToArray();
        Assert.Equal(decided.Length, decided.Distinct().Count());
        Assert.Equal(Recorded().Distinct().Order(StringComparer.Ordinal), decided.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_type_is_a_kind_a_dot_and_a_word()
    {
        Assert.All(EventRules.Types.Keys, name => Assert.Matches("^[a-z]+(_[a-z]+)*\\.[a-z]+(_[a-z]+)*$", name));
        Assert.All(EventRules.Types.Values, type => Assert.EndsWith(".", type.Summary));
    }

    [Theory]
    [InlineData("*", "vault.opened", true)]
    [InlineData("vault.*", "vault.opened", true)]
    [InlineData("vault.opened", "vault.opened", true)]
    [InlineData("vault.*", "vaults.opened", false)]
    [InlineData("vault", "vault.opened", false)]
    [InlineData("vault.open*", "vault.opened", false)]
    [InlineData("", "vault.opened", false)]
    public void A_pattern_is_a_type_a_kind_or_everything(string pattern, string type, bool matches) => Assert.Equal(matches, EventRules.IsMatch(pattern, type));

    [Fact]
    public void A_pattern_that_names_nothing_is_refused()
    {
        Assert.Equal(EventRules.Types.Keys, EventRules.Match(["*", "vault.opened"]).Types);
        Assert.Equal("invalid_type", EventRules.Match(["*", "vault.exploded"]).Refusal!.Code);
        Assert.Equal("invalid_type", EventRules.Match(["nothing.*"]).Refusal!.Code);
    }

    [Fact]
    public void What_is_said_of_an_event_are_members_that_are_named_and_nothing_that_is_signed_or_secret()
    {
        foreach (var (_, _, encoded, _) in EventSamples.All())
        {
            var rule = EventRules.All.SingleOrDefault(r => r.Journal == encoded.Type);
            if (rule is null)
                continue;
            var (type, data) = rule.Read(Sample(encoded, rule.Prefix + "x"));
            var known = Assert.Single(rule.Types, t => t.Name == type);
            Assert.All(data, member => Assert.Contains(member.Key, known.Data));
            // Documents, signatures, approvals, traces, bytes and endpoints' addresses are in the samples, and may not be here.
            foreach (var hidden in (string[])["\"a\":[1,", "AAECAwQF", "https://", "\"trace\"", "quorateIntent"])
                Assert.DoesNotContain(hidden, data.ToJsonString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_page_of_events_is_what_follows_from_the_code()
    {
        var text = new StringBuilder(
            """
            # Events

            Generated from the code by `EventRulesTests` (`QUORATE_WRITE_DOCS=1 ./test Quorate.Server.Tests` writes it). How they are read, followed and delivered: [webhooks.md](webhooks.md).

            An event has `id` (`evt_…`, the same for ever), `type`, `timestamp`, `resource`, `resourceKind`, `vault`, `wallet`, `sequence` (the resource's version after it: it ascends, with gaps), `status` and `subStatus` (of transfers, transactions and signatures, after it: [states.md](states.md)), `data` and `resumeToken`.

            `transfer.*` is told of transfers, transactions and signatures alike; `resourceKind` says which.

            | type | | data |
            | --- | --- | --- |

            """);
        foreach (var type in EventRules.Types.Values)
            text.Append($"| `{type.Name}` | {type.Summary} | {string.Join(", ", type.Data.Select(d => $"`{d}`"))} |\n");
        text.Append("\n## What is not told\n\n| events of the journal | why |\n| --- | --- |\n");
        foreach (var (why, journal) in EventRules.Internal)
            text.Append($"| {string.Join(", ", journal.Select(j => $"`{j}`"))} | {why} |\n");
        var page = Repository.PathOf("docs/events.md");
        if (Environment.GetEnvironmentVariable("QUORATE_WRITE_DOCS") is not null)
            File.WriteAllText(page, text.ToString());
        Assert.Equal(text.ToString(), File.ReadAllText(page));
    }

    static RecordedEvent Sample(NewEvent encoded, string stream) => new()
    {
        Position = 1, Stream = stream, Version = 1, Id = default, Type = encoded.Type, SchemaVersion = encoded.SchemaVersion, RecordedMicroseconds = 0,
        Payload = encoded.Payload, Hash = default,
    };
}
