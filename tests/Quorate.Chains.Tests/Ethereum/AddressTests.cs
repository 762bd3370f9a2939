using System.Text.Json;
using Quorate.Chains.Ethereum;
using Quorate.Cryptography.Signatures;

namespace Quorate.Chains.Tests.Ethereum;

public class AddressTests
{
    static readonly JsonElement eip55 = EipVectors.Read("eip55");

    public static TheoryData<string> Checksummed =>
        [.. eip55.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.Array).SelectMany(p => p.Value.EnumerateArray()).Select(a => a.GetString()!)];

    [Theory, MemberData(nameof(Checksummed))]
    public void Eip_55_addresses_are_read_and_written_back(string text) => Assert.Equal(text, EthereumAddress.Parse(text).ToString());

    [Fact]
    public void Addresses_have_the_checksums_that_ethers_gives_them() => Assert.All(Ethers.TestCases("accounts").EnumerateArray(), account =>
    {
        var address = EthereumAddress.Parse(account.GetProperty("address").GetString()!);
        Assert.Equal(account.GetProperty("checksumAddress").GetString(), address.ToString());
        if (account.TryGetProperty("privateKey", out var secret))
        {
            Assert.True(EcdsaKey.TryImport(Hex.Bytes(secret), out var key));
            Assert.Equal(address, EthereumAddress.FromPublicKey(key.PublicKey));
            key.Dispose();
        }
    });

    [Fact]
    public void Every_single_wrong_case_is_noticed()
    {
        const string Good = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
        for (var i = 2; i < Good.Length; i++)
        {
            if (!char.IsLetter(Good[i]))
                continue;
            var flipped = Good[..i] + (char)(Good[i] ^ 32) + Good[(i + 1)..];
            Assert.Contains("EIP-55", Assert.Throws<FormatException>(() => EthereumAddress.Parse(flipped)).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("", "0x")]
    [InlineData("5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x")]
    [InlineData("0X5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe", "41")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAedd", "43")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeg", "hexadecimal")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeA d", "hexadecimal")]
    public void What_is_no_address_is_refused_with_the_reason(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<FormatException>(() => EthereumAddress.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void All_lower_and_all_upper_case_is_read_without_a_checksum()
    {
        const string Text = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
        Assert.Equal(Text, EthereumAddress.Parse(Text.ToLowerInvariant()).ToString());
        Assert.Equal(Text, EthereumAddress.Parse("0x" + Text[2..].ToUpperInvariant()).ToString());
    }

    [Fact]
    public void An_address_of_another_chain_is_refused()
    {
        var (main, test) = (new EthereumFormat(1), new EthereumFormat(11155111));
        var address = test.ParseAddress("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed");

        Assert.Throws<ArgumentException>(() => main.ToBytes(address));
        Assert.NotEqual(main.ParseAddress(address.Text), address);
    }
}
