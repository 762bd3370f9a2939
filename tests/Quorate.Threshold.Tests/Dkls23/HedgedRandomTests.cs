using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Testing;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Sessions;
using static Quorate.Threshold.Tests.Frost.Verdicts;

namespace Quorate.Threshold.Tests.Dkls23;

/// <summary>A generator that gives the same bytes for ever does not repeat a nonce under another message or session.</summary>
public sealed class HedgedRandomTests
{
    static readonly PartySet quorum = PartySet.Range(2);
    static readonly SortedDictionary<PartyId, Dkls23KeyShare> shares = Dkls23Runs.Key(43, 2, quorum);

    [Fact]
    public void With_a_stuck_generator_every_message_and_session_has_a_nonce_of_its_own()
    {
        byte[] first = SHA256.HashData([1]), second = SHA256.HashData([2]);
        Scalar<Secp256k1>[] nonces = [Sign(1, first), Sign(1, second), Sign(2, first), Presign(1), Presign(2)];
        Assert.Equal(nonces.Length, nonces.Distinct().Count());
        // Whereas the same session for the same message repeats itself whole, and tells nothing new.
        Assert.Equal(nonces[0], Sign(1, first));

        static Scalar<Secp256k1> Sign(ulong session, byte[] digest)
        {
            using var run = Start(p => new Dkls23Sign(FrostRuns.Id(session), shares[p], quorum, digest, new BanList(), new StuckRandom()).Start());
            return run.Output<Dkls23Signature>(P(1)).Value.Signature.R;
        }

        static Scalar<Secp256k1> Presign(ulong session)
        {
            using var run = Start(p => new Dkls23Presign(FrostRuns.Id(session), shares[p], quorum, new BanList(), new StuckRandom()).Start());
            return Scalar<Secp256k1>.Reduce(run.Output<Dkls23Presignature>(P(1)).R.EncodeXOnly());
        }

        static Simulation Start(Func<PartyId, Session> start)
        {
            var run = new Simulation(1);
            foreach (var p in quorum)
                run.Add(start(p));
            return run.Run();
        }
    }

    [Fact]
    public void Generator_share_and_context_each_change_the_stream_and_it_never_repeats()
    {
        using var share = new Secret<Scalar<Secp256k1>>(Scalar<Secp256k1>.One);
        using var another = new Secret<Scalar<Secp256k1>>(Scalar<Secp256k1>.FromUInt64(2));
        byte[] context = new byte[32];
        var streams = new[]
        {
            Stream(context, share, new StuckRandom()), Stream([.. new byte[31], 1], share, new StuckRandom()),
            Stream(context, another, new StuckRandom()), Stream(context, share, new SeededRandom(1)),
        };
        var blocks = streams.SelectMany(s => s.Chunk(32)).Select(Convert.ToHexString).ToArray();
        Assert.Equal(blocks.Length, blocks.Distinct().Count());
        Assert.Equal(streams[0], Stream(context, share, new StuckRandom()));

        // However it is cut, no byte is zero for want of filling.
        using var random = new HedgedRandom(context, share, new StuckRandom());
        foreach (var length in new[] { 1, 63, 64, 65, 200 })
        {
            var bytes = new byte[length];
            random.Fill(bytes);
            Assert.True(length < 10 || bytes.TakeLast(8).Any(b => b != 0));
        }

        static byte[] Stream(byte[] context, Secret<Scalar<Secp256k1>> share, IRandom source)
        {
            using var random = new HedgedRandom(context, share, source);
            var bytes = new byte[320];
            random.Fill(bytes.AsSpan(0, 64));
            random.Fill(bytes.AsSpan(64));
            return bytes;
        }
    }

    // docs/spec/dkls23.md's hash, and docs/spec/dkls23-vectors.md's rule that every draw begins with a new block.
    [Fact]
    public void The_stream_is_the_documented_one_and_ends_with_its_owner()
    {
        using var share = new Secret<Scalar<Secp256k1>>(Scalar<Secp256k1>.FromUInt64(5));
        byte[] context = [.. Enumerable.Repeat((byte)9, 32)];
        var key = HKDF.DeriveKey(
            HashAlgorithmName.SHA512, [.. Enumerable.Repeat((byte)7, 32), .. new byte[31], 5], 64, context, "quorate/v1/dkls23/randomness"u8.ToArray());
        byte[] Block(byte counter) => HMACSHA512.HashData(key, (byte[])[0, 0, 0, 0, 0, 0, 0, counter]);

        var random = new HedgedRandom(context, share, new StuckRandom());
        var (first, second, third) = (new byte[100], new byte[64], new byte[3]);
        random.Fill(first);
        random.Fill(second);
        random.Fill(third);
        Assert.Equal([.. Block(0), .. Block(1)[..36]], first);
        Assert.Equal(Block(2), second);
        Assert.Equal(Block(3)[..3], third);
        random.Dispose();
        Assert.Throws<ObjectDisposedException>(() => random.Fill(third));
    }

    sealed class StuckRandom : IRandom
    {
        public void Fill(Span<byte> destination) => destination.Fill(7);
    }
}
