using Quorate.Chains.Bitcoin;

namespace Quorate.Chains.Tests.Bitcoin;

/// <summary>The codec of transactions: one encoding, and a refusal for every other.</summary>
public class TransactionTests
{
    // One input, one output, no witness; and the same with a witness of one item.
    const string Point = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f00000000";
    const string Plain = "02000000" + "01" + Point + "00" + "ffffffff" + "01" + "e803000000000000" + "0151" + "00000000";
    const string Witness = "02000000" + "0001" + "01" + Point + "00" + "ffffffff" + "01" + "e803000000000000" + "0151" + "010107" + "00000000";

    [Fact]
    public void Both_serialisations_are_read_and_have_one_id()
    {
        var (plain, witness) = (Decode(Plain), Decode(Witness));
        Assert.Equal(Plain, Convert.ToHexStringLower(plain.Encode()));
        Assert.Equal(Witness, Convert.ToHexStringLower(witness.Encode()));
        Assert.Equal(plain.Id, witness.Id);
        Assert.Equal(plain.Id, new BitcoinTransaction(2, plain.Inputs, plain.Outputs, 0).Id);
        Assert.Equal((4 * 61, 4 * 61 + 2 + 3), (plain.Weight, witness.Weight));
        Assert.Equal("1f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100:0", plain.Inputs[0].Previous.ToString());
        Assert.Equal(TxId.Parse("1f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100"), plain.Inputs[0].Previous.Transaction);
    }

    [Theory]
    [InlineData("", "too early")]
    [InlineData(Plain + "00", "1 bytes too many")]
    [InlineData("02000000" + "00" + "00" + "00000000", "no inputs")]
    [InlineData("02000000" + "0000" + "01" + Point + "00" + "ffffffff" + "01" + "e803000000000000" + "0151" + "0107" + "00000000", "flag")]
    [InlineData("02000000" + "0001" + "01" + Point + "00" + "ffffffff" + "01" + "e803000000000000" + "0151" + "00" + "00000000", "no witness")]
    [InlineData("02000000" + "01" + Point + "00" + "ffffffff" + "00" + "00000000", "no outputs")]
    [InlineData("02000000" + "fd0100" + Point + "00" + "ffffffff" + "01" + "e803000000000000" + "0151" + "00000000", "shortest")]
    [InlineData("02000000" + "01" + Point + "fd0000" + "ffffffff" + "01" + "e803000000000000" + "0151" + "00000000", "shortest")]
    [InlineData("02000000" + "feffffffff" + Point, "count")]
    [InlineData("02000000" + "ffffffffffffffffff" + Point, "count")]
    [InlineData("02000000" + "02" + Point + "00" + "ffffffff" + Point + "00" + "ffffffff" + "01" + "e803000000000000" + "0151" + "00000000", "twice")]
    [InlineData("02000000" + "01" + Point + "00" + "ffffffff" + "01" + "0140075af0750700" + "0151" + "00000000", "21 million")]
    [InlineData("02000000" + "01" + Point + "00" + "ffffffff" + "02" + "0040075af0750700" + "0151" + "0100000000000000" + "0151" + "00000000", "21 million")]
    public void Everything_else_is_refused_with_the_reason(string hex, string reason) =>
        Assert.Contains(reason, Assert.Throws<FormatException>(() => Decode(hex)).Message, StringComparison.Ordinal);

    [Fact]
    public void An_input_twice_is_found_among_many()
    {
        var inputs = Enumerable.Range(0, 50).Select(i => new TxInput(new(default, (uint)i), 0)).Append(new(new(default, 7), 0));
        var bytes = new BitcoinTransaction(2, [.. inputs], [new(1, new byte[1])], 0).Encode();
        Assert.Contains("twice", Assert.Throws<FormatException>(() => BitcoinTransaction.Decode(bytes)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1F1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100")]
    [InlineData("1f1e1d1c1b1a191817161514131211100f0e0d0c0b0a0908070605040302010")]
    public void Other_texts_are_no_ids(string text) => Assert.Throws<FormatException>(() => TxId.Parse(text));

    static BitcoinTransaction Decode(string hex) => BitcoinTransaction.Decode(Convert.FromHexString(hex));
}
