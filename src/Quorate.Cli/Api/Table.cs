using Google.Protobuf;

namespace Quorate.Cli.Api;

/// <summary>Messages as rows: columns are fields by their names, as wide as the widest, the last as it is.</summary>
static class Table
{
    /// <summary>The lines, a heading first; none of no messages.</summary>
    internal static IEnumerable<string> Of(IReadOnlyList<IMessage> messages, string[] fields)
    {
        if (messages.Count == 0)
            return [];
        string[][] rows =
        [
            [.. fields.Select(f => f.Replace('_', ' ').ToUpperInvariant())],
            .. messages.Select(m => fields.Select(f => MessageText.Of(m, f).ReplaceLineEndings(" ")).ToArray()),
        ];
        var widths = fields.Select((_, i) => rows.Max(r => r[i].Length)).ToArray();
        return rows.Select(row => string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
    }
}
