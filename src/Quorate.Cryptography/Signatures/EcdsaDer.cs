using Quorate.Cryptography.Curves;

namespace Quorate.Cryptography.Signatures;

/// <summary>
/// SEQUENCE { INTEGER r, INTEGER s } in DER, as BIP 66 restricts it: every length is one byte, because a signature of
/// 256-bit integers never needs more, and every integer is minimal and non-negative.
/// </summary>
static class EcdsaDer
{
    const byte Sequence = 0x30;
    const byte Integer = 0x02;

    internal static int Encode(in EcdsaSignature signature, Span<byte> destination)
    {
        Span<byte> r = stackalloc byte[33];
        Span<byte> s = stackalloc byte[33];
        var minimalR = Minimal(signature.R, r);
        var minimalS = Minimal(signature.S, s);
        var body = 4 + minimalR.Length + minimalS.Length;
        if (destination.Length < 2 + body)
            throw new ArgumentException($"This signature takes {2 + body} bytes.", nameof(destination));

        destination[0] = Sequence;
        destination[1] = (byte)body;
        Write(minimalR, destination[2..]);
        Write(minimalS, destination[(4 + minimalR.Length)..]);
        return 2 + body;
    }

    internal static bool TryDecode(ReadOnlySpan<byte> encoded, out EcdsaSignature signature)
    {
        signature = default;
        // Shorter than 128 bytes by the first comparison, so the length byte is in the short form.
        if (encoded.Length is < 8 or > EcdsaSignature.MaxDerSize
            || encoded[0] != Sequence
            || encoded[1] != encoded.Length - 2)
            return false;
        var rest = encoded[2..];
        if (!TryRead(ref rest, out var r) || !TryRead(ref rest, out var s) || !rest.IsEmpty)
            return false;
        signature = new(r, s);
        return true;
    }

    /// <summary>The integer's content octets: no leading zero, save one where the next bit would read as a sign.</summary>
    static ReadOnlySpan<byte> Minimal(in Scalar<Secp256k1> value, Span<byte> buffer)
    {
        buffer[0] = 0;
        value.Encode(buffer[1..]);
        var skip = 0;
        while (buffer[skip] == 0 && buffer[skip + 1] < 0x80)
            skip++;
        return buffer[skip..];
    }

    static void Write(ReadOnlySpan<byte> integer, Span<byte> destination)
    {
        destination[0] = Integer;
        destination[1] = (byte)integer.Length;
        integer.CopyTo(destination[2..]);
    }

    /// <summary>Takes one INTEGER in [1, n − 1] off the front of <paramref name="rest"/>.</summary>
    static bool TryRead(ref ReadOnlySpan<byte> rest, out Scalar<Secp256k1> value)
    {
        value = default;
        if (rest.Length < 3 || rest[0] != Integer || rest[1] is 0 or > 33 || rest.Length < 2 + rest[1])
            return false;
        var integer = rest.Slice(2, rest[1]);
        rest = rest[(2 + integer.Length)..];

        if (integer[0] >= 0x80)
            return false;
        if (integer[0] == 0)
        {
            // A zero octet must keep the next one from being a sign; alone it would be the value zero.
            if (integer.Length == 1 || integer[1] < 0x80)
                return false;
            integer = integer[1..];
        }
        if (integer.Length > Scalar<Secp256k1>.Size)
            return false;

        Span<byte> padded = stackalloc byte[Scalar<Secp256k1>.Size];
        padded.Clear();
        integer.CopyTo(padded[(padded.Length - integer.Length)..]);
        return Scalar<Secp256k1>.TryDecode(padded, out value);
    }
}
