using Quorate.Chains;
using Quorate.Cli;
using Quorate.Server.Hosting;

namespace Quorate.System.Tests.Configuration;

/// <summary>chains.*.units of server.json: how amounts are written.</summary>
public sealed class UnitConfigurationTests
{
    const string Token = "eip155:1/erc20:0x00000000000000000000000000000000000000B0";

    static ServerOptions Read(string asset, string unit)
    {
        using var file = new ConfigurationFile(chains: $$"""{ "eip155:1": { "url": "http://127.0.0.1:9", "units": { "{{asset}}": {{unit}} } } }""");
        return file.Read();
    }

    [Fact]
    public void A_token_has_what_is_said_of_it() =>
        Assert.Equal(new AssetUnit(6, "USDX"), Read(Token, """{ "decimals": 6, "symbol": "USDX" }""").Chains.Single().Units[AssetId.Parse(Token)]);

    [Theory]
    [InlineData("eip155:2/slip44:60", "{}", "eip155:2/slip44:60 is no asset of eip155:1.")]
    [InlineData(Token, """{ "decimals": 256 }""", Token + ": 256 is no number of decimals from 0 to 255.")]
    [InlineData(Token, """{ "symbol": "" }""", Token + ": a symbol is 1 to 32 characters without spaces.")]
    [InlineData(Token, """{ "symbol": "U S" }""", Token + ": a symbol is 1 to 32 characters without spaces.")]
    public void What_makes_no_sense_is_named(string asset, string unit, string message) => Assert.Equal(message, Assert.Throws<CliException>(() => Read(asset, unit)).Message);
}
