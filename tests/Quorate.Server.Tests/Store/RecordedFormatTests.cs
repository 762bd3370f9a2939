using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Quorate.Journal;
using Quorate.Testing;

namespace Quorate.Server.Tests.Store;

/// <summary>Events as they were recorded once are read for ever: Vectors/server-events.json has one of each kind and version.</summary>
public sealed class RecordedFormatTests
{
    static readonly JsonSerializerOptions readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    static RecordedEvent Recorded(string type, int version, string payload) => new()
    {
        Position = 1, Stream = "s", Version = 1, Id = default, Type = type, SchemaVersion = version, RecordedMicroseconds = 0,
        Payload = Encoding.UTF8.GetBytes(payload), Hash = default,
    };

    [Fact]
    public void Every_kind_of_event_is_written_and_read_as_it_was_recorded()
    {
        var page = Repository.PathOf("tests/Quorate.Server.Tests/Vectors/server-events.json");
        var samples = EventSamples.All().ToArray();
        if (Environment.GetEnvironmentVariable("QUORATE_WRITE_DOCS") is not null)
            File.WriteAllText(page, new JsonObject(samples.Select(s => KeyValuePair.Create(
                $"{s.Encoded.Type}/{s.Encoded.SchemaVersion}", JsonNode.Parse(s.Encoded.Payload.Span)))).ToJsonString(readable) + "\n");

        var recorded = JsonNode.Parse(File.ReadAllText(page))!.AsObject();
        foreach (var (_, happened, encoded, decode) in samples)
        {
            var payload = recorded[$"{encoded.Type}/{encoded.SchemaVersion}"]?.ToJsonString();
            Assert.NotNull(payload);
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(payload), JsonNode.Parse(encoded.Payload.Span)), $"{encoded.Type} is written otherwise than it was.");
            var read = decode(Recorded(encoded.Type, encoded.SchemaVersion, payload));
            Assert.Equal(happened.GetType(), read.GetType());
        }
    }

    [Fact]
    public void No_kind_of_event_is_without_a_sample()
    {
        var samples = EventSamples.All().ToLookup(s => s.Base, s => s.Event.GetType());
        foreach (var kind in samples)
            Assert.Equal(kind.Key.GetNestedTypes(System.Reflection.BindingFlags.NonPublic).Where(kind.Key.IsAssignableFrom).OrderBy(t => t.Name), kind.Distinct().OrderBy(t => t.Name));
        // Those of lanes have their recordings beside the lanes' tests.
        var closed = typeof(Server.Store.ServerStore).Assembly.GetTypes().Where(t => t.IsAbstract && t.GetProperty("Catalog", System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic) is not null
            && t.Namespace != "Quorate.Server.Lanes");
        Assert.Equal(closed.OrderBy(t => t.FullName), samples.Select(s => s.Key).OrderBy(t => t.FullName));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"at":"2026-11-21T12:00:00+00:00","name":null}""")]
    [InlineData("""{"at":"2026-11-21T12:00:00+00:00","name":"a","more":1}""")]
    [InlineData("null")]
    [InlineData("not json")]
    public void A_payload_that_lacks_something_or_has_more_is_unreadable_and_no_default(string payload) =>
        Assert.Throws<Journal.Events.UnknownEventException>(() => Server.Vaults.VaultEvent.Catalog.Decode(Recorded("vault-renamed", 1, payload)));
}
