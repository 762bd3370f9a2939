using System.Data.Common;
using System.Globalization;

namespace Quorate.Server.Views;

/// <summary>
/// The full text of a table. Its rows are put into sections of some ten thousand, as they come, and every word is indexed
/// with its section: so a search looks at the newest section first and ends when a page is full, and costs no more than the
/// matches of one section, however often a word occurs in all. What is rare is found by a few looks at the same index.
/// </summary>
/// <param name="table">The table, whose key is the whole number <c>row</c>.</param>
sealed class WordIndex(string table)
{
    /// <summary>Between a section's number and a word: in no word.</summary>
    internal const char Separator = ':';

    /// <summary>Rows after which another section begins.</summary>
    internal const int SectionRows = 16_384;

    /// <summary>A section: rows between two keys. Those of others may be between them, where clocks of servers disagree.</summary>
    internal sealed record Section(long Number, long Entries, long Lowest, long Highest);

    /// <summary>A word as it is indexed.</summary>
    internal static string InSection(long section, string word) => string.Create(CultureInfo.InvariantCulture, $"{section}{Separator}{word}");

    /// <summary>Makes the tables anew, empty.</summary>
    internal async Task ResetAsync(DbTransaction transaction, CancellationToken cancellation)
    {
        foreach (var sql in (string[])
        [
            $"DROP TABLE IF EXISTS {table}_sections",
            $"CREATE TABLE {table}_sections (section BIGINT PRIMARY KEY, entries BIGINT NOT NULL, lowest BIGINT NOT NULL, highest BIGINT NOT NULL)",
            Dialect.Of(transaction.Connection!).CreateText(table),
        ])
            await transaction.RunAsync(sql, cancellation).ConfigureAwait(false);
    }

    /// <summary>Adds rows that are not in it.</summary>
    internal async Task AddAsync(DbTransaction transaction, IReadOnlyList<(long Row, IEnumerable<string> Words)> rows, CancellationToken cancellation)
    {
        if (rows.Count == 0)
            return;
        var connection = transaction.Connection!;
        await using var command = Sql.Command(connection, transaction, $"SELECT section, entries, lowest, highest FROM {table}_sections ORDER BY section DESC LIMIT 1");
        var section = await command.FirstAsync(Read, cancellation).ConfigureAwait(false);
        if (section is null || section.Entries >= SectionRows)
            section = new((section?.Number ?? 0) + 1, 0, long.MaxValue, long.MinValue);
        await transaction.RunManyAsync(Dialect.Of(connection).InsertText(table), cancellation,
            new Column("row", rows.Select(r => r.Row).ToArray()),
            new Column("body", rows.Select(r => string.Join(' ', r.Words.Distinct(StringComparer.Ordinal).Select(w => InSection(section.Number, w)))).ToArray())).ConfigureAwait(false);
        await transaction.RunAsync(
            $"""
            INSERT INTO {table}_sections VALUES (@section, @entries, @lowest, @highest)
            ON CONFLICT (section) DO UPDATE SET entries = excluded.entries, lowest = excluded.lowest, highest = excluded.highest
            """, cancellation,
            ("section", section.Number), ("entries", section.Entries + rows.Count), ("lowest", Math.Min(section.Lowest, rows.Min(r => r.Row))),
            ("highest", Math.Max(section.Highest, rows.Max(r => r.Row)))).ConfigureAwait(false);
    }

    /// <summary>Sections that have rows between two keys, newest first.</summary>
    internal Task<List<Section>> SectionsAsync(DbConnection connection, long from, long until, CancellationToken cancellation) =>
        connection.QueryAsync(
            $"SELECT section, entries, lowest, highest FROM {table}_sections WHERE highest >= @from AND lowest < @until ORDER BY highest DESC", Read, cancellation,
            ("from", from), ("until", until));

    static Section Read(DbDataReader reader) => new(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
}
