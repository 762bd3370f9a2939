using FsCheck;
using FsCheck.Fluent;
using Quorate.Cryptography.Derivation;
using Quorate.Testing;

namespace Quorate.Cryptography.Tests.Derivation;

public class Base58CheckTests
{
    // The address of the genesis block's key and the WIF form of the secret 1, compressed.
    [Theory]
    [InlineData("0062e907b15cbf27d5425399ebf6f0fb50ebb88f18", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")]
    [InlineData("80000000000000000000000000000000000000000000000000000000000000000101", "KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn")]
    public void Known_texts_come_out_and_go_in(string payload, string text)
    {
        Assert.Equal(text, Base58Check.Encode(Convert.FromHexString(payload)));
        var decoded = new byte[Base58Check.MaxSize];
        Assert.True(Base58Check.TryDecode(text, decoded, out var written));
        Assert.Equal(payload, Convert.ToHexStringLower(decoded.AsSpan(0, written)));
    }

    [Fact]
    public void Every_payload_comes_back_and_no_text_with_one_letter_changed_does() =>
        Prop.ForAll(EdgeValues.Bytes(0, Base58Check.MaxSize).ToArbitrary(), Gen.Choose(0, 1000).ToArbitrary(), (payload, choice) =>
        {
            var text = Base58Check.Encode(payload);
            var decoded = new byte[payload.Length];
            Assert.True(Base58Check.TryDecode(text, decoded, out var written));
            Assert.Equal(payload.Length, written);
            Assert.Equal(payload, decoded);

            var letters = text.ToCharArray();
            var at = choice % letters.Length;
            letters[at] = letters[at] == 'z' ? 'y' : 'z';
            Assert.False(Base58Check.TryDecode(letters, new byte[Base58Check.MaxSize], out written));
            Assert.Equal(0, written);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_too_short_for_a_checksum_or_too_long_is_refused()
    {
        Assert.False(Base58Check.TryDecode("", new byte[8], out _));
        Assert.False(Base58Check.TryDecode("111", new byte[8], out _));
        var text = Base58Check.Encode(new byte[10]);
        Assert.False(Base58Check.TryDecode(text, new byte[9], out _));
        Assert.True(Base58Check.TryDecode(text, new byte[10], out _));
        Assert.Throws<ArgumentException>(() => Base58Check.Encode(new byte[Base58Check.MaxSize + 1]));
        Assert.False(Base58Check.TryDecode(new string('1', 1000), new byte[Base58Check.MaxSize], out _));
    }
}
