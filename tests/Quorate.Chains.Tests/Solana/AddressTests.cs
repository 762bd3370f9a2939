using System.Security.Cryptography;
using Quorate.Chains.Solana;
using Quorate.Chains.Solana.Programs;

namespace Quorate.Chains.Tests.Solana;

public class AddressTests
{
    static readonly SolanaFormat format = new(SolanaCluster.Mainnet);

    [Theory]
    [InlineData("11111111111111111111111111111111", "0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA", "06ddf6e1d765a193d9cbe146ceeb79ac1cb485ed5f5b37913a8cf5857eff00a9")]
    [InlineData("JEKNVnkbo3jma5nREBBJCDoXFVeKkD56V3xKrvRmWxFG", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    public void An_address_is_the_base58_of_32_bytes(string text, string hex)
    {
        Assert.Equal(hex, Convert.ToHexStringLower(SolanaAddress.Parse(text).ToArray()));
        Assert.Equal(text, new SolanaAddress(Convert.FromHexString(hex)).ToString());
        Assert.Equal(text, format.ParseAddress(text).Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1111111111111111111111111111111")]
    [InlineData("111111111111111111111111111111111")]
    [InlineData("JEKNVnkbo3jma5nREBBJCDoXFVeKkD56V3xKrvRmWxFH")]
    [InlineData("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5D0")]
    [InlineData(" TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA")]
    [InlineData("0x0000000000000000000000000000000000000000")]
    public void Anything_else_is_refused(string text) => Assert.Throws<FormatException>(() => format.ParseAddress(text));

    [Fact]
    public void Clusters_have_the_names_of_CAIP_2()
    {
        Assert.Equal("solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp", SolanaCluster.Mainnet.Chain.ToString());
        Assert.Equal("solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1", SolanaCluster.Devnet.Chain.ToString());
        Assert.Equal("solana:4uhcVJyU9pJkvQyS88uRDiswHXSGkY3z", SolanaCluster.Testnet.Chain.ToString());
        Assert.Equal("solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp/slip44:501", format.Coin.ToString());
        Assert.Equal(
            "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp/token:EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
            format.Token(SolanaAddress.Parse("EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v")).ToString());
    }

    [Fact]
    public void An_address_of_another_cluster_is_not_taken()
    {
        var foreign = new SolanaFormat(SolanaCluster.Devnet).ParseAddress("11111111111111111111111111111111");
        Assert.Throws<ArgumentException>(() => format.ToBytes(foreign));
    }

    // The program's name as the loader of programs used it, from solana_program's documentation of seeds.
    [Theory]
    [InlineData("", 1, "BwqrghZA2htAcqq8dzP1WDAhTXYTYWj7CHxF5j7TDBAe")]
    [InlineData("☉", 0, "13yWmRpaTR4r5nAktwLqMpRNr28tnVUZw26rTvPSSB19")]
    public void Program_addresses_are_those_of_the_validator_s_own_tests(string seed, byte bump, string expected)
    {
        // The validator's test gives the bump as a seed of its own.
        var program = SolanaAddress.Parse("BPFLoaderUpgradeab1e11111111111111111111111");
        var data = (byte[])[.. System.Text.Encoding.UTF8.GetBytes(seed), bump, .. program.ToArray(), .. "ProgramDerivedAddress"u8];
        var address = new SolanaAddress(SHA256.HashData(data));
        Assert.Equal(expected, address.ToString());
        Assert.False(address.IsOnCurve);
        Assert.True(ProgramAddress.Find(program, System.Text.Encoding.UTF8.GetBytes(seed), out var found) == address ? found == bump : found > bump);
    }

    [Fact]
    public void The_associated_account_of_a_wallet_is_the_one_that_explorers_show()
    {
        // From the documentation of @solana/spl-token's tests.
        var account = ProgramAddress.AssociatedTokenAccount(
            SolanaAddress.Parse("B8UwBUUnKwCyKuGMbFKWaG7exYdDk2ozZrPg72NyVbfj"),
            SolanaAddress.Parse("7o36UsWR1JQLpZ9PE2gn9L4SQ69CNNiWAXd4Jt7rqz9Z"), ProgramIds.Token);
        Assert.Equal("DShWnroshVbeUp28oopA3Pu7oFPDBtC1DBmPECXXAQ9n", account.ToString());
        Assert.False(account.IsOnCurve);
    }

    [Fact]
    public void An_associated_account_is_recognised_whatever_its_bump()
    {
        using var scene = new SolanaScene(23);
        var bumps = new HashSet<byte>();
        for (var i = 0; i < 1500; i++)
        {
            var (owner, mint) = (scene.Any(), scene.Any());
            var account = ProgramAddress.Find(
                ProgramIds.AssociatedToken, [.. owner.ToArray(), .. ProgramIds.Token.ToArray(), .. mint.ToArray()], out var bump);
            bumps.Add(bump);
            Assert.True(ProgramAddress.CanOnlyBeAssociated(account, owner, mint, ProgramIds.Token));
            if (i % 50 == 0)
            {
                Assert.False(ProgramAddress.CanOnlyBeAssociated(account, mint, owner, ProgramIds.Token));
                Assert.False(ProgramAddress.CanOnlyBeAssociated(account, owner, mint, ProgramIds.Token2022));
                Assert.False(ProgramAddress.CanOnlyBeAssociated(scene.Any(), owner, mint, ProgramIds.Token));
            }
        }
        // Some beyond those that are tried by their hash alone.
        Assert.Contains(bumps, b => b <= 247);
    }

    [Fact]
    public void An_address_with_a_seed_is_the_one_of_the_validator_s_own_test()
    {
        // solana_program's test of create_with_seed.
        var key = SolanaAddress.Parse("11111111111111111111111111111111");
        Assert.Equal("9h1HyLCW5dZnBVap8C5egQ9Z6pHyjsh5MNy83iPqqRuq", ProgramAddress.WithSeed(key, "limber chicken: 4/45"u8, key).ToString());
        Assert.Throws<ArgumentException>(() => ProgramAddress.WithSeed(key, new byte[33], key));
        Assert.Throws<ArgumentException>(() => ProgramAddress.WithSeed(key, [], new((byte[])[.. new byte[11], .. "ProgramDerivedAddress"u8])));
    }

    [Theory]
    [InlineData(0u, 890_880ul)]
    [InlineData(80u, 1_447_680ul)]
    [InlineData(82u, 1_461_600ul)]
    [InlineData(165u, 2_039_280ul)]
    public void Deposits_are_those_that_clusters_ask_for(uint size, ulong lamports) => Assert.Equal(lamports, Rent.MinimumBalance(size));
}
