using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using FsCheck;
using FsCheck.Fluent;
using Quorate.Cryptography.Curves;
using static Quorate.Cryptography.Tests.Curves.Ed25519Tests.Ed25519Model;

namespace Quorate.Cryptography.Tests.Curves.Ed25519Tests;

public class Field25519LanesTests
{
    static ulong Tight(int limb) => limb % 2 == 0 ? (1UL << 26) + (1UL << 13) : (1UL << 25) + (1UL << 17);

    /// <summary>Lanes with limbs up to a multiple of tight ones, often at a bound or next to a carry.</summary>
    static Gen<Field25519Lanes> Lanes(ulong multiple)
    {
        // A choice and a number for each of ten limbs in four lanes.
        var choices =
            from kinds in Gen.Choose(0, 11).ArrayOf(4 * Field25519Lanes.Limbs)
            from words in Gen.Choose(0, int.MaxValue).ArrayOf(4 * Field25519Lanes.Limbs)
            select kinds.Zip(words, (kind, word) => (kind, (ulong)word)).ToArray();
        ulong Limb(int i, (int Kind, ulong Word) choice) => choice.Kind switch
        {
            0 => 0,
            1 => 1,
            2 => Math.Min((1UL << 25) - 1, multiple * Tight(i)),
            3 => Math.Min(1UL << 25, multiple * Tight(i)),
            4 => Math.Min((1UL << 26) - 1, multiple * Tight(i)),
            5 => Math.Min(1UL << 26, multiple * Tight(i)),
            6 => Tight(i) - 1,
            7 => multiple * (Tight(i) - 1),
            _ => choice.Word % (multiple * Tight(i)),
        };
        return choices.Select(choice =>
        {
            Field25519Lanes lanes = default;
            for (var i = 0; i < Field25519Lanes.Limbs; i++)
                lanes[i] = Vector256.Create(
                    Limb(i, choice[4 * i]), Limb(i, choice[(4 * i) + 1]), Limb(i, choice[(4 * i) + 2]), Limb(i, choice[(4 * i) + 3]));
            return lanes;
        });
    }

    static Field25519Lanes Full(ulong multiple)
    {
        Field25519Lanes lanes = default;
        for (var i = 0; i < Field25519Lanes.Limbs; i++)
            lanes[i] = Vector256.Create(multiple * (Tight(i) - 1));
        return lanes;
    }

    static BigInteger Value(in Field25519Lanes lanes, int lane)
    {
        BigInteger value = 0;
        for (var i = 0; i < Field25519Lanes.Limbs; i++)
            value += (BigInteger)lanes[i][lane] << ((51 * i + 1) / 2);
        return Mod(value);
    }

    static bool IsTight(in Field25519Lanes lanes)
    {
        for (var i = 0; i < Field25519Lanes.Limbs; i++)
            for (var lane = 0; lane < 4; lane++)
                if (lanes[i][lane] >= Tight(i))
                    return false;
        return true;
    }

    static bool IsProduct(in Field25519Lanes product, in Field25519Lanes a, in Field25519Lanes b)
    {
        for (var lane = 0; lane < 4; lane++)
            if (Value(product, lane) != Mod(Value(a, lane) * Value(b, lane)))
                return false;
        return IsTight(product);
    }

    [Fact]
    public void Products_are_right_lane_by_lane_and_tight()
    {
        if (!Avx2.IsSupported)
            return;
        Generators.Holds(from a in Lanes(5) from b in Lanes(3) select (a, b), pair =>
        {
            Field25519Lanes product = default;
            Field25519Lanes.Multiply(ref product, pair.a, pair.b);
            return IsProduct(product, pair.a, pair.b);
        }, 2000);
    }

    [Fact]
    public void The_largest_limbs_do_not_overflow_a_product()
    {
        if (!Avx2.IsSupported)
            return;
        Field25519Lanes product = default;
        Field25519Lanes.Multiply(ref product, Full(5), Full(3));
        Assert.True(IsProduct(product, Full(5), Full(3)));
    }

    [Fact]
    public void A_product_may_replace_a_factor()
    {
        if (!Avx2.IsSupported)
            return;
        Generators.Holds(from a in Lanes(3) from b in Lanes(3) select (a, b), pair =>
        {
            var (first, second, both) = (pair.a, pair.b, pair.a);
            Field25519Lanes.Multiply(ref first, first, pair.b);
            Field25519Lanes.Multiply(ref second, pair.a, second);
            Field25519Lanes.Multiply(ref both, both, both);
            return IsProduct(first, pair.a, pair.b) && IsProduct(second, pair.a, pair.b) && IsProduct(both, pair.a, pair.a);
        });
    }

    [Fact]
    public void The_upper_halves_of_lanes_do_not_count_on_the_right()
    {
        if (!Avx2.IsSupported)
            return;
        var (clean, soiled) = (Full(3), Full(3));
        for (var i = 0; i < Field25519Lanes.Limbs; i++)
            soiled[i] |= Vector256.Create(0xDEADBEEFUL << 32);
        Field25519Lanes product = default;
        Field25519Lanes.Multiply(ref product, Full(2), soiled);
        Assert.True(IsProduct(product, Full(2), clean));
    }

    [Fact]
    public void Elements_go_in_and_out_unchanged() => Generators.Holds(Generators.Field((1UL << 51) + (1UL << 18)), (a, b) =>
    {
        Field25519Lanes.FromElements(out var lanes, a, b, b, a);
        return FromField(lanes.ToElement(0)) == FromField(a) && FromField(lanes.ToElement(1)) == FromField(b)
            && FromField(lanes.ToElement(2)) == FromField(b) && FromField(lanes.ToElement(3)) == FromField(a);
    });

    [Fact]
    public void Tight_lanes_leave_as_tight_elements() => Generators.Holds(Lanes(1), lanes =>
        Enumerable.Range(0, 4).All(lane =>
        {
            var element = lanes.ToElement(lane);
            return FromField(element) == Value(lanes, lane)
                && new[] { element.L0, element.L1, element.L2, element.L3, element.L4 }.All(limb => limb < (1UL << 51) + (1UL << 18));
        }));

    [Fact]
    public void Twice_the_modulus_is_zero_and_covers_tight_limbs()
    {
        Field25519Lanes twice = default;
        for (var i = 0; i < Field25519Lanes.Limbs; i++)
        {
            twice[i] = Vector256.Create(Field25519Lanes.TwiceModulus(i));
            Assert.True(Field25519Lanes.TwiceModulus(i) >= Tight(i));
        }
        Assert.True(Value(twice, 0).IsZero);
    }
}
