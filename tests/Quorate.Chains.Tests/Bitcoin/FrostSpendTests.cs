using Quorate.Chains.Bitcoin;
using Quorate.Cryptography.Derivation;
using Quorate.Testing;
using Quorate.Testing.Interop;
using Quorate.Threshold.Frost.Bip340;

namespace Quorate.Chains.Tests.Bitcoin;

/// <summary>
/// Taproot outputs of a key that ChillDKG has made are spent by a quorum of FROST. No node here knows Taproot's rules:
/// bitcoinjs-lib finds the digests from the signed bytes, and @noble/curves verifies under the output keys of the scripts.
/// </summary>
public class FrostSpendTests
{
    [Theory]
    [InlineData(41, 1, 2)]
    [InlineData(42, 1, 3)]
    [InlineData(43, 2, 3)]
    [InlineData(44, 2, 3)]
    public void A_quorum_spends_from_addresses_below_its_key(ulong seed, int first, int second)
    {
        using var scene = new Scene(seed);
        using var dkg = new ChillDkgRuns(seed, 2, 3);
        var shares = dkg.Key().Select(output => output.Share).ToDictionary(share => share.Me);
        var package = shares.Values.First().Package;
        var root = new ExtendedPublicKey(package.GroupKey, package.ChainCode).Encode(Bip32Network.Testnet);
        var wallet = DescriptorWallet.Parse(Scene.Network, $"tr({root}/<0;1>/*)");
        var coins = new[] { scene.CoinOf(60_000, wallet.Receive(0)), scene.CoinOf(70_000, wallet.Receive(7)), scene.CoinOf(80_000, wallet.Change(1)) };
        var plan = Spending.Build(Scene.Network, scene.Request(coins) with { Payments = [scene.Pay(200_000)], Change = wallet.Change(2) }, scene.Random);
        var format = new BitcoinFormat(Scene.Network, wallet);
        var context = new DecodeContext(wallet.Receive(0).AddressOn(Scene.Network), Bip32Path.Root);
        var unsigned = plan.Psbt.Encode();
        Assert.Empty(format.Decode(unsigned, context).NotUnderstood);

        var sessions = seed * 1000;
        var signatures = format.GetSigningInputs(unsigned, context).Select(input =>
        {
            Assert.Equal(SignatureScheme.Bip340, input.Scheme);
            var key = TweakContext.Init(package.GroupKey).Derive(package.ChainCode, input.Path!).ApplyTaproot(input.MerkleRoot!.Value.Span);
            using var run = Bip340Runs.Sign(++sessions, shares, new([new(first), new(second)]), key, input.Payload.ToArray()).Run();
            var signature = run.Outputs<Bip340Signed>()[0].Signature.Encode();
            Assert.True(Noble.SchnorrVerify(key.PublicKey.Encode(), input.Payload.Span, signature));
            return new InputSignature(input.Index, key.PublicKey.Encode(), signature);
        }).ToArray();
        var signed = BitcoinTransaction.Decode(format.Assemble(unsigned, context, signatures).Span);

        Assert.Equal(3, signatures.Length);
        Assert.All(signed.Inputs, input => Assert.Equal(64, Assert.Single(input.Witness).Length));
        Assert.True(signed.VirtualSize <= plan.VirtualSize && signed.VirtualSize >= plan.VirtualSize - 1);
        Assert.Equal([true, true, true], PeerTests.Verify(signed, plan.Coins));
        // Another amount, and all of them are worthless.
        var lie = plan.Coins.SetItem(1, new(plan.Coins[1].Point, plan.Coins[1].Value + 1, plan.Coins[1].Owner, null, true));
        Assert.Equal([false, false, false], PeerTests.Verify(signed, lie));
    }
}
