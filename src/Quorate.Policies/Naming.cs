using System.Buffers;

namespace Quorate.Policies;

/// <summary>What members, groups, wallets, rules and requests may be called.</summary>
static class Naming
{
    /// <summary>Longest name. An id of typed prefix and UUID takes 40.</summary>
    internal const int MaxLength = 64;

    /// <summary>Hexadecimal has one accepted spelling.</summary>
    internal static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    static readonly SearchValues<char> allowed =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    internal static bool IsValid(string? name) =>
        name is { Length: >= 1 and <= MaxLength } && char.IsAsciiLetterOrDigit(name[0]) && !name.AsSpan().ContainsAnyExcept(allowed);

    /// <exception cref="ArgumentException">Not a name.</exception>
    internal static string Require(string name, string parameter)
    {
        ArgumentNullException.ThrowIfNull(name, parameter);
        return IsValid(name) ? name : throw new ArgumentException("A name is 1 to 64 letters, digits, '.', '_' and '-'.", parameter);
    }
}
