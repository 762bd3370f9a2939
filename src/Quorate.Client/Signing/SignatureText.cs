using System.Globalization;

namespace Quorate.Client.Signing;

/// <summary>Reads the few structured fields (RFC 8941) that signatures are made of, from the front, in their canonical spelling.</summary>
ref struct SignatureText(string text)
{
    // Below the year 10000, which is as far as times go.
    const int MaxDigits = 11;

    int at;

    internal readonly bool IsEmpty => at == text.Length;

    internal readonly string Rest => text[at..];

    internal bool TryTake(char expected)
    {
        if (at == text.Length || text[at] != expected)
            return false;
        at++;
        return true;
    }

    /// <summary>A key: lower case letters, digits and a few marks, beginning with a letter or *.</summary>
    internal bool TryKey(out string key)
    {
        var begin = at;
        while (at < text.Length && (char.IsAsciiLetterLower(text[at]) || text[at] == '*' || (at > begin && (char.IsAsciiDigit(text[at]) || text[at] is '_' or '-' or '.'))))
            at++;
        key = text[begin..at];
        return key.Length > 0;
    }

    /// <summary>A string of printable ASCII without quotation marks and backslashes, which nothing here needs.</summary>
    internal bool TryString(out string value)
    {
        value = "";
        if (!TryTake('"'))
            return false;
        var begin = at;
        while (at < text.Length && text[at] is >= ' ' and <= '~' and not '"' and not '\\')
            at++;
        value = text[begin..at];
        return value.Length > 0 && TryTake('"');
    }

    /// <summary>An integer of seconds, not negative, without zeros before it.</summary>
    internal bool TryInteger(out long value)
    {
        var begin = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]) && at - begin < MaxDigits)
            at++;
        var digits = text[begin..at];
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value) && (digits.Length == 1 || digits[0] != '0');
    }
}
