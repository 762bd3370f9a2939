using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Secrets;
using Quorate.Testing;

namespace Quorate.Cryptography.Tests.Derivation;

public class ExtendedKeyTests
{
    static readonly Arbitrary<ExtendedPrivateKey> roots =
        EdgeValues.NonZeroScalar<Secp256k1>().SelectMany(scalar => EdgeValues.Bytes(32, 32).Select(chainCode =>
        {
            using var secret = new Secret<Scalar<Secp256k1>>(scalar);
            return new ExtendedPrivateKey(secret, chainCode);
        })).ToArbitrary();

    static readonly Gen<uint> indices =
        Gen.OneOf(Gen.Elements(0u, 1u, Bip32.Hardened - 1), Gen.Choose(0, int.MaxValue).Select(value => (uint)value));

    internal static string Text(ExtendedPrivateKey key, Bip32Network network)
    {
        var text = new char[ExtendedPrivateKey.EncodedLength];
        key.Encode(network, text);
        return new string(text);
    }

    [Fact]
    public void Private_and_public_derivation_meet() =>
        Prop.ForAll(roots, indices.ToArbitrary(), (root, index) =>
        {
            using var child = root.Derive(index);
            var (tweak, publicChild) = root.Public.DeriveTweak(index);
            Assert.Equal(child.Public, publicChild);
            Assert.Equal(child.Secret.Expose(), root.Secret.Expose() + tweak);
            Assert.Equal(child.Public.Key, child.Secret.MultiplyBase());
            Assert.Equal((1, root.Public.Fingerprint, index), (child.Public.Depth, child.Public.ParentFingerprint, child.Public.ChildNumber));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_sum_of_the_tweaks_leads_from_the_parent_to_the_end_of_the_path() =>
        Prop.ForAll(roots, indices.ArrayOf(4).ToArbitrary(), (root, steps) =>
        {
            var path = new Bip32Path(steps);
            var derived = Bip32.DerivePublic(root.Public.Key, root.Public.ChainCode, path);
            var descendant = root.Public.Derive(path);
            Assert.Equal(descendant.Key, derived.Key);
            Assert.Equal(descendant.ChainCode.ToArray(), derived.ChainCode);
            Assert.Equal(derived.Key, root.Public.Key + Point<Secp256k1>.MultiplyBase(derived.Tweak));
            using var secret = root.Derive(path);
            Assert.Equal(secret.Secret.Expose(), root.Secret.Expose() + derived.Tweak);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Keys_come_back_from_their_text_on_both_networks() =>
        Prop.ForAll(roots, indices.ToArbitrary(), (root, index) =>
        {
            using var key = root.Derive(index | Bip32.Hardened);
            foreach (var network in Enum.GetValues<Bip32Network>())
            {
                var text = Text(key, network);
                Assert.StartsWith(network == Bip32Network.Mainnet ? "xprv" : "tprv", text, StringComparison.Ordinal);
                Assert.True(ExtendedPrivateKey.TryDecode(text, out var decoded, out var found));
                using (decoded)
                {
                    Assert.Equal(network, found);
                    Assert.Equal(key.Public, decoded.Public);
                    Assert.Equal(key.Secret.Expose(), decoded.Secret.Expose());
                }

                var publicText = key.Public.Encode(network);
                Assert.StartsWith(network == Bip32Network.Mainnet ? "xpub" : "tpub", publicText, StringComparison.Ordinal);
                Assert.True(ExtendedPublicKey.TryDecode(publicText, out var decodedPublic, out found));
                Assert.Equal(network, found);
                Assert.Equal(key.Public, decodedPublic);
                Assert.False(ExtendedPublicKey.TryDecode(text, out _, out _));
                Assert.False(ExtendedPrivateKey.TryDecode(publicText, out _, out _));
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_testnet_form_of_the_first_vector_is_the_known_one()
    {
        using var root = ExtendedPrivateKey.FromSeed(Convert.FromHexString("000102030405060708090a0b0c0d0e0f"));
        Assert.Equal(
            "tprv8ZgxMBicQKsPeDgjzdC36fs6bMjGApWDNLR9erAXMs5skhMv36j9MV5ecvfavji5khqjWaWSFhN3YcCUUdiKH6isR4Pwy3U5y5egddBr16m",
            Text(root, Bip32Network.Testnet));
    }

    [Fact]
    public void A_public_key_has_no_hardened_children()
    {
        using var root = ExtendedPrivateKey.FromSeed(new byte[16]);
        var key = root.Public;
        Assert.Throws<ArgumentOutOfRangeException>(() => key.Derive(Bip32.Hardened));
        Assert.Throws<ArgumentException>(() => key.Derive(Bip32Path.Parse("m/0/1'")));
        Assert.Throws<ArgumentException>(() => Bip32.DerivePublic(key.Key, key.ChainCode, Bip32Path.Parse("m/1'")));
        using var hardened = root.Derive(Bip32.Hardened);
        using var plain = root.Derive(0);
        Assert.NotEqual(hardened.Public, plain.Public);
    }

    [Fact]
    public void The_empty_path_is_the_key_itself_in_a_copy_of_its_own()
    {
        using var root = ExtendedPrivateKey.FromSeed(new byte[16]);
        var same = root.Derive(Bip32Path.Root);
        Assert.Equal(root.Public, same.Public);
        same.Dispose();
        Assert.False(root.Secret.IsDisposed);
        Assert.Equal(root.Public, root.Public.Derive(Bip32Path.Root));
        Assert.Equal(Scalar<Secp256k1>.Zero, Bip32.DerivePublic(root.Public.Key, root.Public.ChainCode, Bip32Path.Root).Tweak);
    }

    [Fact]
    public void The_tree_ends_at_depth_255()
    {
        using var root = ExtendedPrivateKey.FromSeed(new byte[16]);
        using var deep = root.Derive(new Bip32Path(new uint[255]));
        Assert.Equal(255, deep.Public.Depth);
        Assert.Throws<InvalidOperationException>(() => deep.Derive(0));
        Assert.Throws<InvalidOperationException>(() => deep.Public.Derive(0));
        Assert.True(ExtendedPublicKey.TryDecode(deep.Public.Encode(Bip32Network.Mainnet), out var decoded, out _));
        Assert.Equal(deep.Public, decoded);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(65)]
    public void A_seed_has_16_to_64_bytes(int length) =>
        Assert.Throws<ArgumentException>(() => ExtendedPrivateKey.FromSeed(new byte[length]));

    [Fact]
    public void What_is_no_key_is_refused()
    {
        using var one = new Secret<Scalar<Secp256k1>>(Scalar<Secp256k1>.One);
        using var zero = new Secret<Scalar<Secp256k1>>(default);
        Assert.Throws<ArgumentException>(() => new ExtendedPrivateKey(zero, new byte[32]));
        Assert.Throws<ArgumentException>(() => new ExtendedPrivateKey(one, new byte[31]));
        Assert.Throws<ArgumentException>(() => new ExtendedPublicKey(default, new byte[32]));
        Assert.Throws<ArgumentException>(() => new ExtendedPublicKey(Point<Secp256k1>.G, new byte[33]));
        Assert.Throws<ArgumentException>(() => Bip32.DerivePublic(default, new byte[32], Bip32Path.Root));
        Assert.Throws<ArgumentException>(() => Bip32.DerivePublic(Point<Secp256k1>.G, new byte[31], Bip32Path.Root));
        using var key = new ExtendedPrivateKey(one, new byte[32]);
        Assert.Throws<ArgumentException>(() => key.Encode(Bip32Network.Mainnet, new char[110]));
        Assert.Throws<ArgumentOutOfRangeException>(() => key.Public.Encode((Bip32Network)2));
    }

    [Fact]
    public void A_child_that_is_the_identity_does_not_exist() =>
        Assert.Throws<CryptographicException>(() => Bip32.Child(Point<Secp256k1>.G, -Scalar<Secp256k1>.One));

    [Fact]
    public void Deriving_and_disposing_leaves_the_parents_secret_alone_and_wipes_ones_own()
    {
        using var root = ExtendedPrivateKey.FromSeed(new byte[16]);
        var child = root.Derive(1);
        child.Dispose();
        Assert.True(child.Secret.IsDisposed);
        Assert.Throws<ObjectDisposedException>(() => child.Derive(Bip32.Hardened));
        Assert.Throws<ObjectDisposedException>(() => child.Encode(Bip32Network.Mainnet, new char[111]));
        Assert.False(root.Secret.IsDisposed);
        Assert.StartsWith("ExtendedPrivateKey(0", root.ToString(), StringComparison.Ordinal);
    }
}
