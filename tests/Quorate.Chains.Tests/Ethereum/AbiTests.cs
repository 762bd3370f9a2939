using Quorate.Chains.Ethereum.Abi;

namespace Quorate.Chains.Tests.Ethereum;

public class AbiTests
{
    [Theory]
    [InlineData("uint256", false, 32)]
    [InlineData("int8", false, 32)]
    [InlineData("bytes32", false, 32)]
    [InlineData("address[3]", false, 96)]
    [InlineData("(address,bool)[2][3]", false, 384)]
    [InlineData("bytes", true, 32)]
    [InlineData("uint8[]", true, 32)]
    [InlineData("(string,uint256)", true, 32)]
    [InlineData("string[4]", true, 32)]
    public void Types_are_read_and_written_back(string text, bool isDynamic, int headSize)
    {
        var type = AbiType.Parse(text);
        Assert.Equal((text, isDynamic, headSize), (type.ToString(), type.IsDynamic, type.HeadSize));
    }

    [Theory]
    [InlineData("")]
    [InlineData("uint")]
    [InlineData("int")]
    [InlineData("uint0")]
    [InlineData("uint7")]
    [InlineData("uint264")]
    [InlineData("uint08")]
    [InlineData("bytes0")]
    [InlineData("bytes33")]
    [InlineData("byte")]
    [InlineData("fixed128x18")]
    [InlineData("function")]
    [InlineData("uint256[0]")]
    [InlineData("uint256[01]")]
    [InlineData("uint256[257]")]
    [InlineData("uint256[-1]")]
    [InlineData("uint256[")]
    [InlineData("uint256]")]
    [InlineData("()")]
    [InlineData("(uint256")]
    [InlineData("(uint256,)")]
    [InlineData("(uint256, address)")]
    [InlineData("uint256 ")]
    [InlineData("Uint256")]
    [InlineData("uint256[][][][][][][][][]")]
    [InlineData("((((((((((bool))))))))))")]
    [InlineData("uint256[256][256][256]")]
    public void What_is_no_type_is_refused(string text) => Assert.False(AbiType.TryParse(text, out _));

    [Theory]
    [InlineData("transfer(address,uint256)", "transfer(address,uint256)", 0xa9059cbb)]
    [InlineData("transfer(address to,uint256 amount)", "transfer(address,uint256)", 0xa9059cbb)]
    [InlineData("approve(address,uint256)", "approve(address,uint256)", 0x095ea7b3)]
    [InlineData("totalSupply()", "totalSupply()", 0x18160ddd)]
    public void Functions_have_their_canonical_signature_and_selector(string text, string signature, uint selector)
    {
        var function = AbiFunction.Parse(text);
        Assert.Equal((signature, selector), (function.Signature, function.Selector));
    }

    [Theory]
    [InlineData("transfer")]
    [InlineData("(address)")]
    [InlineData("1f()")]
    [InlineData("f(address to )")]
    [InlineData("f(address 1to)")]
    [InlineData("f()x")]
    [InlineData("f(uint)")]
    public void What_is_no_function_is_refused(string text) => Assert.False(AbiFunction.TryParse(text, out _));

    static string Word(int number) => number.ToString("x64", System.Globalization.CultureInfo.InvariantCulture);

    static void Refused(string type, params string[] words)
    {
        var function = AbiFunction.Parse($"f({type})");
        var data = Convert.FromHexString(function.Selector.ToString("x8", System.Globalization.CultureInfo.InvariantCulture) + string.Concat(words));
        Assert.Throws<FormatException>(() => function.Decode(data));
    }

    [Fact]
    public void Words_out_of_their_types_range_are_refused()
    {
        var ones = new string('f', 64);
        Refused("uint8", Word(256));
        Refused("uint248", ones);
        Refused("int8", Word(128));
        Refused("int8", ones[..62] + "7f");
        Refused("bool", Word(2));
        Refused("address", "01" + Word(0)[2..]);
        Refused("bytes4", Word(1));
        Refused("uint256", Word(1)[2..]);
        Refused("uint256");
    }

    [Fact]
    public void Offsets_point_where_the_compiler_puts_them()
    {
        Refused("bytes", Word(64), Word(0), Word(0));
        Refused("bytes", Word(0), Word(0));
        Refused("bytes", Word(33), Word(0));
        Refused("bytes", new string('f', 64), Word(0));
        // Two that share one tail.
        Refused("bytes,bytes", Word(64), Word(64), Word(0));
        // In the wrong order.
        Refused("bytes,bytes", Word(96), Word(64), Word(0), Word(0));
    }

    [Fact]
    public void Lengths_padding_and_ends_are_exact()
    {
        Refused("bytes", Word(32), Word(1));
        Refused("bytes", Word(32), Word(33), Word(0));
        Refused("bytes", Word(32), Word(1), "ff01" + Word(0)[4..]);
        Refused("bytes", Word(32), Word(0), Word(0));
        Refused("uint256[]", Word(32), Word(2), Word(1));
        Refused("uint256[]", Word(32), Word(int.MaxValue), Word(1));
        Refused("string", Word(32), Word(1), "ff" + Word(0)[2..]);
    }

    [Fact]
    public void Negative_numbers_are_written_with_their_sign()
    {
        var value = AbiValue.From(Amount.MaxValue);
        Assert.Equal("-1", value.Describe(AbiType.Parse("int256")));
        Assert.Equal("-57896044618658097711785492504343953926634992332820282019728792003956564819968",
            AbiValue.From(Amount.MaxValue / 2 + 1UL).Describe(AbiType.Parse("int256")));
    }

    [Fact]
    public void Arguments_that_do_not_fit_are_the_callers_mistake()
    {
        var function = AbiFunction.Parse("f(uint8,bytes)");
        Assert.Throws<ArgumentException>(() => function.Encode(AbiValue.From(1UL)));
        Assert.Throws<ArgumentException>(() => function.Encode(AbiValue.From(256UL), new AbiValue.Blob(default)));
        Assert.Throws<ArgumentException>(() => function.Encode(AbiValue.From(1UL), AbiValue.From(1UL)));
    }

    [Fact]
    public void What_is_decoded_encodes_to_the_same_bytes()
    {
        using var random = new RandomTransactions(5);
        for (var i = 0; i < 2000; i++)
        {
            var (function, values) = RandomAbi.Call(random);
            var data = function.Encode(values);
            var decoded = function.Decode(data);
            Assert.Equal(data, function.Encode(decoded.AsSpan()));
            Assert.Equal(
                values.Zip(function.Parameters, (v, p) => v.Describe(p.Type)), decoded.Zip(function.Parameters, (v, p) => v.Describe(p.Type)));
        }
    }
}
