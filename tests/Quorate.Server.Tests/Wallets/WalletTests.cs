using Quorate.Chains;
using Quorate.Chains.Bitcoin;
using Quorate.Chains.Ethereum;
using Quorate.Cryptography.Derivation;
using Quorate.Server.Ids;
using Quorate.Server.Wallets;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.Wallets;

public sealed class WalletTests
{
    static readonly WalletKey key = KeyOf(1);

    internal static WalletKey KeyOf(byte seed)
    {
        using var root = ExtendedPrivateKey.FromSeed(Enumerable.Repeat(seed, 32).ToArray());
        return new(SignatureScheme.EcdsaSecp256k1, new(Encoded(root.Public)), new(root.Public.ChainCode.ToArray()), 2, [1, 2, 3]);
    }

    static byte[] Encoded(ExtendedPublicKey key)
    {
        var bytes = new byte[33];
        key.Key.Encode(bytes);
        return bytes;
    }

    static Wallet After(params WalletCommand[] commands)
    {
        var wallet = Wallet.None;
        foreach (var command in commands.Prepend(new WalletCommand.Plan(Noon, Id(ResourceKind.Wallet), Id(ResourceKind.Vault), "hot", null)))
        {
            var decision = Wallet.Decide(wallet, command);
            Assert.Null(decision.Refusal);
            wallet = decision.Events.Aggregate(wallet, Wallet.Evolve);
        }
        return wallet;
    }

    static WalletCommand.ReportKeys Report(int node, WalletKey key, uint epoch = 1) => new(Noon, node, epoch, [key]);

    [Fact]
    public void A_key_is_believed_when_as_many_nodes_have_reported_it_as_it_takes_to_sign()
    {
        Assert.Null(After(Report(1, key)).Keys);
        Assert.Null(After(Report(1, key), Report(2, KeyOf(2))).Keys);
        Assert.Null(After(Report(1, key), Report(1, key)).Keys);
        Assert.Equal(key, Assert.Single(After(Report(1, key), Report(2, KeyOf(2)), Report(3, key)).Keys!.Keys));
    }

    [Fact]
    public void A_key_that_is_believed_gives_way_to_no_other_one_and_its_epoch_only_goes_up()
    {
        var keyed = After(Report(1, key), Report(2, key));
        Assert.Equal("keys_disagree", Wallet.Decide(keyed, Report(3, KeyOf(2))).Refusal!.Code);
        Assert.Equal("keys_disagree", Wallet.Decide(keyed, Report(3, KeyOf(2), epoch: 2)).Refusal!.Code);
        var reshared = key with { Nodes = [1, 3, 4] };
        Assert.Equal(2u, After(Report(1, key), Report(2, key), Report(3, reshared, 2), Report(4, reshared, 2)).Keys!.Epoch);
        Assert.Equal("invalid_keys", Wallet.Decide(keyed, Report(4, key)).Refusal!.Code);
    }

    [Fact]
    public void Addresses_are_those_of_the_private_keys_at_the_same_path()
    {
        using var root = ExtendedPrivateKey.FromSeed(Enumerable.Repeat((byte)1, 32).ToArray());
        using var child = root.Derive(WalletAddresses.PathOf(7));
        var format = new EthereumFormat(31337);
        Assert.Equal(EthereumAddress.FromPublicKey(child.Public.Key).ToString(), WalletAddresses.Ethereum(format, key, 7).Text);
        var bitcoin = WalletAddresses.Bitcoin(BitcoinNetwork.Regtest, key, 7);
        Assert.StartsWith("bcrt1q", bitcoin.Text, StringComparison.Ordinal);
        Assert.NotEqual(bitcoin, WalletAddresses.Bitcoin(BitcoinNetwork.Regtest, key, 8));
        Assert.Throws<ArgumentException>(() => WalletAddresses.Ethereum(format, key with { Scheme = SignatureScheme.Ed25519 }, 0));
    }

    [Fact]
    public void Addresses_are_given_out_in_order_and_not_before_there_is_a_key()
    {
        WalletCommand.IssueAddress Issue(int id, uint index) => new(Noon, Id(ResourceKind.Address, id), Ethereum, SignatureScheme.EcdsaSecp256k1, index, $"0x{index}", null);
        Assert.Equal("no_key", Wallet.Decide(After(), Issue(1, 0)).Refusal!.Code);
        var first = After(Report(1, key), Report(2, key), Issue(1, 0));
        Assert.Empty(Wallet.Decide(first, Issue(1, 0)).Events);
        Assert.Equal("wrong_index", Wallet.Decide(first, Issue(2, 0)).Refusal!.Code);
        Assert.Single(Wallet.Decide(first, Issue(2, 1)).Events);
    }
}
