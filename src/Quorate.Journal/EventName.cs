using System.Buffers;

namespace Quorate.Journal;

/// <summary>
/// The rule for names of streams and types: ASCII letters, digits and <c>- _ . : / @ + = ~</c>. No two names look alike,
/// sort differently in two databases or change their bytes on the way. Names that begin with <c>$</c> are the journal's own.
/// </summary>
public static class EventName
{
    /// <summary>What the journal's own names begin with.</summary>
    internal const char Reserved = '$';

    static readonly SearchValues<char> allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:/@+=~");

    /// <summary>Whether a caller may use the name for a stream.</summary>
    public static bool IsStream(string? name) => IsName(name, JournalLimits.MaxStreamNameLength);

    /// <summary>Whether a caller may use the name for a type.</summary>
    public static bool IsType(string? name) => IsName(name, JournalLimits.MaxTypeNameLength);

    /// <summary>Whether a record may have the name: a caller's or the journal's own.</summary>
    internal static bool IsRecorded(string name, int maxLength) =>
        name.Length > 0 && IsName(name[0] == Reserved ? name[1..] : name, name[0] == Reserved ? maxLength - 1 : maxLength);

    internal static void CheckStream(string stream) => Check(stream, IsStream(stream), "stream", JournalLimits.MaxStreamNameLength);

    internal static void CheckType(string type) => Check(type, IsType(type), "type", JournalLimits.MaxTypeNameLength);

    static bool IsName(string? name, int maxLength) =>
        name is { Length: > 0 } && name.Length <= maxLength && !name.AsSpan().ContainsAnyExcept(allowed);

    static void Check(string name, bool isValid, string what, int maxLength)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!isValid)
            throw new ArgumentException($"The name of a {what} is 1 to {maxLength} of A-Z a-z 0-9 - _ . : / @ + = ~, not \"{name}\".", what);
    }
}
