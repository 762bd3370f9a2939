using FsCheck;
using FsCheck.Fluent;
using Quorate.Rpc.Framing;

namespace Quorate.Rpc.Tests.Wire;

/// <summary>The texts in gRPC's headers.</summary>
public sealed class HeaderCodecTests
{
    [Theory]
    [InlineData("1n", 1)]
    [InlineData("100n", 1)]
    [InlineData("101n", 2)]
    [InlineData("1u", 10)]
    [InlineData("99999999u", 999_999_990)]
    [InlineData("20m", 200_000)]
    [InlineData("3S", 30_000_000)]
    [InlineData("2M", 1_200_000_000)]
    [InlineData("1H", 36_000_000_000)]
    [InlineData("0S", 0)]
    public void A_timeout_is_a_number_and_a_unit(string text, long ticks)
    {
        Assert.True(GrpcTimeout.TryParse(text, out var timeout));
        Assert.Equal(ticks, timeout.Ticks);
    }

    [Fact]
    public void A_timeout_longer_than_time_is_the_longest()
    {
        Assert.True(GrpcTimeout.TryParse("99999999H", out var timeout));
        Assert.True(timeout > TimeSpan.FromDays(365 * 1000));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("S")]
    [InlineData("-1S")]
    [InlineData("+1S")]
    [InlineData("1.5S")]
    [InlineData(" 1S")]
    [InlineData("1s")]
    [InlineData("123456789n")]
    [InlineData("١S")]
    public void What_is_no_timeout_is_refused(string text) => Assert.False(GrpcTimeout.TryParse(text, out _));

    [Fact]
    public void A_timeout_is_written_rounded_up_and_reads_back() => Prop.ForAll(
        Gen.OneOf(Gen.Choose(1, int.MaxValue).Select(i => (long)i), Gen.Choose(1, int.MaxValue).Select(i => (long)i << 28)).ToArbitrary(),
        ticks =>
        {
            var text = GrpcTimeout.Format(TimeSpan.FromTicks(ticks));
            return text.Length <= 9 && GrpcTimeout.TryParse(text, out var read) && (read.Ticks >= ticks || text == "99999999H")
                && read.Ticks - ticks <= Math.Max(10, ticks / 1000);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_timeout_that_is_over_is_a_nanosecond() => Assert.Equal("1n", GrpcTimeout.Format(TimeSpan.FromSeconds(-5)));

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("50%", "50%25")]
    [InlineData("é\n", "%C3%A9%0A")]
    public void A_text_is_percent_encoded(string text, string encoded)
    {
        Assert.Equal(encoded, GrpcMessageText.Encode(text));
        Assert.Equal(text, GrpcMessageText.Decode(encoded));
    }

    [Theory]
    [InlineData("%", "%")]
    [InlineData("%4", "%4")]
    [InlineData("%zz%41", "%zzA")]
    [InlineData("%ff", "\ufffd")]
    public void A_text_that_is_wrongly_encoded_is_read_all_the_same(string encoded, string text) =>
        Assert.Equal(text, GrpcMessageText.Decode(encoded));

    [Theory]
    [InlineData("AAE", new byte[] { 0, 1 })]
    [InlineData("AAE=", new byte[] { 0, 1 })]
    [InlineData("", new byte[0])]
    [InlineData("AAEC", new byte[] { 0, 1, 2 })]
    public void Binary_metadata_is_read_with_and_without_padding(string text, byte[] bytes) =>
        Assert.Equal(bytes, MetadataHeaders.Decode([("x-bin", text)]).GetValueBytes("x-bin"));

    [Fact]
    public void Metadata_of_the_protocol_is_not_the_application_s() => Assert.Equal(
        ["mine", "grpc-status-details-bin"],
        MetadataHeaders.Decode(
        [
            (":path", "/"), ("te", "trailers"), ("content-type", "x"), ("grpc-timeout", "1S"), ("grpc-anything", "1"),
            ("mine", "1"), ("grpc-status-details-bin", "AA"), ("not~allowed", "1"), ("umlaut", "ä"),
        ]).Select(e => e.Key));

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("grpc-status")]
    [InlineData("ä")]
    public void A_key_that_is_none_is_a_mistake_of_the_caller(string key) =>
        Assert.ThrowsAny<ArgumentException>(() => new Metadata { { key, "value" } });

    [Fact]
    public void A_value_fits_its_key()
    {
        Assert.Throws<ArgumentException>(() => new Metadata { { "a-bin", "text" } });
        Assert.Throws<ArgumentException>(() => new Metadata { { "a", new byte[1] } });
        Assert.Throws<ArgumentException>(() => new Metadata { { "a", "line\nbreak" } });
        Assert.Equal("v", new Metadata { { "Mixed-Case", "v" } }.GetValue("MIXED-case"));
    }
}
