using System.Security.Cryptography;
using Quorate.Testing;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Tests.Dkls23;

/// <summary>Bytes that one party sends to all others together, frames included, as docs/spec/dkls23.md states them.</summary>
public sealed class Dkls23SizeTests
{
    static readonly byte[] Digest = SHA256.HashData("a message"u8);

    [Theory, InlineData(2, 2, 20_581), InlineData(2, 3, 41_290), InlineData(3, 5, 83_224)]
    public void Key_generation(int t, int n, int bytes)
    {
        using var run = Dkls23Runs.Keygen(7, t, PartySet.Range(n)).Run();
        // Per peer: commitment, opening, contribution, confirmation with trial; two echoes of n digests; six headers.
        Assert.Equal((n - 1) * (32 + (2 + 33 * t + 64) + (65 + 32 + 32 + 257 * 33) + (65 + 11_360 + 32) + 2 * 32 * n + 6 * 37), bytes);
        Assert.All(PartyId.Range(n), p => Assert.Equal(bytes, run.BytesSent(p)));
    }

    [Theory, InlineData(2, 2, 54_968), InlineData(2, 3, 54_968), InlineData(3, 5, 110_000)]
    public void Signing(int t, int n, int bytes)
    {
        var shares = Dkls23Runs.Key(6, t, PartySet.Range(n));
        using var run = Dkls23Runs.Sign(1, shares, PartySet.Range(t), Digest).Run();
        // Commitment 32, transfers 11,360, product 43,300, share 64; four headers of 37, a confirmed digest for every signer.
        Assert.Equal((t - 1) * (32 + 11_360 + 43_300 + 64 + 4 * 37 + 32 * t), bytes);
        Assert.All(PartySet.Range(t), p => Assert.Equal(bytes, run.BytesSent(p)));
        Assert.True(bytes <= 60_000 * (t - 1), "at most 60 kB for every peer");
    }

    [Theory, InlineData(2, 2, 54_867, 101), InlineData(2, 3, 54_867, 101), InlineData(3, 5, 109_798, 202)]
    public void A_presignature_and_its_use(int t, int n, int presign, int online)
    {
        var (shares, quorum) = (Dkls23Runs.Key(6, t, PartySet.Range(n)), PartySet.Range(t));
        using var ahead = Dkls23Runs.Presign(1, shares, quorum).Run();
        Assert.Equal((t - 1) * (54_803 + 32 * t), presign);
        Assert.All(quorum, p => Assert.Equal(presign, ahead.BytesSent(p)));
        using var run = Dkls23Runs.Online(1, shares, quorum.ToDictionary(p => p, ahead.Output<Dkls23Presignature>), Digest).Run();
        Assert.All(quorum, p => Assert.Equal(online, run.BytesSent(p)));
    }

    [Theory, InlineData(2, 2), InlineData(2, 3), InlineData(3, 5)]
    public void A_stored_share(int t, int n)
    {
        using var writer = new WireWriter();
        using var share = new WireWriter();
        var key = Dkls23Runs.Key(8, t, PartySet.Range(n))[new(1)];
        key.Write(writer);
        key.Share.Write(share);
        // Version, share; version, party, epoch, package digest, set-up id, count; for every peer its number, Δ, three
        // batches of pads, the zero seed.
        Assert.Equal(1 + share.Length + 77 + (n - 1) * (2 + 16 + 3 * 2_048 + 32), writer.Length);
    }
}
