using System.Text.Json;
using Quorate.Chains.Ethereum.Rlp;

namespace Quorate.Chains.Tests.Ethereum;

public class RlpTests
{
    [Fact]
    public void Ethers_cases_are_written_and_read_as_they_say() => Assert.All(Ethers.TestCases("rlp-coder").EnumerateArray(), v =>
    {
        var encoded = Hex.Bytes(v.GetProperty("encoded"));
        var writer = new RlpWriter(stackalloc byte[8]);
        Write(ref writer, v.GetProperty("decoded"));
        Assert.Equal(encoded, writer.Written);

        var reader = new RlpReader(encoded);
        Read(ref reader, v.GetProperty("decoded"));
        reader.End();
    });

    // After the groups of ethereum/tests, RLPTests/invalidRLPTest.json.
    [Theory]
    [InlineData("", "missing")]
    [InlineData("bf0f000000000000021111", "longer")]
    [InlineData("ff0f000000000000021111", "longer")]
    [InlineData("f8", "longer")]
    [InlineData("b8", "longer")]
    [InlineData("c180ff", "too many")]
    [InlineData("8100", "single byte")]
    [InlineData("817f", "single byte")]
    [InlineData("b800", "shortest")]
    [InlineData("b837", "shortest")]
    [InlineData("f800", "shortest")]
    [InlineData("f837", "shortest")]
    [InlineData("b90000", "shortest")]
    [InlineData("b9005600", "shortest")]
    [InlineData("f9005600", "shortest")]
    [InlineData("ba000200000000", "shortest")]
    [InlineData("83dead", "left")]
    [InlineData("c401020304ff", "too many")]
    [InlineData("c5010203", "left")]
    [InlineData("b840ffeeddccbbaa99887766554433221100", "left")]
    [InlineData("bb7fffffff00", "left")]
    [InlineData("bbffffffff00", "longer")]
    [InlineData("f90180", "left")]
    public void What_is_not_canonical_is_refused_with_the_place(string hex, string reason)
    {
        var message = Assert.Throws<FormatException>(() =>
        {
            var reader = new RlpReader(Convert.FromHexString(hex));
            if (reader.IsList)
                reader.ReadList().CountItems();
            else
                reader.ReadBytes();
            reader.End();
        }).Message;
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.Contains("at byte", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("00")]
    [InlineData("820001")]
    [InlineData("a1010000000000000000000000000000000000000000000000000000000000000000")]
    public void Integers_have_no_leading_zeros_and_32_bytes_at_most(string hex) => Assert.Throws<FormatException>(() =>
    {
        var reader = new RlpReader(Convert.FromHexString(hex));
        reader.ReadAmount();
    });

    [Fact]
    public void Lists_and_bytes_are_told_apart()
    {
        Assert.Contains("list", Assert.Throws<FormatException>(() => new RlpReader([0xC0]).ReadBytes()).Message, StringComparison.Ordinal);
        Assert.Contains("bytes", Assert.Throws<FormatException>(() => new RlpReader([0x80]).ReadList()).Message, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => new RlpReader([0x82, 1, 2]).ReadBytes(3));
    }

    [Fact]
    public void A_place_counts_from_the_outermost_beginning()
    {
        var message = Assert.Throws<FormatException>(() =>
        {
            var outer = new RlpReader([0xC4, 0x01, 0xC2, 0x81, 0x05]);
            var list = outer.ReadList();
            list.ReadBytes();
            list.ReadList().ReadBytes();
        }).Message;
        Assert.Contains("at byte 3", message, StringComparison.Ordinal);
    }

    static void Write(ref RlpWriter writer, JsonElement item)
    {
        if (item.ValueKind == JsonValueKind.String)
        {
            writer.Write(Hex.Bytes(item));
            return;
        }
        var list = writer.BeginList();
        foreach (var inner in item.EnumerateArray())
            Write(ref writer, inner);
        writer.EndList(list);
    }

    static void Read(ref RlpReader reader, JsonElement item)
    {
        Assert.Equal(item.ValueKind == JsonValueKind.Array, reader.IsList);
        if (item.ValueKind == JsonValueKind.String)
        {
            Assert.Equal(Hex.Bytes(item), reader.ReadBytes());
            return;
        }
        var list = reader.ReadList();
        Assert.Equal(item.GetArrayLength(), list.CountItems());
        foreach (var inner in item.EnumerateArray())
            Read(ref list, inner);
        list.End();
    }
}
