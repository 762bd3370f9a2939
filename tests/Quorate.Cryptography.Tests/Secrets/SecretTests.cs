using System.Runtime.CompilerServices;
using System.Text.Json;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Testing;

namespace Quorate.Cryptography.Tests.Secrets;

/// <summary>The live count is one for the process, so these tests run alone.</summary>
[CollectionDefinition("Secrets", DisableParallelization = true)]
public class SecretsCollection;

[Collection("Secrets")]
public class SecretTests
{
    /// <summary>What other tests forgot must not be wiped, and counted, in the middle of one of these.</summary>
    public SecretTests()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    [Fact]
    public void Disposing_wipes_the_memory()
    {
        var secret = new Secret<ulong>(0x1122334455667788);
        ref readonly var exposed = ref secret.Expose();
        Assert.Equal(0x1122334455667788UL, exposed);

        secret.Dispose();

        Assert.Equal(0UL, exposed);
        Assert.True(secret.IsDisposed);
        Assert.Throws<ObjectDisposedException>(() => secret.Expose());
        Assert.Throws<ObjectDisposedException>(secret.Copy);
    }

    [Fact]
    public void Disposing_wipes_all_bytes()
    {
        var secret = new SecretBytes([1, 2, 3]);
        var exposed = secret.Expose();
        Assert.Equal([1, 2, 3], exposed.ToArray());

        secret.Dispose();

        Assert.Equal([0, 0, 0], exposed.ToArray());
        Assert.True(secret.IsDisposed);
        Assert.Equal(3, secret.Length);
        Assert.Throws<ObjectDisposedException>(() => secret.Expose());
        Assert.Throws<ObjectDisposedException>(secret.Copy);
    }

    [Fact]
    public void Every_secret_counts_as_alive_until_it_is_disposed_and_only_once()
    {
        var before = SecretCount.Live;
        var value = new Secret<int>(1);
        var bytes = new SecretBytes(4);
        var copy = value.Copy();
        Assert.Equal(before + 3, SecretCount.Live);

        value.Dispose();
        value.Dispose();
        bytes.Dispose();
        copy.Dispose();
        Assert.Equal(before, SecretCount.Live);
    }

    [Fact]
    public void Many_threads_disposing_one_secret_wipe_it_once()
    {
        var before = SecretCount.Live;
        var secrets = Enumerable.Range(0, 200).Select(i => new Secret<int>(i)).ToArray();
        Parallel.For(0, 8, _ => Array.ForEach(secrets, secret => secret.Dispose()));
        Assert.Equal(before, SecretCount.Live);
    }

    [Fact]
    public void A_copy_has_a_life_of_its_own()
    {
        var value = new Secret<int>(42);
        using var valueCopy = value.Copy();
        value.Dispose();
        Assert.Equal(42, valueCopy.Expose());

        var bytes = new SecretBytes([42]);
        using var bytesCopy = bytes.Copy();
        bytes.Dispose();
        Assert.Equal(42, bytesCopy.Expose()[0]);
    }

    [Fact]
    public void The_callers_bytes_are_copied()
    {
        byte[] mine = [1];
        using var secret = new SecretBytes(mine);
        mine[0] = 2;
        Assert.Equal(1, secret.Expose()[0]);
    }

    [Fact]
    public void Text_and_serialization_reveal_nothing()
    {
        using var scalar = new Secret<Scalar<Secp256k1>>(Scalar<Secp256k1>.FromUInt64(123456789));
        using var number = new Secret<int>(123456789);
        using var bytes = new SecretBytes([123, 45, 67, 89]);

        Assert.Equal("Secret<Scalar`1>(…)", scalar.ToString());
        Assert.Equal("Secret<Int32>(…)", number.ToString());
        Assert.Equal("SecretBytes(4)", bytes.ToString());
        Assert.Throws<InvalidOperationException>(() => JsonSerializer.Serialize(number));
        Assert.Equal("""{"Length":4,"IsDisposed":false}""", JsonSerializer.Serialize(bytes));
    }

    [Fact]
    public void A_forgotten_secret_is_wiped_by_the_collector()
    {
        var before = SecretCount.Live;
        var memory = Forget();
        Assert.Equal(before + 1, SecretCount.Live);

        // After the finaliser, and before the next collection, a weak reference that tracks resurrection still sees the array.
        GC.Collect();
        GC.WaitForPendingFinalizers();

        Assert.Equal(before, SecretCount.Live);
        if (memory.Target is byte[] array)
            Assert.Equal(new byte[32], array);
    }

    [Fact]
    public void What_is_exposed_stays_until_the_last_reference_to_it_is_gone()
    {
        var before = SecretCount.Live;
        Compute(ref Unsafe.AsRef(in Exposed()));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(before, SecretCount.Live);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Compute(ref ulong exposed)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Assert.Equal(ulong.MaxValue, exposed);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        static ref readonly ulong Exposed() => ref new Secret<ulong>(ulong.MaxValue).Expose();
    }

    [Fact]
    public void A_negative_length_is_refused_and_not_counted()
    {
        var before = SecretCount.Live;
        Assert.Throws<ArgumentOutOfRangeException>(() => new SecretBytes(-1));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(before, SecretCount.Live);
    }

    [Fact]
    public void A_random_scalar_is_what_the_random_source_says_and_never_zero()
    {
        using var first = Secret<Scalar<Secp256k1>>.Random(new SeededRandom(1));
        using var again = Secret<Scalar<Secp256k1>>.Random(new SeededRandom(1));
        using var other = Secret<Scalar<Secp256k1>>.Random(new SeededRandom(2));
        Assert.Equal(first.Expose(), again.Expose());
        Assert.NotEqual(first.Expose(), other.Expose());

        using var afterZero = Secret<Scalar<Secp256k1>>.Random(new ZeroFirst());
        Assert.Equal(Scalar<Secp256k1>.One, afterZero.Expose());
    }

    [Fact]
    public void The_operator_and_the_table_agree()
    {
        using var k = Secret<Scalar<Secp256k1>>.Random(new SeededRandom(3));
        Assert.Equal(k.MultiplyBase(), k * Point<Secp256k1>.G);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static WeakReference Forget()
    {
        var secret = new SecretMemory<byte>(32);
        secret.Value.AsSpan().Fill(0xEE);
        return new WeakReference(secret.Value, trackResurrection: true);
    }

    /// <summary>Zeros at first, then the number one.</summary>
    sealed class ZeroFirst : IRandom
    {
        byte next;

        public void Fill(Span<byte> destination)
        {
            destination.Clear();
            destination[^1] = next++;
        }
    }
}
