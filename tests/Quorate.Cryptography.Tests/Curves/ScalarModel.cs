using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Quorate.Cryptography.Curves;

namespace Quorate.Cryptography.Tests.Curves;

/// <summary>Integers modulo the order of a curve, with big integers, and a generator weighted towards their edges.</summary>
static class ScalarModel<C> where C : struct, ICurve<C>
{
    public static BigInteger N { get; } = FromInteger(C.Order);

    /// <summary>The factor from a Montgomery form to its residue.</summary>
    static readonly BigInteger FromForm = Invert(BigInteger.One << 260);

    public static BigInteger Mod(BigInteger value) => ((value % N) + N) % N;

    public static BigInteger Invert(BigInteger value) => BigInteger.ModPow(value, N - 2, N);

    /// <summary>In the curve's byte order.</summary>
    public static byte[] Bytes(BigInteger value, int length = 32)
    {
        var bytes = new byte[length];
        Assert.True(value.TryWriteBytes(bytes, out _, isUnsigned: true));
        if (!C.IsLittleEndian)
            bytes.AsSpan().Reverse();
        return bytes;
    }

    /// <summary>From the curve's byte order.</summary>
    public static BigInteger FromBytes(ReadOnlySpan<byte> bytes) =>
        new(bytes, isUnsigned: true, isBigEndian: !C.IsLittleEndian);

    public static BigInteger FromInteger(in UInt256 value)
    {
        var bytes = new byte[32];
        value.WriteLittleEndian(bytes);
        return new(bytes, isUnsigned: true);
    }

    public static Scalar<C> ToScalar(BigInteger value) => Scalar<C>.Decode(Bytes(Mod(value)));

    public static BigInteger FromScalar(in Scalar<C> value) => FromBytes(value.Encode());

    /// <summary>
    /// Residues: around zero, the order and its half, around powers of two, any; and those of which the Montgomery form
    /// is at such an edge.
    /// </summary>
    public static Gen<BigInteger> Residues
    {
        get
        {
            var near = Gen.Choose(-3, 3).Select(i => (BigInteger)i);
            var middle = Gen.Elements(0, N, N / 2, N / 3).SelectMany(edge => near.Select(i => Mod(edge + i)));
            var words = Gen.Elements(64, 128, 192, 252, 255, 256).SelectMany(k => near.Select(i => Mod((BigInteger.One << k) + i)));
            var power = Gen.Choose(0, 256).SelectMany(k => near.Select(i => Mod((BigInteger.One << k) + i)));
            var any = Gen.Choose(0, 255).Select(i => (byte)i).ArrayOf(48).Select(bytes => Mod(FromBytes(bytes)));
            var edge = Gen.OneOf(middle, words, power);
            var form = edge.Select(value => Mod(value * FromForm));
            return Gen.Frequency((3, edge), (1, form), (2, any));
        }
    }

    public static Gen<Scalar<C>> Scalars => Residues.Select(ToScalar);
}
