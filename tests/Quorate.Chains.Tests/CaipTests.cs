namespace Quorate.Chains.Tests;

public class CaipTests
{
    [Theory]
    [InlineData("eip155:1")]
    [InlineData("bip122:000000000019d6689c085ae165831e93")]
    [InlineData("solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp")]
    [InlineData("chainstd:8c3444cf8970a9e41a706fab93e7a6c4")]
    [InlineData("abc:-_")]
    public void Chains_are_read_and_written_back(string text) => Assert.Equal(text, ChainId.Parse(text).ToString());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("eip155")]
    [InlineData("eip155:")]
    [InlineData("ei:1")]
    [InlineData("eip155eip:1")]
    [InlineData("EIP155:1")]
    [InlineData("eip155:1:2")]
    [InlineData("eip155:1 ")]
    [InlineData("eip155:123456789012345678901234567890123")]
    public void Other_chains_are_refused(string? text) => Assert.False(ChainId.TryParse(text, out _));

    [Theory]
    [InlineData("eip155:1/slip44:60")]
    [InlineData("eip155:1/erc20:0x6b175474e89094c44da98b954eedeac495271d0f")]
    [InlineData("eip155:1/erc721:0x06012c8cf97BEaD5deAe237070F9587f8E7A266d/771769")]
    [InlineData("solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp/token:EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v")]
    public void Assets_are_read_and_written_back(string text) => Assert.Equal(text, AssetId.Parse(text).ToString());

    [Theory]
    [InlineData(null)]
    [InlineData("eip155:1")]
    [InlineData("eip155:1/")]
    [InlineData("eip155:1/slip44")]
    [InlineData("eip155:1/slip44:")]
    [InlineData("eip155:1/slip44:60/")]
    [InlineData("eip155:1/slip44:60/1/2")]
    [InlineData("eip155:1/Slip44:60")]
    [InlineData("eip155/slip44:60")]
    [InlineData("eip155:1/erc20:0x6b:17")]
    public void Other_assets_are_refused(string? text) => Assert.False(AssetId.TryParse(text, out _));

    [Fact]
    public void A_coin_is_its_slip_44_number() =>
        Assert.Equal("eip155:1/slip44:60", AssetId.Coin(ChainId.Parse("eip155:1"), 60).ToString());
}
