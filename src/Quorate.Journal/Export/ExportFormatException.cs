namespace Quorate.Journal.Export;

/// <summary>The file is no export, or is damaged so that what follows cannot be read.</summary>
public sealed class ExportFormatException(long offset, long position, string what)
    : Exception($"At byte {offset}, behind the event of position {position}: {what}.")
{
    /// <summary>Where in the file, in bytes from its beginning.</summary>
    public long Offset { get; } = offset;

    /// <summary>Position of the last event that was read.</summary>
    public long Position { get; } = position;
}
