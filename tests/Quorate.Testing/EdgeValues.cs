using FsCheck;
using FsCheck.Fluent;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;

namespace Quorate.Testing;

/// <summary>Generators weighted towards the values where arithmetic and parsers break.</summary>
public static class EdgeValues
{
    static readonly string[] words =
    [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000001",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "000000000000000000000000000000000000000000000000FFFFFFFFFFFFFFFF",
        "00000000000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
        "00FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
        "8000000000000000000000000000000000000000000000000000000000000000",
        "7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
        // secp256k1: (n − 1)/2 and the next, n − 1, n, n + 1, p − 1, p, p + 1.
        "7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0",
        "7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A1",
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364140",
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141",
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364142",
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC2E",
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC2F",
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC30",
    ];

    /// <summary>Any byte; half of them 00, 01, 7F, 80 or FF.</summary>
    public static Gen<byte> Byte { get; } = Gen.OneOf(
        Gen.Elements<byte>(0x00, 0x01, 0x7F, 0x80, 0xFF), Gen.Choose(0, 255).Select(value => (byte)value));

    /// <summary>Bytes of a length between the bounds, both included.</summary>
    public static Gen<byte[]> Bytes(int minLength, int maxLength) =>
        Gen.Choose(minLength, maxLength).SelectMany(length => Byte.ArrayOf(length));

    /// <summary>32 bytes, often a boundary of secp256k1.</summary>
    public static Gen<byte[]> Word { get; } = Gen.Frequency(
        (1, Gen.Elements(words).Select(Convert.FromHexString)), (1, Byte.ArrayOf(32)), (2, Uniform(32)));

    /// <summary>Uniform bytes.</summary>
    public static Gen<byte[]> Uniform(int length) => Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(length);

    /// <summary>A scalar of any curve, from <see cref="Word"/> modulo its order.</summary>
    public static Gen<Scalar<C>> Scalar<C>() where C : struct, ICurve<C> =>
        Word.Select(bytes => Cryptography.Curves.Scalar<C>.Reduce(bytes));

    /// <summary>A scalar other than zero.</summary>
    public static Gen<Scalar<C>> NonZeroScalar<C>() where C : struct, ICurve<C> =>
        Scalar<C>().Select(scalar => scalar.IsZero ? Cryptography.Curves.Scalar<C>.One : scalar);

    /// <summary>The seed of a <see cref="SeededRandom"/>.</summary>
    public static Gen<IRandom> Random { get; } =
        Gen.Choose(0, int.MaxValue).Select(seed => (IRandom)new SeededRandom((ulong)seed));
}
