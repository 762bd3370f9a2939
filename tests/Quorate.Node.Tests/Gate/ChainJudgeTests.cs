using Quorate.Chains;
using Quorate.Chains.Solana;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Secrets;
using Quorate.Node.Gate;
using Quorate.Testing;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sharing;

namespace Quorate.Node.Tests.Gate;

/// <summary>What a node finds out itself, chain by chain: whose key signs what.</summary>
public sealed class ChainJudgeTests
{
    static readonly SolanaFormat solana = new(SolanaCluster.Devnet);
    static readonly Bip32Path path = new(0, 3);

    readonly WalletKeys wallet;

    public ChainJudgeTests()
    {
        using var share = KeyImport.Share(KeyScheme.FrostEd25519, new(1), Secret<Scalar<Ed25519>>.Random(new SeededRandom(5)), new byte[32]);
        wallet = new("treasury", null, null, share.Package);
    }

    Address Own(Bip32Path at) => solana.ToAddress(SolanaAddress.FromPublicKey(wallet.Ed25519!.DeriveChild(at).GroupKey));

    byte[] Payment(Address? feePayer = null) => solana.Build(new(Own(path), Own(new(1)), solana.Coin, 5),
        new(new MessageLifetime.Recent(SolanaCluster.Devnet.GenesisHash)) { FeePayer = feePayer is null ? null : solana.ToBytes(feePayer) }).Encode();

    [Fact]
    public void A_solana_payment_is_signed_by_the_child_that_pays()
    {
        var finding = new SolanaJudge(solana).Judge(new(PayloadKind.Transaction, Payment()), wallet, path);
        Assert.True(finding.Effects.IsFullyUnderstood);
        Assert.Equal(new Effect.Transfer(Own(path), Own(new(1)), solana.Coin, 5), Assert.Single(finding.Effects.Items));
        var input = Assert.Single(finding.Inputs);
        Assert.Equal((SignatureScheme.Ed25519, Own(path), path), (input.Scheme, input.Signer, input.Path));
        Assert.Equal(Payment(), input.Payload.ToArray());
    }

    [Fact]
    public void A_message_that_another_account_has_to_sign_is_refused()
    {
        var judge = new SolanaJudge(solana);
        Assert.Throws<FormatException>(() => judge.Judge(new(PayloadKind.Transaction, Payment()), wallet, new(0, 4)));
        Assert.Throws<FormatException>(() => judge.Judge(new(PayloadKind.Transaction, Payment(feePayer: Own(new(9)))), wallet, path));
    }

    [Fact]
    public void A_wallet_without_the_key_and_a_payload_of_another_kind_are_refused()
    {
        var ethereum = Deployment.Judges[Deployment.Ethereum.Chain];
        Assert.Throws<FormatException>(() => ethereum.Judge(new(PayloadKind.Transaction, Deployment.Payment(1)), wallet, path));
        foreach (var kind in (PayloadKind[])[PayloadKind.TypedData, PayloadKind.PersonalMessage])
            Assert.Throws<FormatException>(() => new SolanaJudge(solana).Judge(new(kind, Payment()), wallet, path));
    }
}
