using System.Numerics;
using FsCheck;
using FsCheck.Fluent;

namespace Quorate.Chains.Tests;

public class AmountTests
{
    static readonly BigInteger Limit = BigInteger.One << 256;

    static readonly BigInteger[] Edges =
    [
        0, 1, 9, 10, ulong.MaxValue, (BigInteger)ulong.MaxValue + 1, (BigInteger)UInt128.MaxValue,
        (BigInteger)UInt128.MaxValue + 1, BigInteger.Pow(10, 19), BigInteger.Pow(10, 38), BigInteger.Pow(10, 77), Limit - 1,
    ];

    static readonly Arbitrary<BigInteger> Values = Arb.From(Gen.Frequency(
        (1, Gen.Elements(Edges)),
        (2, ArbMap.Default.GeneratorFor<byte>().ArrayOf(32).Select(bytes => new BigInteger(bytes, isUnsigned: true)))));

    static Amount From(BigInteger value) => Amount.FromBigEndian(value.ToByteArray(isUnsigned: true, isBigEndian: true));

    [Fact]
    public void Adding_in_place_adds()
    {
        Amount sum = 2;
        Assert.True(sum.TryAdd(3, out sum));
        Assert.Equal((Amount)5, sum);
        sum = Amount.MaxValue;
        Assert.False(sum.TryAdd(1, out _));
    }

    [Fact]
    public void Text_is_what_an_integer_writes_and_reads_back() => Prop.ForAll(Values, value =>
        From(value).ToString() == value.ToString() && Amount.Parse(value.ToString()) == From(value)).QuickCheckThrowOnFailure();

    [Fact]
    public void Sums_differences_and_order_are_those_of_integers() => Prop.ForAll(Values, Values, (a, b) =>
    {
        var sumFits = a + b < Limit;
        return From(a).TryAdd(From(b), out var sum) == sumFits
            && (sumFits ? sum == From(a + b) && From(a) + From(b) == sum : Throws(() => From(a) + From(b)))
            && (a >= b ? From(a) - From(b) == From(a - b) : Throws(() => From(a) - From(b)))
            && Math.Sign(From(a).CompareTo(From(b))) == a.CompareTo(b);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Products_and_quotients_are_those_of_integers() =>
        Prop.ForAll(Values, ArbMap.Default.ArbFor<ulong>(), (a, b) =>
            (a * b < Limit ? From(a) * b == From(a * b) : Throws(() => From(a) * b))
            && (b == 0 || From(a) / b == From(a / b))).QuickCheckThrowOnFailure();

    [Fact]
    public void Bytes_are_written_in_full_and_read_back() => Prop.ForAll(Values, value =>
    {
        var bytes = new byte[Amount.Size];
        From(value).WriteBigEndian(bytes);
        return Amount.FromBigEndian(bytes) == From(value) && new BigInteger(bytes, isUnsigned: true, isBigEndian: true) == value;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("01")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("٣")]
    [InlineData("115792089237316195423570985008687907853269984665640564039457584007913129639936")]
    [InlineData("1000000000000000000000000000000000000000000000000000000000000000000000000000000")]
    public void What_is_not_plain_digits_below_the_limit_is_refused(string? text) => Assert.False(Amount.TryParse(text, out _));

    static bool Throws(Func<Amount> operation)
    {
        try
        {
            operation();
            return false;
        }
        catch (OverflowException)
        {
            return true;
        }
    }
}
