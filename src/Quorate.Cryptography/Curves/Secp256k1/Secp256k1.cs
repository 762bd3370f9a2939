using System.Runtime.CompilerServices;

namespace Quorate.Cryptography.Curves;

/// <summary>
/// secp256k1 (SEC 2, section 2.4.1): y² = x³ + 7 over p = 2²⁵⁶ − 2³² − 977, of prime order. Scalars are big-endian,
/// points SEC 1 compressed.
/// </summary>
/// <remarks>
/// Points are homogeneous (X : Y : Z), x = X/Z and y = Y/Z; the identity is (0 : 1 : 0). The formulas are the complete
/// ones of Renes, Costello and Batina (ePrint 2015/1060) for a = 0, so no pair of points is a special case.
/// </remarks>
public readonly struct Secp256k1 : ICurve<Secp256k1>
{
    /// <inheritdoc/>
    public static string Name => "secp256k1";

    /// <inheritdoc/>
    public static UInt256 Order =>
        new(0xBFD25E8CD0364141, 0xBAAEDCE6AF48A03B, 0xFFFFFFFFFFFFFFFE, 0xFFFFFFFFFFFFFFFF);

    /// <inheritdoc/>
    public static bool IsLittleEndian => false;

    /// <inheritdoc/>
    public static int PointSize => 33;

    /// <inheritdoc/>
    public static Point<Secp256k1> Generator { get; } = Pack(
        Secp256k1Field.From(new(0x59F2815B16F81798, 0x029BFCDB2DCE28D9, 0x55A06295CE870B07, 0x79BE667EF9DCBBAC)),
        Secp256k1Field.From(new(0x9C47D08FFB10D4B8, 0xFD17B448A6855419, 0x5DA4FBFC0E1108A8, 0x483ADA7726A3C465)),
        Secp256k1Field.One);

    /// <summary>p + q: algorithm 7.</summary>
    public static Point<Secp256k1> Add(in Point<Secp256k1> p, in Point<Secp256k1> q)
    {
        Unpack(p, out var x1, out var y1, out var z1);
        Unpack(q, out var x2, out var y2, out var z2);
        var xx = x1 * x2;
        var yy = y1 * y2;
        var zz = (z1 * z2).Times(21);
        var xy = (x1 + y1) * (x2 + y2) - (xx + yy);
        var yz = y1 * z2 + y2 * z1;
        var xz = (x1 * z2 + x2 * z1).Times(21);
        var xx3 = xx.Times(3);
        var sum = yy + zz;
        var difference = yy - zz;
        return Pack(xy * difference - yz * xz, difference * sum + xz * xx3, sum * yz + xx3 * xy);
    }

    /// <summary>2p: algorithm 9.</summary>
    public static Point<Secp256k1> Double(in Point<Secp256k1> p)
    {
        Unpack(p, out var x, out var y, out var z);
        var yy = y.Square();
        var yz = y * z;
        var zz = z.Square().Times(21);
        var xy = x * y;
        var yy8 = yy.Times(8);
        var t = yy - zz.Times(3);
        return Pack((t * xy).Times(2), zz * yy8 + t * (yy + zz), yz * yy8);
    }

    /// <inheritdoc/>
    public static Point<Secp256k1> Negate(in Point<Secp256k1> p)
    {
        Unpack(p, out var x, out var y, out var z);
        return Pack(x, -y, z);
    }

    /// <inheritdoc/>
    public static bool AreEqual(in Point<Secp256k1> p, in Point<Secp256k1> q)
    {
        Unpack(p, out var x1, out var y1, out var z1);
        Unpack(q, out var x2, out var y2, out var z2);
        return (x1 * z2 - x2 * z1).IsZero & (y1 * z2 - y2 * z1).IsZero;
    }

    /// <inheritdoc/>
    public static Point<Secp256k1> MultiplyBase(in Scalar<Secp256k1> k) => Multiply(k, Generator);

    /// <inheritdoc/>
    public static Point<Secp256k1> Multiply(in Scalar<Secp256k1> k, in Point<Secp256k1> p)
    {
        Span<Point<Secp256k1>> multiples = stackalloc Point<Secp256k1>[16];
        multiples[0] = default;
        multiples[1] = p;
        for (var i = 2; i < 16; i++)
            multiples[i] = Add(multiples[i - 1], p);

        var value = k.Value;
        Point<Secp256k1> sum = default;
        for (var bit = 252; bit >= 0; bit -= 4)
        {
            for (var i = 0; i < 4; i++)
                sum = Double(sum);
            var limb = (bit >> 6) switch { 0 => value.L0, 1 => value.L1, 2 => value.L2, _ => value.L3 };
            sum = Add(sum, LookUp(multiples, limb >> (bit & 63) & 15));
        }
        return sum;
    }

    /// <summary>The entry at a secret index: every one is read.</summary>
    static Point<Secp256k1> LookUp(ReadOnlySpan<Point<Secp256k1>> table, ulong index)
    {
        PointLimbs found = default;
        for (var i = 0; i < table.Length; i++)
        {
            var mask = 0UL - ((((ulong)i ^ index) - 1) >> 63);
            for (var j = 0; j < 15; j++)
                found[j] |= table[i].Limbs[j] & mask;
        }
        return new(found);
    }

    /// <inheritdoc/>
    public static Point<Secp256k1> MultiplyVarTime(in Scalar<Secp256k1> k, in Point<Secp256k1> p) => Multiply(k, p);

    /// <inheritdoc/>
    public static Point<Secp256k1> MultiplyAddBaseVarTime(
        in Scalar<Secp256k1> a, in Scalar<Secp256k1> b, in Point<Secp256k1> p) => Add(MultiplyBase(a), Multiply(b, p));

    /// <inheritdoc/>
    public static Point<Secp256k1> SumOfProductsVarTime(
        ReadOnlySpan<Scalar<Secp256k1>> k, ReadOnlySpan<Point<Secp256k1>> p)
    {
        Point<Secp256k1> sum = default;
        for (var i = 0; i < k.Length; i++)
            sum = Add(sum, Multiply(k[i], p[i]));
        return sum;
    }

    /// <inheritdoc/>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, out Point<Secp256k1> p)
    {
        p = default;
        if (encoded.Length != 33 || (encoded[0] | 1) != 3 || !Secp256k1Field.TryRead(encoded[1..], out var x))
            return false;
        if (!(x.Square() * x + new Secp256k1Field(7, 0, 0, 0, 0)).TrySquareRoot(out var y))
            return false;
        if (y.IsOdd != ((encoded[0] & 1) != 0))
            y = -y;
        p = Pack(x, y, Secp256k1Field.One);
        return true;
    }

    /// <inheritdoc/>
    public static void Encode(in Point<Secp256k1> p, Span<byte> destination)
    {
        ToAffine(p, out var x, out var y);
        destination[0] = (byte)(2 | (y.Normalize().N0 & 1));
        x.Write(destination[1..]);
    }

    /// <inheritdoc/>
    public static void EncodeMany(ReadOnlySpan<Point<Secp256k1>> points, Span<byte> destination)
    {
        for (var i = 0; i < points.Length; i++)
            Encode(points[i], destination.Slice(33 * i, 33));
    }

    /// <summary>x and y; (0, 0) for the identity.</summary>
    internal static void ToAffine(in Point<Secp256k1> p, out Secp256k1Field x, out Secp256k1Field y)
    {
        Unpack(p, out var px, out var py, out var pz);
        var inverse = pz.Invert();
        x = px * inverse;
        y = py * inverse;
    }

    /// <summary>The point with these affine coordinates. False when they are not on the curve.</summary>
    internal static bool TryFromAffine(in Secp256k1Field x, in Secp256k1Field y, out Point<Secp256k1> p)
    {
        var onCurve = (x.Square() * x + new Secp256k1Field(7, 0, 0, 0, 0) - y.Square()).IsZero;
        p = onCurve ? Pack(x, y, Secp256k1Field.One) : default;
        return onCurve;
    }

    static Point<Secp256k1> Pack(in Secp256k1Field x, in Secp256k1Field y, in Secp256k1Field z)
    {
        PointLimbs limbs = default;
        Write(ref limbs, 0, x);
        Write(ref limbs, 5, y);
        Write(ref limbs, 10, z);
        limbs[5] ^= 1;
        return new(limbs);
    }

    static void Unpack(in Point<Secp256k1> p, out Secp256k1Field x, out Secp256k1Field y, out Secp256k1Field z)
    {
        ref readonly var l = ref p.Limbs;
        x = new(l[0], l[1], l[2], l[3], l[4]);
        y = new(l[5] ^ 1, l[6], l[7], l[8], l[9]);
        z = new(l[10], l[11], l[12], l[13], l[14]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Write(ref PointLimbs limbs, int at, in Secp256k1Field value)
    {
        limbs[at] = value.N0;
        limbs[at + 1] = value.N1;
        limbs[at + 2] = value.N2;
        limbs[at + 3] = value.N3;
        limbs[at + 4] = value.N4;
    }
}
