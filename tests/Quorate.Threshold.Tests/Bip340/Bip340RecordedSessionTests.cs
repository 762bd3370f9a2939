using Quorate.Testing;
using Quorate.Threshold.Frost.Bip340;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Tests.Sessions;

namespace Quorate.Threshold.Tests.Bip340;

/// <summary>As for FROST: what sessions say under given seeds changes only with the protocol's name.</summary>
public sealed class Bip340RecordedSessionTests
{
    static readonly PartySet quorum = PartySet.Range(2);
    static readonly byte[] message = "recorded"u8.ToArray();

    [Fact]
    public void Signing_says_what_it_said()
    {
        var key = Bip340Runs.Deal(1, 2, 3);
        Assert.Equal("117da5983e9deae3bebb13fec9a8fd35f5754d95", Said.Digest(quorum.Select(p => new Bip340Sign(
            FrostRuns.Id(2), key[p], quorum, TweakContext.Init(key[p].Package.GroupKey), message, new SeededRandom(2, $"{p}")).Start())));
    }

    [Fact]
    public void Signing_with_prepared_nonces_says_what_it_said()
    {
        var key = Bip340Runs.Deal(1, 2, 3);
        var nonces = quorum.ToDictionary(p => p, p => SecretNonce.Prepare(key[p], new SeededRandom(3, $"{p}")));
        var known = nonces.ToDictionary(n => n.Key, n => n.Value.Public);
        Assert.Equal("a900d66149dd65c8d7519df88ef82a7043bb1eba", Said.Digest(quorum.Select(p => Bip340Sign.WithPrepared(
            FrostRuns.Id(3), key[p], quorum, TweakContext.Init(key[p].Package.GroupKey), message, nonces[p], known).Start())));
    }
}
