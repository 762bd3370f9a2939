using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Tests.Sharing;

/// <summary>Keys from a dealer who knows everything: quicker than key generation where only the result matters.</summary>
static class Dealt<C> where C : struct, ICurve<C>
{
    internal static SortedDictionary<PartyId, KeyShare<C>> Key(KeyScheme scheme, ulong seed, int t, PartySet parties)
    {
        using var random = new SeededRandom(seed, "dealer");
        using var f = Polynomial<C>.Random(t, random);
        var package = Package(scheme, t, parties, f.Commit());
        return new(parties.ToDictionary(p => p, p => new KeyShare<C>(p, f.At(p), package)));
    }

    internal static PublicKeyPackage<C> Package(KeyScheme scheme, int t, PartySet parties, PolynomialCommitment<C> phi) =>
        new(scheme, KeyOrigin.Imported, 0, t, parties, phi.Constant, parties.Select(phi.AtVarTime), new byte[32]);
}
