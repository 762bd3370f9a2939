using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Signatures;
using Quorate.Testing;

namespace Quorate.Cryptography.Tests.Signatures;

public class Ed25519BatchTests
{
    sealed class Batch
    {
        internal readonly Point<Ed25519>[] Keys;
        internal readonly ReadOnlyMemory<byte>[] Messages, Signatures;

        internal Batch(int count)
        {
            (Keys, Messages, Signatures) = (new Point<Ed25519>[count], new ReadOnlyMemory<byte>[count], new ReadOnlyMemory<byte>[count]);
            using var random = new SeededRandom((ulong)count, "ed25519 batch");
            for (var i = 0; i < count; i++)
            {
                using var key = Ed25519Key.Generate(random);
                var message = new byte[i];
                random.Fill(message);
                (Keys[i], Messages[i], Signatures[i]) = (key.PublicKey, message, key.Sign(message));
            }
        }

        internal bool Verify()
        {
            using var random = new SeededRandom(1);
            return Ed25519Batch.Verify(Keys, Messages, Signatures, random);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(17)]
    [InlineData(100)]
    public void A_batch_of_valid_signatures_passes(int count) => Assert.True(new Batch(count).Verify());

    [Fact]
    public void A_batch_of_several_sums_passes_and_a_bad_signature_in_the_last_one_is_found()
    {
        var batch = new Batch(258);
        Assert.True(batch.Verify());
        batch.Signatures[257] = batch.Signatures[0];
        Assert.False(batch.Verify());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(9)]
    public void One_bad_signature_message_or_key_anywhere_fails_the_batch(int count)
    {
        var batch = new Batch(count);
        for (var i = 0; i < count; i++)
        {
            var (key, message, signature) = (batch.Keys[i], batch.Messages[i], batch.Signatures[i]);
            foreach (var position in new[] { 0, 31, 32, 63 })
            {
                var bad = signature.ToArray();
                bad[position] ^= 1;
                batch.Signatures[i] = bad;
                Assert.False(batch.Verify());
            }
            batch.Signatures[i] = signature[..63];
            Assert.False(batch.Verify());
            batch.Signatures[i] = signature;

            batch.Messages[i] = new byte[] { 1, 2, 3 };
            Assert.False(batch.Verify());
            batch.Messages[i] = message;

            batch.Keys[i] = key + Point<Ed25519>.G;
            Assert.False(batch.Verify());
            batch.Keys[i] = key;
        }
        Assert.True(batch.Verify());
    }

    [Fact]
    public void Two_bad_signatures_do_not_cancel()
    {
        // s₀ + 1 and s₁ − 1: a plain sum of both equations would hold.
        var batch = new Batch(2);
        for (var i = 0; i < 2; i++)
        {
            var bad = batch.Signatures[i].ToArray();
            var s = Scalar<Ed25519>.Decode(bad.AsSpan(32));
            (i == 0 ? s + Scalar<Ed25519>.One : s - Scalar<Ed25519>.One).Encode(bad.AsSpan(32));
            batch.Signatures[i] = bad;
        }
        Assert.False(batch.Verify());
    }

    [Fact]
    public void Unequal_lengths_are_a_mistake_of_the_caller()
    {
        using var random = new SeededRandom(1);
        var batch = new Batch(2);
        Assert.Throws<ArgumentException>(() => Ed25519Batch.Verify(batch.Keys.AsSpan(1), batch.Messages, batch.Signatures, random));
        Assert.Throws<ArgumentException>(() => Ed25519Batch.Verify(batch.Keys, batch.Messages.AsSpan(1), batch.Signatures, random));
        Assert.Throws<ArgumentException>(() => Ed25519Batch.Verify(batch.Keys, batch.Messages, batch.Signatures.AsSpan(1), random));
        Assert.Throws<ArgumentNullException>(() => Ed25519Batch.Verify(batch.Keys, batch.Messages, batch.Signatures, null!));
    }
}
