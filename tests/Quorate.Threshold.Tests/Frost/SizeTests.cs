using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Tests.Sharing;

namespace Quorate.Threshold.Tests.Frost;

/// <summary>Bytes that one party sends, all frames to all parties included, as docs/spec/frost.md states them.</summary>
public sealed class SizeTests
{
    [Theory, InlineData(2, 3, 940), InlineData(3, 5, 2_264)]
    public void Ed25519_key_generation(int t, int n, int bytes) => CheckKeygen(FrostSuite.Ed25519, t, n, bytes);

    [Theory, InlineData(2, 3, 948), InlineData(3, 5, 2_284)]
    public void Secp256k1_key_generation(int t, int n, int bytes) => CheckKeygen(FrostSuite.Secp256k1, t, n, bytes);

    [Fact, Trait("Category", "Slow")]
    public void Key_generation_of_34_of_100()
    {
        CheckKeygen(FrostSuite.Ed25519, 34, 100, 455_202);
        CheckKeygen(FrostSuite.Secp256k1, 34, 100, 458_766);
    }

    [Theory, InlineData(2, 3, 234, 69), InlineData(3, 5, 532, 138), InlineData(34, 100, 41_514, 2_277)]
    public void Ed25519_signing(int t, int n, int bytes, int prepared) => CheckSigning(FrostSuite.Ed25519, t, n, bytes, prepared);

    [Theory, InlineData(2, 3, 236, 69), InlineData(3, 5, 536, 138), InlineData(34, 100, 41_580, 2_277)]
    public void Secp256k1_signing(int t, int n, int bytes, int prepared) => CheckSigning(FrostSuite.Secp256k1, t, n, bytes, prepared);

    [Fact]
    public void The_page_states_these_sizes() => Assert.All(
        (string[])["| 2, 3 | 940 | 948 | 234 | 236 | 69 |", "| 3, 5 | 2,264 | 2,284 | 532 | 536 | 138 |", "| 34, 100 | 455,202 | 458,766 | 41,514 | 41,580 | 2,277 |"],
        row => Assert.Contains(row, File.ReadLines(Repository.PathOf("docs/spec/frost.md"))));

    static void CheckKeygen<C>(FrostSuite<C> suite, int t, int n, int bytes) where C : struct, ICurve<C>
    {
        using var run = FrostRuns.Keygen(suite, 1, t, PartySet.Range(n)).Run();
        Assert.Equal((n - 1) * (39 + (t + 1) * C.PointSize + 32 + 37 + 32 * n + 37 + 32 + 37 + C.PointSize + 32), bytes);
        Assert.All(PartyId.Range(n), p => Assert.Equal(bytes, run.BytesSent(p)));
    }

    static void CheckSigning<C>(FrostSuite<C> suite, int t, int n, int bytes, int prepared) where C : struct, ICurve<C>
    {
        var (shares, quorum) = (Dealt<C>.Key(suite.Scheme, 1, t, PartySet.Range(n)), PartySet.Range(t));
        using var run = FrostRuns.Sign(suite, 1, shares, quorum, [1]).Run();
        Assert.Equal((t - 1) * (37 + 2 * C.PointSize + 37 + 32 * t + 32), bytes);
        Assert.All(quorum, p => Assert.Equal(bytes, run.BytesSent(p)));

        using var oneRound = new Simulation(1);
        var nonces = quorum.ToDictionary(p => p, p => SigningNonces<C>.Generate(suite, shares[p], new SeededRandom(p.Value)));
        var commitments = nonces.ToDictionary(p => p.Key, p => p.Value.Commitments);
        foreach (var p in quorum)
            oneRound.Add(FrostSign<C>.WithPrepared(suite, FrostRuns.Id(1), shares[p], quorum, [1], nonces[p], commitments).Start());
        oneRound.Run();
        Assert.All(quorum, p => Assert.Equal(prepared, oneRound.BytesSent(p)));
    }
}
