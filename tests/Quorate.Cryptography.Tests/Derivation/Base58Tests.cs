using FsCheck;
using FsCheck.Fluent;
using Quorate.Cryptography.Derivation;
using Quorate.Testing;

namespace Quorate.Cryptography.Tests.Derivation;

public class Base58Tests
{
    // Bitcoin Core's base58_encode_decode.json and draft-msporny-base58.
    [Theory]
    [InlineData("", "")]
    [InlineData("61", "2g")]
    [InlineData("626262", "a3gV")]
    [InlineData("636363", "aPEr")]
    [InlineData("73696d706c792061206c6f6e6720737472696e67", "2cFupjhnEsSn59qHXstmK2ffpLv2")]
    [InlineData("00eb15231dfceb60925886b67d065299925915aeb172c06647", "1NS17iag9jJgTHD1VXjvLCEnZuQ3rJDE9L")]
    [InlineData("516b6fcd0f", "ABnLTmg")]
    [InlineData("bf4f89001e670274dd", "3SEo3LWLoPntC")]
    [InlineData("572e4794", "3EFU7m")]
    [InlineData("ecac89cad93923c02321", "EJDM8drfXA6uyA")]
    [InlineData("10c8511e", "Rt5zm")]
    [InlineData("00000000000000000000", "1111111111")]
    [InlineData("0000287fb4cd", "11233QC4")]
    [InlineData("48656c6c6f20576f726c6421", "2NEpo7TZRRrLZSi2U")]
    public void Known_texts_come_out_and_go_in(string bytes, string text)
    {
        Assert.Equal(text, Base58.Encode(Convert.FromHexString(bytes)));
        Assert.Equal(bytes, Convert.ToHexStringLower(Decode(text)!));
    }

    [Fact]
    public void Every_byte_string_comes_back() =>
        Prop.ForAll(EdgeValues.Bytes(0, 140).ToArbitrary(), bytes =>
        {
            var text = Base58.Encode(bytes);
            Assert.InRange(text.Length, 0, Base58.GetMaxEncodedLength(bytes.Length));
            Assert.Equal(bytes, Decode(text));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_text_of_the_alphabet_comes_back() =>
        Prop.ForAll(Gen.Elements("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz1111zz".ToCharArray()).ArrayOf().ToArbitrary(), letters =>
            Assert.Equal(new string(letters), Base58.Encode(Decode(new string(letters))!))).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("0")]
    [InlineData("O")]
    [InlineData("I")]
    [InlineData("l")]
    [InlineData("2g ")]
    [InlineData(" 2g")]
    [InlineData("2g\n")]
    [InlineData("é")]
    [InlineData("２g")]
    [InlineData("2\0g")]
    public void Other_characters_are_refused(string text) => Assert.Null(Decode(text));

    [Fact]
    public void The_destination_must_hold_all_bytes()
    {
        Assert.True(Base58.TryDecode("1112g", new byte[4], out var written));
        Assert.Equal(4, written);
        Assert.False(Base58.TryDecode("1112g", new byte[3], out written));
        Assert.Equal(0, written);
        Assert.Throws<ArgumentException>(() => Base58.Encode([1, 2, 3], new char[Base58.GetMaxEncodedLength(3) - 1]));
    }

    [Fact]
    public void The_largest_input_passes_and_a_larger_one_is_refused()
    {
        var bytes = new byte[Base58.MaxSize];
        bytes.AsSpan().Fill(0xFF);
        Assert.Equal(bytes, Decode(Base58.Encode(bytes)));
        Assert.Equal(new byte[Base58.MaxSize], Decode(new string('1', Base58.MaxSize)));
        Assert.Throws<ArgumentException>(() => Base58.Encode(new byte[Base58.MaxSize + 1]));
        Assert.Null(Decode(new string('1', Base58.MaxSize + 1)));
        Assert.Null(Decode("2" + new string('1', Base58.GetMaxEncodedLength(Base58.MaxSize))));
        Assert.Null(Decode("z" + Base58.Encode(bytes)));
    }

    static byte[]? Decode(string text)
    {
        var bytes = new byte[Base58.MaxSize + 8];
        return Base58.TryDecode(text, bytes, out var written) ? bytes[..written] : null;
    }
}
