using Quorate.Chains;
using Quorate.Chains.Bitcoin;
using Quorate.Chains.Ethereum;
using Quorate.Chains.Solana;
using Quorate.Cryptography.Curves;
using Quorate.Node.Gate;
using Quorate.Server.Wallets;
using Quorate.Testing;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Server.Tests.Wallets;

/// <summary>The addresses that the server shows are those that the nodes' judges find by themselves.</summary>
public sealed class NodeAddressTests
{
    static readonly PublicKeyPackage<Secp256k1> ecdsa = Dkls23Runs.Key(5, 2, PartySet.Range(3)).Values.First().Package;
    static readonly PublicKeyPackage<Secp256k1> bip340 = Bip340Runs.Deal(6, 2, 3).Values.First().Package;
    static readonly PublicKeyPackage<Ed25519> ed25519 = FrostRuns.Key(FrostSuite.Ed25519, 7, 2, PartySet.Range(3)).Values.First().Package;
    static readonly WalletKeys atNodes = new("treasury", ecdsa, bip340, ed25519);

    static WalletKey Shown<C>(SignatureScheme scheme, PublicKeyPackage<C> package) where C : struct, ICurve<C> =>
        new(scheme, new(package.GroupKey.Encode()), new(package.ChainCode.ToArray()), package.Threshold, [1, 2, 3]);

    [Fact]
    public void On_Ethereum()
    {
        var format = new EthereumFormat(1);
        for (uint index = 0; index < 5; index++)
            Assert.Equal(
                new EthereumJudge(format).Judge(new(PayloadKind.PersonalMessage, "hello"u8.ToArray()), atNodes, WalletAddresses.PathOf(index)).Inputs[0].Signer,
                WalletAddresses.Ethereum(format, Shown(SignatureScheme.EcdsaSecp256k1, ecdsa), index));
    }

    [Fact]
    public void On_Bitcoin()
    {
        var judge = new BitcoinJudge(BitcoinNetwork.Regtest);
        Assert.Equal(judge.DescriptorOf(atNodes, SignatureScheme.EcdsaSecp256k1), WalletAddresses.Descriptor(BitcoinNetwork.Regtest, Shown(SignatureScheme.EcdsaSecp256k1, ecdsa)));
        Assert.Equal(judge.DescriptorOf(atNodes, SignatureScheme.Bip340), WalletAddresses.Descriptor(BitcoinNetwork.Regtest, Shown(SignatureScheme.Bip340, bip340)));
    }

    [Fact]
    public void On_Solana()
    {
        var format = new SolanaFormat(SolanaCluster.Devnet);
        for (uint index = 0; index < 5; index++)
            Assert.Equal(
                format.ToAddress(SolanaAddress.FromPublicKey(ed25519.DeriveChild(WalletAddresses.PathOf(index)).GroupKey)),
                WalletAddresses.Solana(format, Shown(SignatureScheme.Ed25519, ed25519), index));
    }
}
