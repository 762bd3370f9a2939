using System.Text.Json;

namespace Quorate.Journal.Tests;

/// <summary>
/// The vectors of docs/spec/journal.md. They were computed by a Python program by the same author, and not by the code they check.
/// </summary>
static class VectorFile
{
    internal static readonly JsonElement Root = Load();

    internal static Guid Journal => Guid.ParseExact(Root.GetProperty("journal").GetString()!, "N");

    internal static byte[] Bytes(this JsonElement element, string name) => Convert.FromHexString(element.GetProperty(name).GetString()!);

    internal static ChainHash Hash(this JsonElement element, string name) => ChainHash.FromBytes(element.Bytes(name));

    internal static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    internal static RecordedEvent[] Events() =>
    [
        .. Root.GetProperty("events").EnumerateArray().Select((e, i) => new RecordedEvent
        {
            Position = i + 1, Stream = e.Text("stream"), Version = e.GetProperty("version").GetInt64(), Id = Guid.ParseExact(e.Text("id"), "N"),
            Type = e.Text("type"), SchemaVersion = e.GetProperty("schemaVersion").GetInt32(),
            RecordedMicroseconds = e.GetProperty("recorded").GetInt64(), Payload = e.Bytes("payload"), Hash = e.Hash("hash"),
        }),
    ];

    static JsonElement Load()
    {
        using var stream = typeof(VectorFile).Assembly.GetManifestResourceStream("journal.json")!;
        return JsonDocument.Parse(stream).RootElement.Clone();
    }
}
