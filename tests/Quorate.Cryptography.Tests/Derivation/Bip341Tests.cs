using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Testing;

namespace Quorate.Cryptography.Tests.Derivation;

public class Bip341Tests
{
    static readonly JsonElement wallet = OfficialVectors.Json("bip341-wallet.json");

    public static TheoryData<int> Outputs() => [.. Enumerable.Range(0, wallet.GetProperty("scriptPubKey").GetArrayLength())];

    public static TheoryData<int> Inputs() =>
        [.. Enumerable.Range(0, wallet.GetProperty("keyPathSpending")[0].GetProperty("inputSpending").GetArrayLength())];

    [Theory]
    [MemberData(nameof(Outputs))]
    public void Output_keys_are_the_published_ones(int index)
    {
        var vector = wallet.GetProperty("scriptPubKey")[index];
        var intermediary = vector.GetProperty("intermediary");
        var internalKey = Bip340PublicKey.Decode(vector.GetProperty("given").Hex("internalPubkey"));

        var output = Bip341.TweakPublicKey(internalKey, intermediary.Hex("merkleRoot"));

        Assert.Equal(intermediary.Hex("tweak"), output.Tweak.Encode());
        Assert.Equal(intermediary.Hex("tweakedPubkey"), output.Key.Encode());
        // The control blocks of the script path begin with the leaf version and the parity.
        if (vector.GetProperty("expected").TryGetProperty("scriptPathControlBlocks", out var blocks))
            foreach (var block in blocks.EnumerateArray())
                Assert.Equal(output.IsOdd, (Convert.FromHexString(block.GetString()!)[0] & 1) != 0);
    }

    [Theory]
    [MemberData(nameof(Inputs))]
    public void Tweaked_secrets_and_their_signatures_are_the_published_ones(int index)
    {
        var vector = wallet.GetProperty("keyPathSpending")[0].GetProperty("inputSpending")[index];
        var given = vector.GetProperty("given");
        var intermediary = vector.GetProperty("intermediary");
        using var secret = new Secret<Scalar<Secp256k1>>(Scalar<Secp256k1>.Decode(given.Hex("internalPrivkey")));
        var internalKey = Bip340PublicKey.FromPoint(secret.MultiplyBase());
        Assert.Equal(intermediary.Hex("internalPubkey"), internalKey.Encode());

        using var tweaked = Bip341.TweakSecret(secret, given.Hex("merkleRoot"));
        Assert.Equal(intermediary.Hex("tweakedPrivkey"), tweaked.Expose().Encode());
        Assert.Equal(intermediary.Hex("tweak"), Bip341.Tweak(internalKey, given.Hex("merkleRoot")).Encode());

        // The witness was signed with zero auxiliary randomness; a hash type other than the default follows it.
        using var key = new Bip340Key(tweaked);
        var signature = key.Sign(intermediary.Hex("sigHash"), new byte[32]).Encode();
        var witness = Convert.FromHexString(vector.GetProperty("expected").GetProperty("witness")[0].GetString()!);
        Assert.Equal(witness[..64], signature);
    }

    [Fact]
    public void The_tweaked_secret_belongs_to_the_tweaked_key() =>
        Prop.ForAll(EdgeValues.NonZeroScalar<Secp256k1>().ToArbitrary(), Gen.OneOf(EdgeValues.Word, Gen.Constant(Array.Empty<byte>())).ToArbitrary(), (scalar, root) =>
        {
            using var secret = new Secret<Scalar<Secp256k1>>(scalar);
            var output = Bip341.TweakPublicKey(Bip340PublicKey.FromPoint(secret.MultiplyBase()), root);
            using var tweaked = Bip341.TweakSecret(secret, root);
            Assert.Equal(output.Key, Bip340PublicKey.FromPoint(tweaked.MultiplyBase(), out var isOdd));
            Assert.Equal(output.IsOdd, isOdd);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_root_and_a_root_of_zeros_are_different()
    {
        var key = Bip340PublicKey.FromPoint(Point<Secp256k1>.G);
        Assert.NotEqual(Bip341.Tweak(key, []), Bip341.Tweak(key, new byte[32]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(33)]
    public void A_root_has_32_bytes_or_none(int length)
    {
        var key = Bip340PublicKey.FromPoint(Point<Secp256k1>.G);
        using var secret = new Secret<Scalar<Secp256k1>>(Scalar<Secp256k1>.One);
        Assert.Throws<ArgumentException>(() => Bip341.Tweak(key, new byte[length]));
        Assert.Throws<ArgumentException>(() => Bip341.TweakPublicKey(key, new byte[length]));
        Assert.Throws<ArgumentException>(() => Bip341.TweakSecret(secret, new byte[length]));
    }

    [Fact]
    public void Without_a_key_there_is_no_output()
    {
        using var zero = new Secret<Scalar<Secp256k1>>(default);
        Assert.Throws<ArgumentException>(() => Bip341.Tweak(default, []));
        Assert.Throws<ArgumentException>(() => Bip341.TweakSecret(zero, []));
    }
}
