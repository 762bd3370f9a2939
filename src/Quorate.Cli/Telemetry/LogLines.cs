using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Quorate.Cli.Telemetry;

/// <summary>How log lines are written.</summary>
enum LogFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>An object a line.</summary>
    Json,
}

/// <summary>
/// The log of a process, a line each: time, level, event, message, values, trace. It makes the message itself out of template
/// and values, each as <see cref="Redaction"/> lets it, and never uses a text that the caller has put together.
/// </summary>
/// <param name="to">Where lines go; stays the caller's.</param>
/// <param name="format">How they are written.</param>
/// <param name="time">The clock.</param>
sealed class LogLines(TextWriter to, LogFormat format, TimeProvider time) : ILoggerProvider
{
    readonly Lock access = new();

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Logger(this, Redaction.IsOurs(categoryName) ? categoryName : nameof(String));

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    sealed class Logger(LogLines lines, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Information and < LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
                return;
            var values = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
            var template = values.LastOrDefault(v => v.Key == "{OriginalFormat}").Value as string;
            var isOurs = template is not null && Redaction.IsOurs(template);
            var entry = new Entry(
                lines.Now, logLevel, eventId.Id, eventId.Name is { } name && Redaction.IsOurs(name) ? name : null, category,
                isOurs ? template : null,
                [.. values.Where(v => v.Key != "{OriginalFormat}" && (Redaction.IsOurs(v.Key) || (isOurs && template!.Contains($"{{{v.Key}", StringComparison.Ordinal))))],
                exception, Activity.Current);
            lines.Write(entry);
        }
    }

    DateTimeOffset Now => time.GetUtcNow();

    /// <summary>A line before it is written.</summary>
    sealed record Entry(
        DateTimeOffset Time, LogLevel Level, int Id, string? Event, string Category, string? Template, KeyValuePair<string, object?>[] Values, Exception? Exception, Activity? Trace)
    {
        /// <summary>The message with its values in it.</summary>
        internal string Message
        {
            get
            {
                if (Template is null)
                    return "a message that was put together";
                var text = new StringBuilder();
                for (var (at, next) = (0, 0); at < Template.Length; next++)
                {
                    var open = Template.IndexOf('{', at);
                    var close = open < 0 ? -1 : Template.IndexOf('}', open);
                    if (close < 0 || next >= Values.Length)
                        return text.Append(Template, at, Template.Length - at).ToString();
                    text.Append(Template, at, open - at).Append(Redaction.Text(Values[next].Value));
                    at = close + 1;
                }
                return text.ToString();
            }
        }
    }

    void Write(Entry entry)
    {
        var line = format == LogFormat.Json ? Json(entry) : Plain(entry);
        lock (access)
            to.WriteLine(line);
    }

    static string Instant(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    static string LevelOf(LogLevel level) => level.ToString().ToLowerInvariant();

    static string Plain(Entry entry)
    {
        var line = new StringBuilder().Append(Instant(entry.Time)).Append(' ').Append(LevelOf(entry.Level)).Append(' ').Append(entry.Message);
        if (entry.Exception is { } problem)
            line.Append(" (").AppendJoin(", by ", Redaction.Exceptions(problem).Select(e => $"{e.Kind}{(e.Code is null ? "" : $" {e.Code}")}{(e.At.Length == 0 ? "" : $" in {e.At[0]}")}")).Append(')');
        if (entry.Trace is { } trace)
            line.Append(" trace=").Append(trace.TraceId.ToHexString());
        return line.ToString();
    }

    static string Json(Entry entry)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("time", Instant(entry.Time));
            json.WriteString("level", LevelOf(entry.Level));
            json.WriteString("category", entry.Category);
            json.WriteNumber("id", entry.Id);
            if (entry.Event is not null)
                json.WriteString("event", entry.Event);
            json.WriteString("message", entry.Message);
            if (entry.Trace is { } trace)
            {
                json.WriteString("trace", trace.TraceId.ToHexString());
                json.WriteString("span", trace.SpanId.ToHexString());
            }
            if (entry.Values.Length > 0)
                Write(json, entry.Values);
            if (entry.Exception is { } problem)
                Write(json, problem);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    static void Write(Utf8JsonWriter json, KeyValuePair<string, object?>[] values)
    {
        json.WriteStartObject("values");
        foreach (var (name, value) in values)
        {
            json.WritePropertyName(name);
            if (Redaction.IsNumber(value) && double.IsFinite(Convert.ToDouble(value, CultureInfo.InvariantCulture)))
                json.WriteRawValue(Redaction.Text(value));
            else
                json.WriteStringValue(Redaction.Text(value));
        }
        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, Exception problem)
    {
        json.WriteStartArray("exceptions");
        foreach (var (kind, code, at) in Redaction.Exceptions(problem))
        {
            json.WriteStartObject();
            json.WriteString("kind", kind);
            if (code is not null)
                json.WriteString("code", code);
            json.WriteStartArray("at");
            foreach (var frame in at)
                json.WriteStringValue(frame);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
