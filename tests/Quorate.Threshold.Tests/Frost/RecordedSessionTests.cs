using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Tests.Sessions;

namespace Quorate.Threshold.Tests.Frost;

/// <summary>
/// What sessions say under given seeds, by its digest. Versions that say something else under the same protocol name do
/// not understand each other: a change here is a new protocol name.
/// </summary>
public sealed class RecordedSessionTests
{
    static readonly PartySet parties = PartySet.Range(3);
    static readonly PartySet quorum = PartySet.Range(2);
    static readonly byte[] message = "recorded"u8.ToArray();

    [Fact]
    public void Key_generation_says_what_it_said() => Assert.Equal(
        "f43228a32d0584e9d0eebc85384907d18c8a3b1b", Said.Digest(parties.Select(p => new FrostKeygen<Secp256k1>(
            FrostSuite.Secp256k1, FrostRuns.Id(1), p, parties, 2, new SeededRandom(1, $"{p}")).Start())));

    [Fact]
    public void Signing_says_what_it_said()
    {
        var key = FrostRuns.Key(FrostSuite.Secp256k1, 1, 2, parties);
        Assert.Equal("1e677684e3887770f16891c80bc63db7fa82f3cb", Said.Digest(quorum.Select(p => new FrostSign<Secp256k1>(
            FrostSuite.Secp256k1, FrostRuns.Id(2), key[p], quorum, message, new SeededRandom(2, $"{p}")).Start())));
    }

    [Fact]
    public void Signing_with_prepared_nonces_says_what_it_said()
    {
        var key = FrostRuns.Key(FrostSuite.Secp256k1, 1, 2, parties);
        var nonces = quorum.ToDictionary(
            p => p, p => SigningNonces<Secp256k1>.Generate(FrostSuite.Secp256k1, key[p], new SeededRandom(3, $"{p}")));
        var commitments = nonces.ToDictionary(n => n.Key, n => n.Value.Commitments);
        Assert.Equal("59e2d7bfaef25119b1f28972b4ded35f32ab07a6", Said.Digest(quorum.Select(p => FrostSign<Secp256k1>.WithPrepared(
            FrostSuite.Secp256k1, FrostRuns.Id(3), key[p], quorum, message, nonces[p], commitments).Start())));
    }
}
