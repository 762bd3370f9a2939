using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Signatures;
using Quorate.Testing;

namespace Quorate.Cryptography.Tests.Signatures;

public class Bip340BatchTests
{
    sealed class Batch(int count)
    {
        readonly Bip340PublicKey[] keys = new Bip340PublicKey[count];
        readonly ReadOnlyMemory<byte>[] messages = new ReadOnlyMemory<byte>[count];
        internal readonly Bip340Signature[] Signatures = new Bip340Signature[count];

        internal static Batch Signed(int count)
        {
            var batch = new Batch(count);
            var random = new SeededRandom((ulong)count, "batch");
            for (var i = 0; i < count; i++)
            {
                using var key = Bip340Key.Generate(random);
                var message = new byte[i];
                random.Fill(message);
                (batch.keys[i], batch.messages[i]) = (key.PublicKey, message);
                batch.Signatures[i] = key.Sign(message, random);
            }
            return batch;
        }

        internal bool Verify() => Bip340Batch.Verify(keys, messages, Signatures, new SeededRandom(1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(17)]
    public void A_batch_of_valid_signatures_passes(int count) => Assert.True(Batch.Signed(count).Verify());

    [Fact]
    public void A_batch_of_several_sums_passes_and_a_bad_signature_in_the_last_one_is_found()
    {
        var batch = Batch.Signed(257);
        Assert.True(batch.Verify());
        batch.Signatures[256] = batch.Signatures[0];
        Assert.False(batch.Verify());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(9)]
    public void One_bad_signature_anywhere_fails_the_batch(int count)
    {
        var batch = Batch.Signed(count);
        for (var i = 0; i < count; i++)
        {
            var good = batch.Signatures[i];
            var bad = good.Encode();
            bad[63] ^= 1;
            Assert.True(Bip340Signature.TryDecode(bad, out batch.Signatures[i]));
            Assert.False(batch.Verify());
            batch.Signatures[i] = default;
            Assert.False(batch.Verify());
            batch.Signatures[i] = good;
        }
        Assert.True(batch.Verify());
    }

    [Fact]
    public void Two_errors_that_would_cancel_in_a_plain_sum_do_not()
    {
        var batch = Batch.Signed(3);
        batch.Signatures[0] = WithS(batch.Signatures[0], Scalar<Secp256k1>.One);
        batch.Signatures[1] = WithS(batch.Signatures[1], -Scalar<Secp256k1>.One);
        Assert.False(batch.Verify());

        static Bip340Signature WithS(Bip340Signature signature, Scalar<Secp256k1> change)
        {
            byte[] encoded = [.. signature.Encode()[..32], .. (signature.S + change).Encode()];
            Assert.True(Bip340Signature.TryDecode(encoded, out var changed));
            return changed;
        }
    }

    [Fact]
    public void A_default_key_fails_the_batch()
    {
        var signatures = Batch.Signed(2).Signatures;
        Assert.False(Bip340Batch.Verify(new Bip340PublicKey[2], new ReadOnlyMemory<byte>[2], signatures, new SeededRandom(1)));
    }

    [Fact]
    public void Spans_of_different_lengths_are_refused()
    {
        var signatures = Batch.Signed(2).Signatures;
        Assert.Throws<ArgumentException>(() =>
            Bip340Batch.Verify(new Bip340PublicKey[1], new ReadOnlyMemory<byte>[2], signatures, new SeededRandom(1)));
        Assert.Throws<ArgumentException>(() =>
            Bip340Batch.Verify(new Bip340PublicKey[2], new ReadOnlyMemory<byte>[3], signatures, new SeededRandom(1)));
    }
}
