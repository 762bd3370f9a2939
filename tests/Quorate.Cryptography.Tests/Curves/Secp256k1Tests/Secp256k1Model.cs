using System.Globalization;
using System.Numerics;
using Quorate.Cryptography.Curves;

namespace Quorate.Cryptography.Tests.Curves.Secp256k1Tests;

/// <summary>secp256k1 written down from SEC 1 and SEC 2 with big integers and affine coordinates: slow, and easy to read.</summary>
static class Secp256k1Model
{
    public static readonly BigInteger P = BigInteger.Pow(2, 256) - BigInteger.Pow(2, 32) - 977;
    public static readonly BigInteger Beta = Hex("7AE96A2B657C07106E64479EAC3434E99CF0497512F58995C1396C28719501EE");
    public static readonly BigInteger Lambda = Hex("5363AD4CC05C30E0A5261C028812645A122E22EA20816678DF02967C1B23BD72");

    public static BigInteger Hex(string digits) =>
        BigInteger.Parse("0" + digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    public static BigInteger Mod(BigInteger value) => ((value % P) + P) % P;

    public static BigInteger Invert(BigInteger value) => BigInteger.ModPow(Mod(value), P - 2, P);

    public static bool IsSquare(BigInteger value) => BigInteger.ModPow(Mod(value), (P - 1) / 2, P) != P - 1;

    public static BigInteger RightSide(BigInteger x) => Mod((x * x * x) + 7);

    /// <summary>The root of this parity.</summary>
    public static BigInteger Root(BigInteger square, bool isOdd)
    {
        var root = BigInteger.ModPow(Mod(square), (P + 1) / 4, P);
        return root.IsEven != isOdd ? root : P - root;
    }

    /// <summary>SEC 1, section 2.2.1; the point at infinity is null.</summary>
    public static (BigInteger X, BigInteger Y)? Add((BigInteger X, BigInteger Y)? first, (BigInteger X, BigInteger Y)? second)
    {
        if (first is not { } p || second is not { } q)
            return first ?? second;
        if (p.X == q.X && Mod(p.Y + q.Y).IsZero)
            return null;
        var slope = p == q ? 3 * p.X * p.X * Invert(2 * p.Y) : (q.Y - p.Y) * Invert(q.X - p.X);
        var x = Mod((slope * slope) - p.X - q.X);
        return (x, Mod((slope * (p.X - x)) - p.Y));
    }

    /// <summary>Affine coordinates from the stored ones, without the code's own inversion.</summary>
    public static (BigInteger X, BigInteger Y)? FromPoint(in Point<Secp256k1> point)
    {
        Koblitz<Secp256k1>.Load(out var lanes, point);
        var z = FromField(Secp256k1Field.FromLane(lanes, 2));
        if (z.IsZero)
            return null;
        var inverse = Invert(z);
        return (Mod(FromField(Secp256k1Field.FromLane(lanes, 0)) * inverse), Mod(FromField(Secp256k1Field.FromLane(lanes, 1)) * inverse));
    }

    /// <summary>The same point with Z multiplied by a factor other than zero.</summary>
    public static Point<Secp256k1> Rescale(in Point<Secp256k1> point, in Secp256k1Field factor)
    {
        Koblitz<Secp256k1>.Load(out var lanes, point);
        Secp256k1Field.ToLanes(
            Secp256k1Field.FromLane(lanes, 0) * factor, Secp256k1Field.FromLane(lanes, 1) * factor,
            Secp256k1Field.FromLane(lanes, 2) * factor, out var scaled);
        return Koblitz<Secp256k1>.Store(scaled);
    }

    public static byte[] Bytes(BigInteger value) => ScalarModel<Secp256k1>.Bytes(value);

    /// <summary>02 or 03 and x, which need not be below p nor on the curve.</summary>
    public static byte[] Compressed(BigInteger x, bool isOdd) => [(byte)(isOdd ? 3 : 2), .. Bytes(x)];

    public static byte[] Uncompressed(BigInteger x, BigInteger y, byte prefix = 4) => [prefix, .. Bytes(x), .. Bytes(y)];

    /// <summary>The integer that the limbs stand for, not reduced.</summary>
    public static BigInteger Raw(in Secp256k1Field a) =>
        a.N0 + ((BigInteger)a.N1 << 52) + ((BigInteger)a.N2 << 104) + ((BigInteger)a.N3 << 156) + ((BigInteger)a.N4 << 208);

    public static BigInteger FromField(in Secp256k1Field a) => Mod(Raw(a));

    /// <summary>Limbs of 52 bits, with all the rest in the last.</summary>
    public static Secp256k1Field ToField(BigInteger value)
    {
        ulong Limb(int i) => (ulong)((value >> (52 * i)) & Secp256k1Field.Mask);
        return new(Limb(0), Limb(1), Limb(2), Limb(3), (ulong)(value >> 208));
    }
}
