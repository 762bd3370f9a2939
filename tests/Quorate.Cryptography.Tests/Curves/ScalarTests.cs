using System.Globalization;
using System.Numerics;
using FsCheck.Fluent;
using Quorate.Cryptography.Curves;
using static Quorate.Cryptography.Tests.Curves.Ed25519Tests.Generators;

namespace Quorate.Cryptography.Tests.Curves;

public class Secp256k1ScalarTests : ScalarTests<Secp256k1>
{
    [Fact]
    public void The_order_is_that_of_sec_2() => Assert.Equal(
        BigInteger.Parse("0FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141", NumberStyles.HexNumber, CultureInfo.InvariantCulture),
        ScalarModel<Secp256k1>.N);

    [Fact]
    public void Encodings_are_big_endian() =>
        Assert.Equal([.. new byte[30], 1, 2], Scalar<Secp256k1>.FromUInt64(0x102).Encode());
}

public class Ed25519ScalarTests : ScalarTests<Ed25519>
{
    [Fact]
    public void The_order_is_that_of_rfc_8032() => Assert.Equal(Ed25519Tests.Ed25519Model.L, ScalarModel<Ed25519>.N);

    [Fact]
    public void Encodings_are_little_endian() =>
        Assert.Equal([2, 1, .. new byte[30]], Scalar<Ed25519>.FromUInt64(0x102).Encode());
}

/// <summary>Scalars of a curve against big integers.</summary>
public abstract class ScalarTests<C> where C : struct, ICurve<C>
{
    static readonly BigInteger N = ScalarModel<C>.N;

    static bool Is(BigInteger expected, in Scalar<C> actual) => ScalarModel<C>.Mod(expected) == ScalarModel<C>.FromScalar(actual);

    static Scalar<C> From(BigInteger value) => ScalarModel<C>.ToScalar(value);

    [Fact]
    public void Sums_differences_and_products_are_those_of_integers() => Holds(Pairs(ScalarModel<C>.Residues), pair =>
    {
        var (x, y) = pair;
        var (a, b) = (From(x), From(y));
        return Is(x + y, a + b) && Is(x - y, a - b) && Is(y - x, b - a) && Is(x * y, a * b) && Is(x * x, a * a)
            && Is(x + x, a + a) && Is(0, a - a) && Is(-x, -a) && Is(x, -(-a));
    }, 1000);

    [Fact]
    public void A_result_may_replace_an_operand() => Holds(Pairs(ScalarModel<C>.Residues), pair =>
    {
        var (x, y) = pair;
        var b = From(y);
        Scalar<C> sum = From(x), difference = sum, product = sum, twice = sum, square = sum, none = sum, opposite = sum, right = b;
        sum += b;
        difference -= b;
        product *= b;
        twice += twice;
        square *= square;
        none -= none;
        opposite = -opposite;
        right = From(x) - right;
        return Is(x + y, sum) && Is(x - y, difference) && Is(x * y, product) && Is(2 * x, twice) && Is(x * x, square)
            && none.IsZero && Is(-x, opposite) && Is(x - y, right);
    });

    [Fact]
    public void An_inverse_is_that_of_integers_in_either_time() => Holds(ScalarModel<C>.Residues, x =>
        x.IsZero || (ScalarModel<C>.Mod(x * ScalarModel<C>.FromScalar(From(x).Invert())).IsOne && From(x).Invert() == From(x).InvertVarTime()), 700);

    [Fact]
    public void Zero_has_no_inverse()
    {
        Assert.Throws<DivideByZeroException>(() => Scalar<C>.Zero.Invert());
        Assert.Throws<DivideByZeroException>(() => Scalar<C>.Zero.InvertVarTime());
        Assert.Throws<DivideByZeroException>(() => (Scalar<C>.One - Scalar<C>.One).Invert());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(128)]
    [InlineData(150)]
    public void Many_inverses_are_the_single_ones(int count)
    {
        var values = Enumerable.Range(1, count).Select(i => From(((BigInteger.One << i) * i) - 1)).ToArray();
        var inverses = values.ToArray();
        Scalar<C>.InvertAll(inverses);
        Assert.Equal(values.Select(value => value.Invert()), inverses);
    }

    [Fact]
    public void Many_inverses_are_refused_with_a_zero_and_nothing_changes()
    {
        foreach (var (count, place) in new[] { (1, 0), (3, 0), (3, 2), (64, 63), (65, 64), (150, 149) })
        {
            var values = Enumerable.Range(1, count).Select(i => From(-i)).ToArray();
            values[place] = default;
            var before = values.ToArray();
            Assert.Throws<DivideByZeroException>(() => Scalar<C>.InvertAll(values));
            Assert.Equal(before, values);
        }
    }

    [Fact]
    public void Any_1_to_64_bytes_are_reduced() => Holds(Testing.EdgeValues.Bytes(1, 64), bytes =>
        Is(ScalarModel<C>.FromBytes(bytes), Scalar<C>.Reduce(bytes)), 1000);

    [Fact]
    public void Every_length_of_ones_and_multiples_of_the_order_are_reduced()
    {
        for (var length = 1; length <= 64; length++)
        {
            var top = (BigInteger.One << (8 * length)) - 1;
            var multiple = top / N * N;
            foreach (var value in new[] { top, BigInteger.One << ((8 * length) - 1), multiple, multiple - 1, multiple + 1, top - N })
                if (value.Sign >= 0 && value <= top)
                    Assert.True(Is(value, Scalar<C>.Reduce(ScalarModel<C>.Bytes(value, length))));
        }
    }

    [Fact]
    public void None_and_65_bytes_are_not_reduced()
    {
        Assert.Throws<ArgumentException>(() => Scalar<C>.Reduce([]));
        Assert.Throws<ArgumentException>(() => Scalar<C>.Reduce(new byte[65]));
    }

    [Fact]
    public void Only_integers_below_the_order_decode()
    {
        var two256 = BigInteger.One << 256;
        foreach (var value in new[] { 0, 1, N / 2, N - 2, N - 1 })
        {
            Assert.True(Scalar<C>.TryDecode(ScalarModel<C>.Bytes(value), out var decoded));
            Assert.True(Is(value, decoded));
            Assert.Equal(ScalarModel<C>.Bytes(value), decoded.Encode());
        }
        // The order with a higher limb one larger, its lower ones smaller, too.
        foreach (var value in new[] { N, N + 1, N + (BigInteger.One << 64), ((N >> 128) + 1) << 128, two256 - 1, two256 - 2 })
        {
            var bytes = ScalarModel<C>.Bytes(value);
            Assert.False(Scalar<C>.TryDecode(bytes, out var decoded));
            Assert.True(decoded.IsZero);
            Assert.Throws<FormatException>(() => Scalar<C>.Decode(bytes));
        }
    }

    [Fact]
    public void Only_32_bytes_decode()
    {
        for (var length = 0; length <= 66; length++)
            Assert.Equal(length == 32, Scalar<C>.TryDecode(new byte[length], out _));
    }

    [Fact]
    public void An_encoding_decodes_to_the_scalar_and_is_what_the_span_gets() => Holds(ScalarModel<C>.Scalars, a =>
    {
        var encoded = new byte[34];
        encoded.AsSpan().Fill(0xAA);
        a.Encode(encoded.AsSpan(1, 32));
        return encoded.AsSpan(1, 32).SequenceEqual(a.Encode()) && encoded[0] == 0xAA && encoded[33] == 0xAA
            && Scalar<C>.Decode(a.Encode()) == a && Scalar<C>.From(a.Value) == a;
    });

    [Fact]
    public void Selection_takes_whole_scalars() => Holds(Pairs(ScalarModel<C>.Scalars), pair =>
        Scalar<C>.Select(pair.First, pair.Second, false) == pair.First && Scalar<C>.Select(pair.First, pair.Second, true) == pair.Second);

    [Fact]
    public void Any_64_bit_integer_is_a_scalar()
    {
        foreach (var value in (ulong[])[0, 1, 2, uint.MaxValue, 1UL << 63, ulong.MaxValue - 1, ulong.MaxValue])
            Assert.True(Is(value, Scalar<C>.FromUInt64(value)));
    }

    [Fact]
    public void The_default_is_zero()
    {
        Assert.True(default(Scalar<C>).IsZero);
        Assert.True(Is(0, default));
        Assert.Equal(Scalar<C>.Zero, default);
        Assert.True(Is(1, Scalar<C>.One));
        Assert.False(Scalar<C>.One.IsZero);
        Assert.Equal(Scalar<C>.Zero, -default(Scalar<C>));
    }

    [Fact]
    public void Equality_is_of_the_residues() => Holds(Pairs(ScalarModel<C>.Residues), pair =>
    {
        var (a, b) = (From(pair.First), From(pair.Second));
        var same = (a + b) - b;
        var equal = pair.First == pair.Second;
        return (a == b) == equal && (a != b) != equal && a.Equals(b) == equal && a.Equals((object)b) == equal
            && a == same && !(a != same) && a.GetHashCode() == same.GetHashCode() && !a.Equals("a") && (a != a + Scalar<C>.One);
    });

    [Fact]
    public void A_scalar_shows_nothing() => Assert.Equal($"Scalar<{C.Name}>", Scalar<C>.FromUInt64(42).ToString());

    [Fact]
    public void Nothing_is_allocated()
    {
        var a = From(N / 3);
        var wide = new byte[64];
        var many = new Scalar<C>[70];
        many.AsSpan().Fill(a);
        Allocations.AssertNone(() =>
        {
            a = (a * a) + (a - Scalar<C>.FromUInt64(3));
            a = -a.Invert() + a.InvertVarTime() + Scalar<C>.One;
            a = Scalar<C>.Select(a, a * a, a == Scalar<C>.One);
            a.Encode(wide);
            Assert.True(Scalar<C>.TryDecode(wide.AsSpan(0, 32), out var b));
            a = b + Scalar<C>.Reduce(wide);
            Scalar<C>.InvertAll(many);
        });
    }
}
