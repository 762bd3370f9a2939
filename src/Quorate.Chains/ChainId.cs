using System.Diagnostics.CodeAnalysis;

namespace Quorate.Chains;

/// <summary>
/// A blockchain, named after CAIP-2: a namespace of 3 to 8 characters of a–z, 0–9 and -, a colon, and a reference of 1 to 32
/// characters of a–z, A–Z, 0–9, - and _. For example <c>eip155:1</c>, <c>bip122:000000000019d6689c085ae165831e93</c>,
/// <c>solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp</c>.
/// </summary>
public sealed record ChainId
{
    /// <summary>Longest text: 8 + 1 + 32 characters.</summary>
    public const int MaxLength = 41;

    ChainId(string @namespace, string reference) => (Namespace, Reference) = (@namespace, reference);

    /// <summary>The kind of chain: eip155, bip122, solana.</summary>
    public string Namespace { get; }

    /// <summary>Which chain of its kind.</summary>
    public string Reference { get; }

    /// <summary>Reads a chain as <see cref="TryParse"/> does.</summary>
    /// <exception cref="FormatException">The text names no chain.</exception>
    public static ChainId Parse(string text) =>
        TryParse(text, out var chain) ? chain : throw new FormatException("Not a CAIP-2 chain: namespace:reference.");

    /// <summary>Reads the text of a CAIP-2 chain; nothing around it, exactly one colon.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out ChainId? chain)
    {
        chain = null;
        if (text is null || text.Length > MaxLength)
            return false;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon is < 3 or > 8)
            return false;
        var reference = text[(colon + 1)..];
        if (reference.Length is < 1 or > 32
            || text.AsSpan(0, colon).ContainsAnyExcept(CaipCharacters.Namespace)
            || reference.AsSpan().ContainsAnyExcept(CaipCharacters.ChainReference))
            return false;
        chain = new(text[..colon], reference);
        return true;
    }

    /// <summary>The text that <see cref="Parse"/> reads.</summary>
    public override string ToString() => $"{Namespace}:{Reference}";
}
