using System.Data.Common;

namespace Quorate.Server.Views;

/// <summary>
/// Where SQLite and PostgreSQL differ: the full-text index. SQLite has FTS5 tables, PostgreSQL tsvector columns. Both are
/// given <see cref="SearchWords"/>, and match whole words and beginnings of words, without stemming.
/// </summary>
abstract class Dialect
{
    internal static Dialect Sqlite { get; } = new SqliteDialect();

    internal static Dialect Postgres { get; } = new PostgresDialect();

    /// <summary>The dialect of a connection's database.</summary>
    internal static Dialect Of(DbConnection connection) =>
        connection.GetType().Namespace!.StartsWith("Npgsql", StringComparison.Ordinal) ? Postgres : Sqlite;

    /// <summary>Statements that make the index <c>name_text</c> of a table by its whole number <c>row</c>.</summary>
    internal abstract string CreateText(string table);

    /// <summary>Puts <c>@text</c> at <c>@row</c>; it is not changed later.</summary>
    internal abstract string InsertText(string table);

    /// <summary>A condition on <c>row</c> that it matches <c>@words</c>.</summary>
    internal abstract string MatchText(string table);

    /// <summary>What <c>@words</c> is for words that all have to occur; the last as the beginning of one.</summary>
    internal abstract string Words(IReadOnlyList<string> words);

    sealed class SqliteDialect : Dialect
    {
        internal override string CreateText(string table) =>
            $"DROP TABLE IF EXISTS {table}_text; CREATE VIRTUAL TABLE {table}_text USING fts5(body, content='', tokenize='unicode61 remove_diacritics 0')";

        internal override string InsertText(string table) => $"INSERT INTO {table}_text (rowid, body) VALUES (@row, @text)";

        internal override string MatchText(string table) => $"row IN (SELECT rowid FROM {table}_text WHERE {table}_text MATCH @words)";

        internal override string Words(IReadOnlyList<string> words) => string.Join(' ', words.Select((w, i) => i == words.Count - 1 ? $"\"{w}\"*" : $"\"{w}\""));
    }

    sealed class PostgresDialect : Dialect
    {
        internal override string CreateText(string table) =>
            $"DROP TABLE IF EXISTS {table}_text; CREATE TABLE {table}_text (row BIGINT PRIMARY KEY, body TSVECTOR NOT NULL); CREATE INDEX {table}_by_text ON {table}_text USING gin (body)";

        internal override string InsertText(string table) => $"INSERT INTO {table}_text (row, body) VALUES (@row, array_to_tsvector(string_to_array(@text, ' ')))";

        internal override string MatchText(string table) => $"row IN (SELECT row FROM {table}_text WHERE body @@ CAST(@words AS tsquery))";

        internal override string Words(IReadOnlyList<string> words) => string.Join(" & ", words.Select((w, i) => i == words.Count - 1 ? $"'{w}':*" : $"'{w}'"));
    }
}
