using System.Data.Common;

namespace Quorate.Server.Views;

/// <summary>One column of many rows: whole numbers or texts, null where there is none.</summary>
/// <param name="Name">What the statement calls it.</param>
/// <param name="Values">A long[], long?[] or string?[]; all columns of a statement have as many.</param>
readonly record struct Column(string Name, Array Values);

/// <summary>
/// Where SQLite and PostgreSQL differ: how many rows go into one statement, and the full-text index. SQLite has statements
/// that are run for each row, and FTS5 tables; PostgreSQL takes arrays in one trip, and has tsvector columns.
/// </summary>
abstract class Dialect
{
    static readonly Dialect sqlite = new SqliteDialect();
    static readonly Dialect postgres = new PostgresDialect();

    /// <summary>The dialect of a connection's database.</summary>
    internal static Dialect Of(DbConnection connection) =>
        connection.GetType().Namespace!.StartsWith("Npgsql", StringComparison.Ordinal) ? postgres : sqlite;

    /// <summary>What stands for <c>@rows</c> in a statement about many rows: a relation <c>rows</c> of these columns.</summary>
    internal abstract string Relation(IReadOnlyList<Column> columns);

    /// <summary>Whether <see cref="Relation"/> has all rows at once, or the statement is run for each of them.</summary>
    internal abstract bool TakesAllRows { get; }

    /// <summary>
    /// A query for each row, whose values it calls <c>@rows.name</c>: what it finds for one after the other, and none further once
    /// it has found that many.
    /// </summary>
    internal abstract string ForEach(string query, IReadOnlyList<Column> columns, int limit);

    /// <summary>The type of a whole number that is a table's primary key, and by which it is stored where there is such a thing.</summary>
    internal abstract string Key { get; }

    /// <summary>Statements that make the index <c>name_text</c> of a table by its whole number <c>row</c>; entries are only added.</summary>
    internal abstract string CreateText(string table);

    /// <summary>Adds the words of <c>body</c>, with spaces between, at <c>row</c>, of <c>@rows</c>.</summary>
    internal abstract string InsertText(string table);

    /// <summary>The rows that match <paramref name="words"/>, between two keys that are in it: their whole number, as <c>row</c>.</summary>
    internal abstract string MatchText(string table, string words, string lowest, string highest);

    /// <summary>What the hits of <see cref="MatchText"/>, which are called <c>hits</c>, are sorted by, so that they and nothing else lead.</summary>
    internal abstract string HitOrder { get; }

    /// <summary>What is matched for words that all have to occur in a section, the last as the beginning of one.</summary>
    internal string Words(IReadOnlyList<string> words, long section) =>
        string.Join(And, words.Select((w, i) => Word(WordIndex.InSection(section, w), isBeginning: i == words.Count - 1)));

    protected abstract string And { get; }

    protected abstract string Word(string word, bool isBeginning);

    sealed class SqliteDialect : Dialect
    {
        internal override string Relation(IReadOnlyList<Column> columns) => $"(SELECT {string.Join(", ", columns.Select(c => $"@{c.Name} AS {c.Name}"))}) AS rows";

        internal override bool TakesAllRows => false;

        internal override string ForEach(string query, IReadOnlyList<Column> columns, int limit) => query.Replace("@rows.", "@", StringComparison.Ordinal);

        internal override string Key => "INTEGER";

        // No ranks and no phrases are asked for, so neither places nor sizes are kept.
        internal override string CreateText(string table) =>
            $"""
            DROP TABLE IF EXISTS {table}_text;
            CREATE VIRTUAL TABLE {table}_text USING fts5(body, content='', columnsize=0, detail=none, tokenize="unicode61 remove_diacritics 0 tokenchars '{WordIndex.Separator}'")
            """;

        internal override string InsertText(string table) => $"INSERT INTO {table}_text (rowid, body) SELECT rows.row, rows.body FROM @rows";

        internal override string MatchText(string table, string words, string lowest, string highest) =>
            $"SELECT rowid AS row FROM {table}_text WHERE {table}_text MATCH {words} AND rowid >= {lowest} AND rowid <= {highest}";

        // The index gives its rows in this order, and looks no further than is asked for.
        internal override string HitOrder => "hits.row";

        protected override string And => " AND ";

        protected override string Word(string word, bool isBeginning) => isBeginning ? $"\"{word}\"*" : $"\"{word}\"";
    }

    sealed class PostgresDialect : Dialect
    {
        internal override string Relation(IReadOnlyList<Column> columns) =>
            $"unnest({string.Join(", ", columns.Select(c => $"@{c.Name}"))}) AS rows ({string.Join(", ", columns.Select(c => c.Name))})";

        internal override bool TakesAllRows => true;

        internal override string ForEach(string query, IReadOnlyList<Column> columns, int limit) =>
            $"""
            SELECT found.* FROM unnest({string.Join(", ", columns.Select(c => $"@{c.Name}"))}) WITH ORDINALITY AS rows ({string.Join(", ", columns.Select(c => c.Name))}, place)
            CROSS JOIN LATERAL ({query.Replace("@rows.", "rows.", StringComparison.Ordinal)}) AS found ORDER BY rows.place LIMIT {Sql.Number(limit)}
            """;

        internal override string Key => "BIGINT";

        // What waits to be put into the index is looked through by every search: so no more of it than that many KiB.
        internal override string CreateText(string table) =>
            $"""
            DROP TABLE IF EXISTS {table}_text;
            CREATE TABLE {table}_text (row BIGINT NOT NULL, body TSVECTOR NOT NULL);
            CREATE INDEX {table}_by_text ON {table}_text USING gin (body) WITH (gin_pending_list_limit = 256)
            """;

        internal override string InsertText(string table) =>
            $"INSERT INTO {table}_text (row, body) SELECT rows.row, array_to_tsvector(string_to_array(rows.body, ' ')) FROM @rows";

        internal override string MatchText(string table, string words, string lowest, string highest) =>
            $"SELECT row FROM {table}_text WHERE body @@ CAST({words} AS tsquery) AND row >= {lowest} AND row <= {highest}";

        // By what no index has: a planner that hopes for an early end would else walk the whole table in its order, looking for hits.
        internal override string HitOrder => "hits.row + 0";

        protected override string And => " & ";

        protected override string Word(string word, bool isBeginning) => isBeginning ? $"'{word}':*" : $"'{word}'";
    }
}
