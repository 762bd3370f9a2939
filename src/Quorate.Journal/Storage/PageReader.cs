using System.Data.Common;
using Quorate.Journal.Chain;

namespace Quorate.Journal.Storage;

/// <summary>
/// Rows of the events table from either database's reader, in the columns' order: position, stream, version, id, type,
/// schema version, recorded, payload, hash, and the hash before where it was asked for.
/// </summary>
static class PageReader
{
    internal const string Columns = "position, stream, version, id, type, schema_version, recorded, payload, hash";

    /// <summary>The types of these columns, as SQLite tells them apart.</summary>
    internal static readonly Type[] Types =
        [typeof(long), typeof(string), typeof(long), typeof(byte[]), typeof(string), typeof(long), typeof(long), typeof(byte[]), typeof(byte[])];

    const int PositionColumn = 0, Stream = 1, Version = 2, Id = 3, Type = 4, SchemaVersion = 5, Recorded = 6, Payload = 7, Hash = 8, Previous = 9;

    /// <summary>The row under the reader. A row that somebody has changed may hold anything.</summary>
    internal static StoredRow Read(DbDataReader reader, Func<DbDataReader, int, Guid> guid)
    {
        var position = reader.GetInt64(PositionColumn);
        try
        {
            var recorded = new RecordedEvent
            {
                Position = position,
                Stream = reader.GetString(Stream),
                Version = reader.GetInt64(Version),
                Id = guid(reader, Id),
                Type = reader.GetString(Type),
                SchemaVersion = reader.GetInt32(SchemaVersion),
                RecordedMicroseconds = reader.GetInt64(Recorded),
                Payload = reader.GetFieldValue<byte[]>(Payload),
                Hash = HashIn(reader, Hash),
            };
            ChainHash? previous = reader.FieldCount > Previous && !reader.IsDBNull(Previous) ? HashIn(reader, Previous) : null;
            return new(position, recorded, null, previous);
        }
        catch (Exception wrong) when (wrong is InvalidCastException or InvalidOperationException or FormatException or OverflowException or ArgumentException)
        {
            return new(position, null, $"a column has a value of the wrong type: {wrong.Message}");
        }
    }

    /// <summary>A hash on which something is to be built, of the row at <paramref name="position"/>.</summary>
    /// <exception cref="JournalCorruptException">The column holds something else.</exception>
    internal static ChainHash HashOf(long position, DbDataReader reader, int column)
    {
        try
        {
            return HashIn(reader, column);
        }
        catch (Exception wrong) when (wrong is InvalidCastException or InvalidOperationException or ArgumentException)
        {
            throw new JournalCorruptException(new(FaultKind.Malformed, position, $"the hash of position {position} is none: {wrong.Message}"));
        }
    }

    static ChainHash HashIn(DbDataReader reader, int column) => ChainHash.FromBytes(reader.GetFieldValue<byte[]>(column));
}
