using System.Numerics;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Tests.Curves.Ed25519Tests;

namespace Quorate.Cryptography.Tests.Curves;

public class WnafTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(8)]
    public void Digits_are_sparse_odd_and_small_and_sum_to_the_scalar(int width) => Generators.Holds(Generators.Scalars, k =>
    {
        var digits = new sbyte[Wnaf.MaxDigits];
        digits.AsSpan().Fill(42);
        var count = Wnaf.RecodeVarTime(digits, k.Value, width);
        BigInteger sum = 0;
        var last = -width;
        for (var i = 0; i < digits.Length; i++)
        {
            if (digits[i] == 0)
                continue;
            if (i - last < width || digits[i] % 2 == 0 || Math.Abs((int)digits[i]) >= 1 << (width - 1) || i >= count)
                return false;
            sum += (BigInteger)digits[i] << i;
            last = i;
        }
        return sum == Ed25519Model.FromScalar(k) && count == last + 1 + (k.IsZero ? width - 1 : 0);
    }, 500);

    [Fact]
    public void The_largest_value_fits()
    {
        var top = new UInt256(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue >> 1);
        var digits = new sbyte[Wnaf.MaxDigits];
        Assert.Equal(256, Wnaf.RecodeVarTime(digits, top, 8));
        Assert.Equal(1, digits[255]);
        Assert.Equal(-1, digits[0]);
    }
}
