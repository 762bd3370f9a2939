using System.Buffers.Binary;
using System.Buffers.Text;

namespace Quorate.Server.Views;

/// <summary>
/// Where a page ended: the sort key of its last row, opaque to callers. Rows that come or go meanwhile move nothing, and a
/// token is good for as long as the read model is.
/// </summary>
/// <param name="First">The first part of the key.</param>
/// <param name="Second">The second, which makes it unique.</param>
readonly record struct PageToken(long First, long Second)
{
    const int Size = 17;
    const byte Version = 1;

    /// <summary>Reads a token; null for the first page.</summary>
    internal static bool TryParse(string? text, out PageToken? token)
    {
        token = null;
        if (string.IsNullOrEmpty(text))
            return text is null;
        Span<byte> bytes = stackalloc byte[Size];
        if (text.Length != Base64Url.GetEncodedLength(Size) || !Base64Url.TryDecodeFromChars(text, bytes, out var written) || written != Size || bytes[0] != Version)
            return false;
        token = new(BinaryPrimitives.ReadInt64BigEndian(bytes[1..]), BinaryPrimitives.ReadInt64BigEndian(bytes[9..]));
        return true;
    }

    /// <summary>The text that <see cref="TryParse"/> reads.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], First);
        BinaryPrimitives.WriteInt64BigEndian(bytes[9..], Second);
        return Base64Url.EncodeToString(bytes);
    }
}
