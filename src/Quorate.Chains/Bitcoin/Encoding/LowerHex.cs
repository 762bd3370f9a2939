using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Quorate.Chains.Bitcoin;

/// <summary>Hexadecimal in small letters only, so that bytes have one text.</summary>
static class LowerHex
{
    static readonly SearchValues<char> digits = SearchValues.Create("0123456789abcdef");

    internal static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = text.Length % 2 == 0 && !text.ContainsAnyExcept(digits) ? Convert.FromHexString(text) : null;
        return bytes is not null;
    }
}
