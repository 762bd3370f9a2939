using System.Text;

namespace Quorate.Rpc.Framing;

/// <summary>The header grpc-message: UTF-8, percent-encoded outside printable ASCII ("Status-Message").</summary>
static class GrpcMessageText
{
    /// <summary>Longer texts are cut: headers have limits, and a header that is too long ends the call without its status.</summary>
    internal const int CharactersMax = 4096;

    internal static string Encode(string text)
    {
        if (text.Length > CharactersMax)
            text = text[..CharactersMax];
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~') && !text.Contains('%', StringComparison.Ordinal))
            return text;
        var encoded = new StringBuilder(text.Length * 2);
        foreach (var octet in Encoding.UTF8.GetBytes(text))
        {
            if (octet is >= 0x20 and <= 0x7e and not (byte)'%')
                encoded.Append((char)octet);
            else
                encoded.Append('%').Append(octet.ToString("X2", null));
        }
        return encoded.ToString();
    }

    /// <summary>Never refuses: what is not a percent code stands for itself, what is not UTF-8 becomes U+FFFD.</summary>
    internal static string Decode(string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal))
            return text;
        var octets = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
            {
                octets.Add(Convert.ToByte(text.Substring(i + 1, 2), 16));
                i += 2;
            }
            else
            {
                octets.Add(text[i] < 0x80 ? (byte)text[i] : (byte)'?');
            }
        }
        return Encoding.UTF8.GetString([.. octets]);
    }
}
