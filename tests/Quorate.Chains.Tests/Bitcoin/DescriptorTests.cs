using Quorate.Chains.Bitcoin;
using Quorate.Cryptography.Derivation;

namespace Quorate.Chains.Tests.Bitcoin;

/// <summary>BIP 380's checksums, BIP 44, 49, 84 and 86's addresses, SLIP 132's keys.</summary>
public class DescriptorTests
{
    // The seed of "abandon … about", the mnemonic of BIP 49's, 84's and 86's test vectors.
    static readonly byte[] seed = Convert.FromHexString(
        "5eb00bbddcf069084889a8ab9155568165f5c453ccb85e70811aaed6f6da5fc19a5ac40b389cd370d086206dec8aa6c43daea6690f20ad3d8d48b2d2ce9e38e4");

    static string Account(string path, BitcoinNetwork network)
    {
        using var master = ExtendedPrivateKey.FromSeed(seed);
        using var account = master.Derive(Bip32Path.Parse(path));
        return $"[{master.Public.Fingerprint:x8}{path[1..].Replace('\'', 'h')}]{account.Public.Encode(network.ExtendedKeys)}";
    }

    // BIP 49, 84 and 86, "Test vectors"; the first line has none in BIP 44 and is every wallet's first address.
    [Theory]
    [InlineData("pkh(@/0/*)", "m/44'/0'/0'", 0, "1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA")]
    [InlineData("sh(wpkh(@/0/*))", "m/49'/1'/0'", 0, "2Mww8dCYPUpKHofjgcXcBCEGmniw9CoaiD2")]
    [InlineData("wpkh(@/0/*)", "m/84'/0'/0'", 0, "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu")]
    [InlineData("wpkh(@/0/*)", "m/84'/0'/0'", 1, "bc1qnjg0jd8228aq7egyzacy8cys3knf9xvrerkf9g")]
    [InlineData("wpkh(@/1/*)", "m/84'/0'/0'", 0, "bc1q8c6fshw2dlwun7ekn9qwf37cu2rn755upcp6el")]
    [InlineData("tr(@/0/*)", "m/86'/0'/0'", 0, "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr")]
    [InlineData("tr(@/0/*)", "m/86'/0'/0'", 1, "bc1p4qhjn9zdvkux4e44uhx8tc55attvtyu358kutcqkudyccelu0was9fqzwh")]
    [InlineData("tr(@/1/*)", "m/86'/0'/0'", 0, "bc1p3qkhfews2uk44qtvauqyr2ttdsw7svhkl9nkm9s9c3x4ax5h60wqwruhk7")]
    public void Accounts_have_the_addresses_of_their_BIP(string form, string path, uint index, string address)
    {
        var network = path.Contains("/1'/", StringComparison.Ordinal) ? BitcoinNetwork.Testnet : BitcoinNetwork.Mainnet;
        var descriptor = OutputDescriptor.Parse(form.Replace("@", Account(path, network), StringComparison.Ordinal));

        Assert.Equal(address, descriptor.Derive(index).AddressOn(network).Text);
        Assert.Equal(descriptor.ToString(), OutputDescriptor.Parse(descriptor.ToString()).ToString());
    }

    [Theory]
    [InlineData("zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31mGDtKsAYz2oz2AGutZYs", "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu")]
    [InlineData("ypub6Ww3ibxVfGzLrAH1PNcjyAWenMTbbAosGNB6VvmSEgytSER9azLDWCxoJwW7Ke7icmizBMXrzBx9979FfaHxHcrArf3zbeJJJUZPf663zsP", "37VucYSaXLCAsxYyAPfbSi9eh4iEcbShgf")]
    [InlineData("xpub6BosfCnifzxcFwrSzQiqu2DBVTshkCXacvNsWGYJVVhhawA7d4R5WSWGFNbi8Aw6ZRc1brxMyWMzG3DSSSSoekkudhUd9yLb6qx39T9nMdj", "1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA")]
    public void Keys_of_SLIP_132_are_descriptors(string key, string first) =>
        Assert.Equal(first, Slip132.ToDescriptors(key).Receive.Derive(0).AddressOn(BitcoinNetwork.Mainnet).Text);

    [Fact]
    public void Other_keys_of_SLIP_132_are_refused()
    {
        Assert.Throws<FormatException>(() => Slip132.ToDescriptors("zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31mGDtKsAYz2oz2AGutZYt"));
        using var master = ExtendedPrivateKey.FromSeed(seed);
        var text = new char[ExtendedPrivateKey.EncodedLength];
        master.Encode(Bip32Network.Mainnet, text);
        Assert.Throws<FormatException>(() => Slip132.ToDescriptors(new string(text)));
    }

    [Fact]
    public void The_checksum_is_BIP_380s() => Assert.Equal("89f8spxm", DescriptorChecksum.Of("raw(deadbeef)"));

    [Theory]
    [InlineData("", "")]
    [InlineData("#", "checksum")]
    [InlineData("#89f8spxmx", "checksum")]
    [InlineData("#89f8spx", "checksum")]
    [InlineData("##9f8spxm", "checksum")]
    public void A_checksum_is_optional_and_exact(string suffix, string complaint)
    {
        const string Text = "pkh(0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798)";
        if (complaint.Length > 0)
            Assert.Contains(complaint, Assert.Throws<FormatException>(() => OutputDescriptor.Parse(Text + suffix)).Message, StringComparison.Ordinal);
        else
            Assert.Equal($"{Text}#{DescriptorChecksum.Of(Text)}", OutputDescriptor.Parse(Text).ToString());
    }

    [Theory]
    [InlineData("raw(deadbeef)#89f8spxm")]
    [InlineData("wsh(pk(0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798))")]
    [InlineData("tr(a,b)")]
    [InlineData("wpkh()")]
    [InlineData("wpkh(")]
    [InlineData("sh(wpkh(0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798)")]
    [InlineData("wpkh(0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798)")]
    [InlineData("wpkh(79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798)")]
    [InlineData("wpkh(KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn)")]
    [InlineData("wpkh([d34db33f/84h]0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")]
    [InlineData("wpkh([d34db33/84h]0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798)")]
    [InlineData("pkh(é)")]
    public void Other_descriptors_are_refused(string text) => Assert.Throws<FormatException>(() => OutputDescriptor.Parse(text));

    [Fact]
    public void Private_extended_keys_and_hardened_steps_are_refused()
    {
        using var master = ExtendedPrivateKey.FromSeed(seed);
        var text = new char[ExtendedPrivateKey.EncodedLength];
        master.Encode(Bip32Network.Mainnet, text);
        Assert.Contains("private", Assert.Throws<FormatException>(() => OutputDescriptor.Parse($"wpkh({new string(text)}/0/*)")).Message, StringComparison.Ordinal);
        var xpub = master.Public.Encode(Bip32Network.Mainnet);
        Assert.Throws<FormatException>(() => OutputDescriptor.Parse($"wpkh({xpub}/0h/*)"));
        Assert.Throws<FormatException>(() => OutputDescriptor.Parse($"wpkh({xpub}/0/*h)"));
    }

    [Fact]
    public void A_wallet_knows_its_addresses_up_to_the_gap_and_moves_on()
    {
        var wallet = DescriptorWallet.Parse(BitcoinNetwork.Mainnet, $"wpkh({Account("m/84'/0'/0'", BitcoinNetwork.Mainnet)}/<0;1>/*)");
        var descriptor = OutputDescriptor.Parse($"wpkh({Account("m/84'/0'/0'", BitcoinNetwork.Mainnet)}/0/*)");
        var far = descriptor.Derive(30).AddressOn(BitcoinNetwork.Mainnet);

        Assert.True(wallet.Owns(descriptor.Derive(20).AddressOn(BitcoinNetwork.Mainnet)));
        Assert.False(wallet.Owns(far));
        Assert.Equal("m/0/15", wallet.Receive(15).Path.ToString());
        Assert.True(wallet.Owns(far));
        Assert.Equal("bc1q8c6fshw2dlwun7ekn9qwf37cu2rn755upcp6el", wallet.Change(0).AddressOn(BitcoinNetwork.Mainnet).Text);
        Assert.Throws<ArgumentException>(() => new DescriptorWallet(BitcoinNetwork.Testnet, descriptor, descriptor));
    }
}
