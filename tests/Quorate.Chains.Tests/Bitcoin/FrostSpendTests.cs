using Quorate.Chains.Bitcoin;
using Quorate.Cryptography.Derivation;
using Quorate.Testing;
using Quorate.Testing.Interop;
using Quorate.Threshold.Frost.Bip340;

namespace Quorate.Chains.Tests.Bitcoin;

/// <summary>A Taproot output of a threshold key is spent by a quorum, and @noble/curves agrees with the signature.</summary>
public class FrostSpendTests
{
    [Theory]
    [InlineData(41)]
    [InlineData(42)]
    [InlineData(43)]
    [InlineData(44)]
    public void A_quorum_spends_from_addresses_below_its_key(ulong seed)
    {
        using var scene = new Scene(seed);
        var shares = Bip340Runs.Deal(seed, 2, 3);
        var package = shares.Values.First().Package;
        var root = new ExtendedPublicKey(package.GroupKey, package.ChainCode).Encode(Bip32Network.Testnet);
        var wallet = DescriptorWallet.Parse(Scene.Network, $"tr({root}/<0;1>/*)");
        var coins = new[] { scene.CoinOf(60_000, wallet.Receive(0)), scene.CoinOf(70_000, wallet.Receive(7)) };
        var plan = Spending.Build(Scene.Network, scene.Request(coins) with { Payments = [scene.Pay(100_000)], Change = wallet.Change(2) }, scene.Random);
        var format = new BitcoinFormat(Scene.Network, wallet);
        var context = new DecodeContext(wallet.Receive(0).AddressOn(Scene.Network), Bip32Path.Root);
        var unsigned = plan.Psbt.Encode();
        Assert.Empty(format.Decode(unsigned, context).NotUnderstood);

        var signatures = format.GetSigningInputs(unsigned, context).Select(input =>
        {
            Assert.Equal(SignatureScheme.Bip340, input.Scheme);
            var key = TweakContext.Init(package.GroupKey).Derive(package.ChainCode, input.Path!).ApplyTaproot(input.MerkleRoot!.Value.Span);
            using var run = Bip340Runs.Sign(seed, shares, new([.. shares.Keys.TakeLast(2)]), key, input.Payload.ToArray()).Run();
            var signature = run.Outputs<Bip340Signed>()[0].Signature.Encode();
            Assert.True(Noble.SchnorrVerify(key.PublicKey.Encode(), input.Payload.Span, signature));
            return new InputSignature(input.Index, key.PublicKey.Encode(), signature);
        }).ToArray();
        var signed = BitcoinTransaction.Decode(format.Assemble(unsigned, context, signatures).Span);

        Assert.Equal(2, signatures.Length);
        Assert.All(signed.Inputs, input => Assert.Equal(64, Assert.Single(input.Witness).Length));
        Assert.True(signed.VirtualSize <= plan.VirtualSize && signed.VirtualSize >= plan.VirtualSize - 1);
    }
}
