using System.Buffers;

namespace Quorate.Policies;

/// <summary>What members, groups, wallets, rules and requests may be called.</summary>
public static class Naming
{
    /// <summary>Longest name. An id of typed prefix and UUID takes 40.</summary>
    public const int MaxLength = 64;

    /// <summary>Hexadecimal has one accepted spelling.</summary>
    internal static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    static readonly SearchValues<char> allowed =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    /// <summary>Whether it is a name.</summary>
    public static bool IsValid(string? name) =>
        name is { Length: >= 1 and <= MaxLength } && char.IsAsciiLetterOrDigit(name[0]) && !name.AsSpan().ContainsAnyExcept(allowed);

    /// <summary>The name, if it is one.</summary>
    /// <exception cref="ArgumentException">Not a name.</exception>
    public static string Require(string name, string parameter)
    {
        ArgumentNullException.ThrowIfNull(name, parameter);
        return IsValid(name) ? name : throw new ArgumentException("A name is 1 to 64 letters, digits, '.', '_' and '-'.", parameter);
    }
}
