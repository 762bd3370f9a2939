using System.Text.Json;

namespace Quorate.Client.Webhooks;

/// <summary>An event as an endpoint gets it; docs/events.md has the types. Members that a newer server adds are ignored.</summary>
/// <param name="Id">Its id, <c>evt_…</c>: the same however often it is delivered.</param>
/// <param name="Type">What happened: <c>transfer.finalized</c>.</param>
/// <param name="Timestamp">When it was recorded.</param>
/// <param name="Resource">The id of what it happened to.</param>
/// <param name="ResourceKind">What that is: transfer, vault.</param>
/// <param name="Vault">The vault it is in; empty where it is in none.</param>
/// <param name="Wallet">The wallet it belongs to; empty where it belongs to none.</param>
/// <param name="Sequence">The resource's version after it: ascends, with gaps.</param>
/// <param name="Status">Where the resource stands after it; empty for what has no status.</param>
/// <param name="SubStatus">What is special about that; empty where nothing is.</param>
/// <param name="Data">What it says.</param>
/// <param name="ResumeToken">From where a stream of events goes on behind it.</param>
public sealed record WebhookEvent(
    string Id, string Type, DateTimeOffset Timestamp, string Resource, string ResourceKind, string Vault, string Wallet, long Sequence, string Status, string SubStatus,
    JsonElement Data, string ResumeToken)
{
    /// <summary>Reads a body; null where it is no event.</summary>
    internal static WebhookEvent? Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8);
            using var json = JsonDocument.ParseValue(ref reader);
            if (reader.Read())
                return null;
            var e = json.RootElement;
            string Text(string name) => e.GetProperty(name).GetString() ?? throw new FormatException();
            // Whole numbers of 64 bits are texts in protobuf's JSON.
            return new(
                Text("id"), Text("type"), e.GetProperty("timestamp").GetDateTimeOffset(), Text("resource"), Text("resourceKind"), Text("vault"), Text("wallet"),
                long.Parse(Text("sequence"), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture), Text("status"), Text("subStatus"),
                e.GetProperty("data").Clone(), Text("resumeToken"));
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or OverflowException)
        {
            return null;
        }
    }
}
