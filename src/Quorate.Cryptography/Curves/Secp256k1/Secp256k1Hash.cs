using System.Security.Cryptography;
using Quorate.Cryptography.Hashing;

namespace Quorate.Cryptography.Curves;

/// <summary>
/// Hashing to a secp256k1 point whose discrete logarithm nobody knows: secp256k1_XMD:SHA-256_SSWU_RO_ of RFC 9380,
/// section 8.7. Constant time in the message.
/// </summary>
public static class Secp256k1Hash
{
    /// <summary>L of the suite: bytes from which one field element is reduced.</summary>
    const int WideSize = 48;

    // The isogenous curve y² = x³ + A·x + B, and Z = −11 (section 8.7).
    static readonly Secp256k1Field A = Secp256k1Field.From(new(0x405447C01A444533, 0xE953D363CB6F0E5D, 0xA08A5558F0F5D272, 0x3F8731ABDD661ADC));
    static readonly Secp256k1Field B = new(1771, 0, 0, 0, 0);
    static readonly Secp256k1Field Z = -new Secp256k1Field(11, 0, 0, 0, 0);

    // A square root of −Z.
    static readonly Secp256k1Field RootOfMinusZ = Secp256k1Field.From(new(0x286729C8303C4A59, 0xEC184F00A74789DD, 0x7AD13FB38F842AFE, 0x31FDF302724013E5));

    // 2²⁵⁶ modulo p, for the reduction of 48 bytes.
    static readonly Secp256k1Field TwoTo256 = new(0x1000003D1, 0, 0, 0, 0);

    // The isogeny's polynomials, lowest coefficient first (appendix E.1); the denominators are monic and omit the leading 1.
    static readonly Secp256k1Field[] XNumerator =
    [
        Secp256k1Field.From(new(0x8E38E38DAAAAA8C7, 0x38E38E38E38E38E3, 0xE38E38E38E38E38E, 0x8E38E38E38E38E38)),
        Secp256k1Field.From(new(0xDFFF1044F17C6581, 0xD595D2FC0BF63B92, 0xB9F315CEA7FD44C5, 0x07D3D4C80BC321D5)),
        Secp256k1Field.From(new(0x4ECBD0B53D9DD262, 0xE4506144037C4031, 0xE2A413DECA25CAEC, 0x534C328D23F234E6)),
        Secp256k1Field.From(new(0x8E38E38DAAAAA88C, 0x38E38E38E38E38E3, 0xE38E38E38E38E38E, 0x8E38E38E38E38E38))
    ];

    static readonly Secp256k1Field[] XDenominator =
    [
        Secp256k1Field.From(new(0x9FE6B745781EB49B, 0x86CD409542F8487D, 0x9CA34CCBB7B640DD, 0xD35771193D94918A)),
        Secp256k1Field.From(new(0xC52A56612A8C6D14, 0x06D36B641F5E41BB, 0xF7C4B2D51B542254, 0xEDADC6F64383DC1D))
    ];

    static readonly Secp256k1Field[] YNumerator =
    [
        Secp256k1Field.From(new(0xA12F684B8E38E23C, 0x2F684BDA12F684BD, 0x684BDA12F684BDA1, 0x4BDA12F684BDA12F)),
        Secp256k1Field.From(new(0xDFFC90FC201D71A3, 0x647AB046D686DA6F, 0xA9D0A54B12A0A6D5, 0xC75E0C32D5CB7C0F)),
        Secp256k1Field.From(new(0xA765E85A9ECEE931, 0x722830A201BE2018, 0x715209EF6512E576, 0x29A6194691F91A73)),
        Secp256k1Field.From(new(0x84BDA12F38E38D84, 0xBDA12F684BDA12F6, 0xA12F684BDA12F684, 0x2F684BDA12F684BD))
    ];

    static readonly Secp256k1Field[] YDenominator =
    [
        Secp256k1Field.From(new(0xFFFFFFFEFFFFF93B, 0xFFFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF)),
        Secp256k1Field.From(new(0xDFB425D2685C2573, 0x9467C1BFC8E8D978, 0xD5E9E6632722C298, 0x7A06534BB8BDB49F)),
        Secp256k1Field.From(new(0xA7BF8192BFD2A76F, 0x0A3D21162F0D6299, 0xF3A70C3FA8FE337E, 0x6484AA716545CA2C))
    ];

    /// <summary>hash_to_curve: the point for <paramref name="message"/> in the domain of <paramref name="tag"/>.</summary>
    public static Point<Secp256k1> ToPoint(Tag tag, ReadOnlySpan<byte> message)
    {
        ArgumentNullException.ThrowIfNull(tag);
        return ToPoint(tag.Utf8, message);
    }

    /// <summary>hash_to_curve with any domain, for the RFC's vectors.</summary>
    internal static Point<Secp256k1> ToPoint(ReadOnlySpan<byte> domain, ReadOnlySpan<byte> message)
    {
        Span<byte> uniform = stackalloc byte[2 * WideSize];
        ExpandMessage.Xmd(domain, message, uniform);
        var point = Map(Reduce(uniform[..WideSize])) + Map(Reduce(uniform[WideSize..]));
        CryptographicOperations.ZeroMemory(uniform);
        return point;
    }

    /// <summary>48 bytes, most significant first, modulo p.</summary>
    static Secp256k1Field Reduce(ReadOnlySpan<byte> wide)
    {
        Span<byte> padded = stackalloc byte[32];
        padded.Clear();
        wide[..16].CopyTo(padded[16..]);
        var high = Secp256k1Field.From(UInt256.ReadBigEndian(padded));
        var low = Secp256k1Field.From(UInt256.ReadBigEndian(wide[16..]));
        CryptographicOperations.ZeroMemory(padded);
        return high * TwoTo256 + low;
    }

    /// <summary>map_to_curve: simplified SWU onto the isogenous curve (appendix F.2), then the isogeny.</summary>
    static Point<Secp256k1> Map(in Secp256k1Field u)
    {
        var zuu = Z * u.Square();
        var t = zuu.Square() + zuu;
        var numerator = B * (t + Secp256k1Field.One);
        var denominator = A * Secp256k1Field.Select(-t, Z, MaskOf(t.IsZero));

        // g(x) = x³ + A·x + B over the denominator's cube.
        var dd = denominator.Square();
        var ddd = dd * denominator;
        var g = (numerator.Square() + A * dd) * numerator + B * ddd;
        var isSquare = MaskOf(RatioRoot(g, ddd, out var root));
        numerator = Secp256k1Field.Select(zuu * numerator, numerator, isSquare);
        var y = Secp256k1Field.Select(zuu * u * root, root, isSquare);
        y = Secp256k1Field.Select(-y, y, MaskOf(Parity(u) == Parity(y)));
        return Isogeny(numerator, denominator, y);
    }

    /// <summary>x = n/d and y to secp256k1: x ↦ XN(x)/XD(x), y ↦ y·YN(x)/YD(x), with one inversion.</summary>
    static Point<Secp256k1> Isogeny(in Secp256k1Field n, in Secp256k1Field d, in Secp256k1Field y)
    {
        var dd = d.Square();
        var ddd = dd * d;
        var xn = ((XNumerator[3] * n + XNumerator[2] * d) * n + XNumerator[1] * dd) * n + XNumerator[0] * ddd;
        var yn = ((YNumerator[3] * n + YNumerator[2] * d) * n + YNumerator[1] * dd) * n + YNumerator[0] * ddd;
        var xd = ((n + XDenominator[1] * d) * n + XDenominator[0] * dd) * d;
        var yd = ((n + YDenominator[2] * d) * n + YDenominator[1] * dd) * n + YDenominator[0] * ddd;

        // Zero denominators mean the identity (section 6.6.3): a chance of 2⁻²⁵⁴ that no branch below depends on.
        var inverse = (xd * yd).Invert();
        return Koblitz<Secp256k1>.TryFromAffine(xn * yd * inverse, y * yn * xd * inverse, out var point) ? point : default;
    }

    /// <summary>sqrt_ratio for p ≡ 3 (mod 4), appendix F.2.1.2: a root of u/v, or of Z·u/v where that is no square.</summary>
    static bool RatioRoot(in Secp256k1Field u, in Secp256k1Field v, out Secp256k1Field root)
    {
        var uv = u * v;
        var first = (v.Square() * uv).PowerQuarter() * uv;
        var isSquare = (first.Square() * v - u).IsZero;
        root = Secp256k1Field.Select(first * RootOfMinusZ, first, MaskOf(isSquare));
        return isSquare;
    }

    static ulong Parity(in Secp256k1Field value) => value.Normalize().N0 & 1;

    static ulong MaskOf(bool condition) => 0UL - System.Runtime.CompilerServices.Unsafe.As<bool, byte>(ref condition);
}
