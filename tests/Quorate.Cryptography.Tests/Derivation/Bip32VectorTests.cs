using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Derivation;

namespace Quorate.Cryptography.Tests.Derivation;

public class Bip32VectorTests
{
    public static TheoryData<string, string, string, string> Chains()
    {
        var data = new TheoryData<string, string, string, string>();
        var seed = "";
        foreach (var fields in OfficialVectors.Lines("bip32.txt").Select(line => line.Split(' ')))
        {
            if (fields[0] == "seed")
                seed = fields[1];
            else
                data.Add(seed, fields[0], fields[1], fields[2]);
        }
        return data;
    }

    public static TheoryData<string, string> Invalid()
    {
        var data = new TheoryData<string, string>();
        foreach (var fields in OfficialVectors.Lines("bip32-invalid.txt").Select(line => line.Split(' ', 2)))
            data.Add(fields[0], fields[1]);
        return data;
    }

    [Theory]
    [MemberData(nameof(Chains))]
    public void Keys_along_a_path_are_the_published_ones(string seed, string path, string xpub, string xprv)
    {
        using var master = ExtendedPrivateKey.FromSeed(Convert.FromHexString(seed));
        using var key = master.Derive(Bip32Path.Parse(path));
        Assert.Equal(xpub, key.Public.Encode(Bip32Network.Mainnet));
        Assert.Equal(xprv, ExtendedKeyTests.Text(key, Bip32Network.Mainnet));

        Assert.True(ExtendedPublicKey.TryDecode(xpub, out var decoded, out var network));
        Assert.Equal(Bip32Network.Mainnet, network);
        Assert.Equal(key.Public, decoded);
        Assert.True(ExtendedPrivateKey.TryDecode(xprv, out var secret, out network));
        using (secret)
        {
            Assert.Equal(Bip32Network.Mainnet, network);
            Assert.Equal(key.Public, secret.Public);
        }
    }

    [Fact]
    public void Public_derivation_reaches_the_published_keys_wherever_the_last_step_is_not_hardened()
    {
        var tested = 0;
        ExtendedPublicKey? parent = null;
        foreach (var fields in OfficialVectors.Lines("bip32.txt").Select(line => line.Split(' ')))
        {
            if (fields[0] == "seed")
                continue;
            if (parent is not null && Bip32Path.Parse(fields[0]).Indices is [.., < Bip32.Hardened and var index])
            {
                tested++;
                Assert.Equal(fields[1], parent.Derive(index).Encode(Bip32Network.Mainnet));
                var derived = Bip32.DerivePublic(parent.Key, parent.ChainCode, new Bip32Path(index));
                Assert.True(ExtendedPublicKey.TryDecode(fields[1], out var child, out _));
                Assert.Equal(child.Key, derived.Key);
                Assert.Equal(child.ChainCode.ToArray(), derived.ChainCode);
                Assert.Equal(child.Key, parent.Key + Point<Secp256k1>.MultiplyBase(derived.Tweak));
            }
            Assert.True(ExtendedPublicKey.TryDecode(fields[1], out parent, out _));
        }
        Assert.Equal(6, tested);
    }

    [Theory]
    [MemberData(nameof(Invalid))]
    public void Invalid_extended_keys_are_refused(string text, string why)
    {
        Assert.False(ExtendedPublicKey.TryDecode(text, out _, out _), why);
        Assert.False(ExtendedPrivateKey.TryDecode(text, out _, out _), why);
    }
}
