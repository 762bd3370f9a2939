using Quorate.Chains.Bitcoin;

namespace Quorate.Chains.Tests.Bitcoin;

/// <summary>Addresses: BIP 173, BIP 350 and Bitcoin Core's base58_keys files (embedded as npm's bitcore-lib 11.5.1 carries them).</summary>
public class AddressTests
{
    static readonly BitcoinNetwork[] networks = [BitcoinNetwork.Mainnet, BitcoinNetwork.Testnet];

    // BIP 350, "Test vectors": valid segwit addresses and their scripts.
    [Theory]
    [InlineData("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "0014751e76e8199196d454941c45d1b3a323f1433bd6")]
    [InlineData("tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7", "00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262")]
    [InlineData("bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y", "5128751e76e8199196d454941c45d1b3a323f1433bd6751e76e8199196d454941c45d1b3a323f1433bd6")]
    [InlineData("BC1SW50QGDZ25J", "6002751e")]
    [InlineData("bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs", "5210751e76e8199196d454941c45d1b3a323")]
    [InlineData("tb1qqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesrxh6hy", "0020000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433")]
    [InlineData("tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c", "5120000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433")]
    [InlineData("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")]
    public void Witness_addresses_stand_for_their_scripts(string text, string script)
    {
        var network = networks.Single(n => text.StartsWith(n.Bech32Prefix, StringComparison.OrdinalIgnoreCase));
        var format = new BitcoinFormat(network);
        var address = format.ParseAddress(text);

        Assert.Equal(script, Convert.ToHexStringLower(format.ScriptOf(address)));
        Assert.Equal(text.ToLowerInvariant(), format.AddressOf(Convert.FromHexString(script))!.Text);
        Assert.All(networks.Where(n => n != network), other => Assert.Throws<FormatException>(() => new BitcoinFormat(other).ParseAddress(text)));
    }

    // BIP 350: invalid segwit addresses.
    [Theory]
    [InlineData("tc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq5zuyut")]
    [InlineData("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd")]
    [InlineData("tb1z0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqglt7rf")]
    [InlineData("BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL")]
    [InlineData("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh")]
    [InlineData("tb1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq24jc47")]
    [InlineData("bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4")]
    [InlineData("BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R")]
    [InlineData("bc1pw5dgrnzv")]
    [InlineData("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav")]
    [InlineData("BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P")]
    [InlineData("tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq47Zagq")]
    [InlineData("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf")]
    [InlineData("tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vpggkg4j")]
    [InlineData("bc1gmk9yu")]
    [InlineData("")]
    [InlineData("bc1")]
    [InlineData("pk()")]
    [InlineData("multi(0,0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798)")]
    [InlineData("multi(2,0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798)")]
    [InlineData("pk(0279BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798)")]
    public void Other_texts_are_no_addresses(string text) =>
        Assert.All(networks, network => Assert.Throws<FormatException>(() => new BitcoinFormat(network).ParseAddress(text)));

    [Fact]
    public void Base58_addresses_of_bitcoin_core_are_read_and_written()
    {
        var count = 0;
        foreach (var entry in Resources.Json("bitcoin-base58-keys-valid.json").EnumerateArray().Where(e => !e[2].GetProperty("isPrivkey").GetBoolean()))
        {
            var format = new BitcoinFormat(entry[2].GetProperty("isTestnet").GetBoolean() ? BitcoinNetwork.Testnet : BitcoinNetwork.Mainnet);
            var hash = Convert.FromHexString(entry[1].GetString()!);
            var script = entry[2].GetProperty("addrType").GetString() == "script" ? OutputScript.ScriptHash(hash) : OutputScript.KeyHash(hash);
            Assert.Equal(script, format.ScriptOf(format.ParseAddress(entry[0].GetString()!)));
            Assert.Equal(entry[0].GetString(), format.AddressOf(script)!.Text);
            count++;
        }
        Assert.True(count >= 20, $"{count} vectors");
    }

    [Fact]
    public void What_bitcoin_core_refuses_is_refused()
    {
        var texts = Resources.Json("bitcoin-base58-keys-invalid.json").EnumerateArray().Select(e => e[0].GetString()!).ToArray();
        Assert.True(texts.Length >= 40);
        Assert.All(texts, text => Assert.All(networks, network => Assert.Throws<FormatException>(() => new BitcoinFormat(network).ParseAddress(text))));
    }

    [Fact]
    public void Private_keys_are_no_addresses() => Assert.All(
        Resources.Json("bitcoin-base58-keys-valid.json").EnumerateArray().Where(e => e[2].GetProperty("isPrivkey").GetBoolean()),
        entry => Assert.All(networks, network => Assert.Throws<FormatException>(() => new BitcoinFormat(network).ParseAddress(entry[0].GetString()!))));

    [Theory]
    [InlineData("pk(0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798)", "210279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798ac")]
    [InlineData("multi(1,0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798)", "51210279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f8179851ae")]
    [InlineData("bc1pfeessrawgf", "51024e73")]
    public void Outputs_without_an_address_of_their_own_have_a_text_all_the_same(string text, string script)
    {
        var format = new BitcoinFormat(BitcoinNetwork.Mainnet);
        Assert.Equal(script, Convert.ToHexStringLower(format.ScriptOf(format.ParseAddress(text))));
        Assert.Equal(text, format.AddressOf(Convert.FromHexString(script))!.Text);
    }

    [Fact]
    public void Bcoins_prefix_is_a_setting()
    {
        var format = new BitcoinFormat(BitcoinNetwork.Regtest with { Bech32Prefix = "rb" });
        Assert.Equal("rb1qqurswpc8qurswpc8qurswpc8qurswpc8cfe4l2", format.AddressOf(OutputScript.Witness(0, [.. Enumerable.Repeat((byte)7, 20)]))!.Text);
    }

    [Fact]
    public void Another_chains_address_has_no_script_here()
    {
        var there = new BitcoinFormat(BitcoinNetwork.Testnet).ParseAddress("tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx");
        Assert.Throws<FormatException>(() => new BitcoinFormat(BitcoinNetwork.Signet).ScriptOf(there));
    }
}
