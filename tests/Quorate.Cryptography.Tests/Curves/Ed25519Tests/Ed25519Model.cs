using System.Numerics;
using Quorate.Cryptography.Curves;

namespace Quorate.Cryptography.Tests.Curves.Ed25519Tests;

/// <summary>edwards25519 written down from RFC 8032 with big integers and affine coordinates: slow, and easy to read.</summary>
static class Ed25519Model
{
    public static readonly BigInteger P = BigInteger.Pow(2, 255) - 19;
    public static readonly BigInteger L = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493");
    public static readonly BigInteger D = Mod(-121665 * Invert(121666));

    /// <summary>The canonical encodings of the eight points of small order, the identity first.</summary>
    public static readonly string[] SmallOrder =
    [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    ];

    public static (BigInteger X, BigInteger Y) Identity => (0, 1);

    public static BigInteger Mod(BigInteger value) => ((value % P) + P) % P;

    public static BigInteger Invert(BigInteger value) => BigInteger.ModPow(value, P - 2, P);

    /// <summary>RFC 8032, 5.1.4, without the projective denominators.</summary>
    public static (BigInteger X, BigInteger Y) Add((BigInteger X, BigInteger Y) p, (BigInteger X, BigInteger Y) q)
    {
        var product = D * p.X * q.X % P * p.Y * q.Y;
        var x = ((p.X * q.Y) + (q.X * p.Y)) * Invert(Mod(1 + product));
        var y = ((p.Y * q.Y) + (p.X * q.X)) * Invert(Mod(1 - product));
        return (Mod(x), Mod(y));
    }

    public static bool IsOnCurve((BigInteger X, BigInteger Y) p) =>
        Mod((p.Y * p.Y) - (p.X * p.X) - 1 - (D * p.X * p.X % P * p.Y * p.Y)).IsZero;

    /// <summary>Affine coordinates of an internal point, T checked on the way.</summary>
    public static (BigInteger X, BigInteger Y) FromPoint(in EdwardsPoint point)
    {
        var inverse = Invert(FromField(point.Z));
        var (x, y) = (Mod(FromField(point.X) * inverse), Mod(FromField(point.Y) * inverse));
        Assert.Equal(Mod(x * y), Mod(FromField(point.T) * inverse));
        return (x, y);
    }

    public static (BigInteger X, BigInteger Y) FromPoint(in Point<Ed25519> point)
    {
        EdwardsPoint.Load(out var loaded, point);
        return FromPoint(loaded);
    }

    public static byte[] Encode((BigInteger X, BigInteger Y) p) => Encode(p.Y, !p.X.IsEven);

    /// <summary>Any 255 bits and a parity bit, canonical or not.</summary>
    public static byte[] Encode(BigInteger y, bool isOdd)
    {
        var bytes = new byte[32];
        y.TryWriteBytes(bytes, out _, isUnsigned: true);
        bytes[31] |= (byte)(isOdd ? 0x80 : 0);
        return bytes;
    }

    /// <summary>Decodes to the whole curve, as the verification of signatures needs.</summary>
    public static EdwardsPoint Decode(string hex)
    {
        Assert.True(Ed25519Encoding.TryDecodeVarTime(Convert.FromHexString(hex), out var point));
        return point;
    }

    public static BigInteger FromField(in Field25519 a) =>
        Mod(a.L0 + ((BigInteger)a.L1 << 51) + ((BigInteger)a.L2 << 102) + ((BigInteger)a.L3 << 153) + ((BigInteger)a.L4 << 204));

    public static Field25519 ToField(BigInteger value)
    {
        var mask = (BigInteger.One << 51) - 1;
        ulong Limb(int i) => (ulong)((value >> (51 * i)) & mask);
        return new(Limb(0), Limb(1), Limb(2), Limb(3), Limb(4));
    }

    public static BigInteger FromInteger(in UInt256 value)
    {
        var bytes = new byte[32];
        value.WriteLittleEndian(bytes);
        return new(bytes, isUnsigned: true);
    }

    public static BigInteger FromScalar(in Scalar<Ed25519> value) => FromInteger(value.Value);

    public static Scalar<Ed25519> ToScalar(BigInteger value)
    {
        var bytes = new byte[32];
        (((value % L) + L) % L).TryWriteBytes(bytes, out _, isUnsigned: true);
        return Scalar<Ed25519>.Decode(bytes);
    }
}
