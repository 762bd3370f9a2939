using System.Buffers;
using Quorate.Server.Ids;

namespace Quorate.Server.Views;

/// <summary>
/// What full text is made of: runs of letters and digits in lower case, and this server's ids, each of which is one word without
/// what stands between its parts. Both databases index these and nothing else, so they find the same, and nothing of a search is syntax.
/// </summary>
static class SearchWords
{
    static readonly SearchValues<char> ofId = SearchValues.Create("0123456789abcdef-");

    /// <summary>The words of a text, in order.</summary>
    internal static List<string> Of(string? text)
    {
        var (words, lower) = (new List<string>(), (text ?? "").ToLowerInvariant());
        for (var at = 0; at < lower.Length;)
        {
            var rest = lower.AsSpan(at);
            var (length, isId) = IdLength(rest) is > 0 and var id ? (id, true) : (RunLength(rest), false);
            if (length > 0)
                words.Add(isId ? new([.. rest[..length].ToArray().Where(char.IsLetterOrDigit)]) : rest[..length].ToString());
            at += Math.Max(1, length);
        }
        return words;
    }

    static int RunLength(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && char.IsLetterOrDigit(text[length]))
            length++;
        return length;
    }

    // An id, or the beginning of one: a prefix that ids have, an underscore, and nothing but hexadecimal digits and hyphens.
    static int IdLength(ReadOnlySpan<char> text)
    {
        if (text.Length <= ResourceId.PrefixLength || text[ResourceId.PrefixLength] != '_' || !ResourceId.IsPrefix(text[..ResourceId.PrefixLength]))
            return 0;
        var digits = text[(ResourceId.PrefixLength + 1)..].IndexOfAnyExcept(ofId) is >= 0 and var end ? end : text.Length - ResourceId.PrefixLength - 1;
        var length = ResourceId.PrefixLength + 1 + digits;
        return digits == 0 || (length < text.Length && char.IsLetterOrDigit(text[length])) ? 0 : length;
    }
}
