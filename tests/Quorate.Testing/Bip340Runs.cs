using Quorate.Cryptography.Curves;
using Quorate.Threshold.Frost.Bip340;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Testing;

/// <summary>BIP 445 signing sessions set up for a simulation.</summary>
public static class Bip340Runs
{
    /// <summary>A key that the test deals itself, for parties 1 to n.</summary>
    public static SortedDictionary<PartyId, KeyShare<Secp256k1>> Deal(ulong seed, int t, int n)
    {
        using var random = new SeededRandom(seed, "deal");
        using var f = Polynomial<Secp256k1>.Random(t, random);
        var chainCode = new byte[32];
        random.Fill(chainCode);
        var package = PublicKeyPackage<Secp256k1>.FromCommitment(
            KeyScheme.FrostBip340, KeyOrigin.Generated, epoch: 0, PartySet.Range(n), f.Commit(), chainCode);
        return new(package.Parties.ToDictionary(p => p, p => new KeyShare<Secp256k1>(p, f.At(p), package)));
    }

    /// <summary>All sessions of a signature.</summary>
    public static Simulation Sign(
        ulong seed, IReadOnlyDictionary<PartyId, KeyShare<Secp256k1>> shares, PartySet quorum, TweakContext key, byte[] message)
    {
        var simulation = new Simulation(seed);
        foreach (var p in quorum)
            simulation.Add(new Bip340Sign(FrostRuns.Id(seed), shares[p], quorum, key, message, new SeededRandom(seed, $"sign {p}")).Start());
        return simulation;
    }

    /// <summary>All sessions of a signature with nonces that everybody prepared ahead.</summary>
    public static Simulation SignPrepared(
        ulong seed, IReadOnlyDictionary<PartyId, KeyShare<Secp256k1>> shares, PartySet quorum, TweakContext key, byte[] message,
        IReadOnlyDictionary<PartyId, SecretNonce> nonces)
    {
        var publicNonces = nonces.ToDictionary(n => n.Key, n => n.Value.Public);
        var simulation = new Simulation(seed);
        foreach (var p in quorum)
            simulation.Add(Bip340Sign.WithPrepared(FrostRuns.Id(seed), shares[p], quorum, key, message, nonces[p], publicNonces).Start());
        return simulation;
    }
}
