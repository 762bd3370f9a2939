using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Testing;
using Quorate.Testing.Native;

namespace Quorate.Cryptography.Tests.Signatures;

public class Ed25519KeyTests
{
    [Fact]
    public void Keys_and_signatures_are_those_of_libsodium()
    {
        using var random = new SeededRandom(5, "keys");
        byte[] seed = new byte[32], publicKey = new byte[32], secretKey = new byte[64], signature = new byte[64];
        // Around the sizes where hashing leaves the stack: 1024 bytes of prefix or R ‖ A and message.
        foreach (var length in new[] { 0, 1, 63, 64, 65, 500, 959, 960, 961, 991, 992, 993, 5000 })
        {
            random.Fill(seed);
            var message = new byte[length];
            random.Fill(message);
            Libsodium.KeyPair(publicKey, secretKey, seed);
            Libsodium.Sign(signature, message, secretKey);

            using var key = new Ed25519Key(seed);
            Assert.Equal(publicKey, key.EncodedPublicKey);
            Assert.Equal(signature, key.Sign(message));
            Assert.True(Ed25519Signature.Verify(publicKey, message, signature));
        }
    }

    [Fact]
    public void Any_bit_of_key_message_or_signature_matters()
    {
        using var random = new SeededRandom(6, "bits");
        using var key = Ed25519Key.Generate(random);
        byte[] publicKey = [.. key.EncodedPublicKey], message = "message"u8.ToArray(), signature = key.Sign("message"u8);
        Assert.True(Ed25519Signature.Verify(publicKey, message, signature));
        foreach (var part in new[] { publicKey, message, signature })
        {
            for (var bit = 0; bit < 8 * part.Length; bit++)
            {
                part[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.False(Ed25519Signature.Verify(publicKey, message, signature));
                Assert.False(Libsodium.Verify(signature, message, publicKey));
                part[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
        Assert.True(Ed25519Signature.Verify(publicKey, message, signature));
    }

    [Fact]
    public void Wrong_lengths_verify_nothing()
    {
        using var key = new Ed25519Key(new byte[32]);
        var signature = key.Sign(default);
        Assert.False(Ed25519Signature.Verify(key.EncodedPublicKey, default, signature.AsSpan(0, 63)));
        Assert.False(Ed25519Signature.Verify(key.EncodedPublicKey, default, [.. signature, 0]));
        Assert.False(Ed25519Signature.Verify(key.EncodedPublicKey, default, default));
        Assert.False(Ed25519Signature.Verify(key.EncodedPublicKey[..31], default, signature));
        Assert.False(Ed25519Signature.Verify(default, default, signature));
        Assert.False(Ed25519Signature.Verify(key.PublicKey, default, signature.AsSpan(0, 63)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(64)]
    public void A_seed_has_32_bytes(int length) => Assert.Throws<ArgumentException>(() => new Ed25519Key(new byte[length]));

    [Fact]
    public void The_seed_comes_back_and_makes_the_same_key()
    {
        using var random = new SeededRandom(7);
        using var key = Ed25519Key.Generate(random);
        using var seed = key.ExportSeed();
        using var again = new Ed25519Key(seed.Expose());
        Assert.Equal(key.EncodedPublicKey, again.EncodedPublicKey);
    }

    [Fact]
    public void A_key_shows_its_public_half_only()
    {
        using var key = new Ed25519Key(new byte[32]);
        Assert.Equal("Ed25519Key(3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29)", key.ToString());
    }

    [Fact]
    public void Verification_allocates_nothing()
    {
        using var key = new Ed25519Key(new byte[32]);
        byte[] publicKey = [.. key.EncodedPublicKey], message = new byte[200], signature = key.Sign(message);
        Allocations.AssertNone(() => Assert.True(Ed25519Signature.Verify(publicKey, message, signature)));
    }
}

/// <summary>What counts living secrets runs alone.</summary>
[Collection("Secrets")]
public class Ed25519KeyLifeTests
{
    [Fact]
    public void A_wiped_key_signs_no_more_and_leaves_no_secret()
    {
        var before = SecretCount.Live;
        var key = new Ed25519Key(new byte[32]);
        key.Sign("a message"u8);
        Assert.Equal(before + 3, SecretCount.Live);
        key.Dispose();
        key.Dispose();
        Assert.Equal(before, SecretCount.Live);
        Assert.Throws<ObjectDisposedException>(() => key.Sign("a message"u8));
        Assert.Throws<ObjectDisposedException>(key.ExportSeed);
    }
}
