using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Quorate.Cryptography.Curves;
using static Quorate.Cryptography.Tests.Curves.Secp256k1Tests.Secp256k1Model;

namespace Quorate.Cryptography.Tests.Curves.Secp256k1Tests;

/// <summary>Generators weighted towards the edges of limbs, the field, scalars and the group.</summary>
static class Cases
{
    /// <summary>Above every limb of a loose field element.</summary>
    public const ulong LooseBound = (1UL << 52) + (1UL << 49);

    /// <summary>Loose elements: limbs at their bound or next to a carry, values next to a multiple of p, any.</summary>
    public static Gen<Secp256k1Field> Field
    {
        get
        {
            var edge = Gen.Elements<ulong>(
                0UL, 1UL, 2UL, 976UL, 0x1000003D1, 0x1000003D0, Secp256k1Field.Fold, (1UL << 48) - 1, 1UL << 48,
                (1UL << 52) - 0x1000003D1, (1UL << 52) - 0x1000003D2, (1UL << 52) - 1, 1UL << 52, LooseBound - 1);
            var any = Gen.Choose(0, 255).Select(i => (byte)i).ArrayOf(8).Select(bytes => BitConverter.ToUInt64(bytes) % LooseBound);
            var mixed = Gen.Frequency((2, edge), (1, any)).ArrayOf(5).Select(l => new Secp256k1Field(l[0], l[1], l[2], l[3], l[4]));
            var top = Gen.Constant(new Secp256k1Field(LooseBound - 1, LooseBound - 1, LooseBound - 1, LooseBound - 1, LooseBound - 1));
            // The last limb's bound leaves room for the multiples up to 17.
            var multiple = from factor in Gen.Choose(0, 17)
                           from offset in Gen.Choose(-3, 3)
                           select ToField(BigInteger.Max(0, (factor * P) + offset));
            return Gen.Frequency((6, mixed), (1, top), (3, multiple));
        }
    }

    /// <summary>Residues at the edges of the order, of 2ᵏ and of the endomorphism.</summary>
    public static Gen<Scalar<Secp256k1>> Scalars => Gen.Frequency((4, ScalarModel<Secp256k1>.Scalars), (1, Gen.Elements(EdgeScalars)));

    /// <summary>0, 1, 2, n − 1, n − 2, (n ± 1)/2, ±λ, ±λ ± 1, and 2ᵏ and 2ᵏ − 1 for every k.</summary>
    public static Scalar<Secp256k1>[] EdgeScalars { get; } =
    [
        .. new[]
        {
            0, 1, 2, 3, -1, -2, (ScalarModel<Secp256k1>.N - 1) / 2, (ScalarModel<Secp256k1>.N + 1) / 2,
            Lambda, Lambda + 1, Lambda - 1, -Lambda, 1 - Lambda, -Lambda - 1, 2 * Lambda,
        }.Select(ScalarModel<Secp256k1>.ToScalar),
        .. Enumerable.Range(1, 255).SelectMany(k => new[] { BigInteger.One << k, (BigInteger.One << k) - 1 })
            .Select(ScalarModel<Secp256k1>.ToScalar),
    ];

    /// <summary>Points of the group with any Z: the identity, small multiples of the base point, and any.</summary>
    public static Gen<Point<Secp256k1>> Points =>
        from k in Scalars
        from factor in Field
        select Rescale(Point<Secp256k1>.MultiplyBase(k), factor.IsZero ? Secp256k1Field.One : factor);
}
