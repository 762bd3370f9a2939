namespace Quorate.Journal.Storage;

/// <summary>One entry of the index by which streams are read.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Version">The version in it.</param>
/// <param name="Position">Where it leads.</param>
readonly record struct IndexEntry(string Stream, long Version, long Position)
{
    /// <summary>What stands before all entries.</summary>
    internal static readonly IndexEntry First = new("", 0, 0);
}
