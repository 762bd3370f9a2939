using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Dkls23;

/// <summary>
/// One party's pairwise set-ups with everybody while they are made: the part that key generation and
/// <see cref="Dkls23Setup"/> have in common. In order: <see cref="Announce"/>, <see cref="Finish"/>, <see cref="Try"/>,
/// <see cref="Judge"/>, <see cref="For"/>.
/// </summary>
sealed class SetupInProgress : IDisposable
{
    readonly byte[] id;
    readonly PartyId me;
    readonly HedgedRandom hedged;
    readonly PairInProgress[] pairs;

    /// <summary>
    /// Draws this party's side. The id is fresh by everybody's contribution, so that even a generator that repeats itself,
    /// as after a restored snapshot, draws other keys for another set-up: the same ones would tell Δ.
    /// </summary>
    /// <param name="id">What everybody has contributed to and echoed.</param>
    /// <param name="me">This party.</param>
    /// <param name="parties">Everybody, this party included.</param>
    /// <param name="secret">A secret of this party's that the randomness is drawn from too; it stays the caller's.</param>
    /// <param name="random">The host's generator.</param>
    internal SetupInProgress(byte[] id, PartyId me, PartySet parties, Secret<Scalar<Secp256k1>> secret, IRandom random)
    {
        (this.id, this.me) = (id, me);
        hedged = new(id, secret, random);
        pairs = [.. parties.Except(me).Select(peer => new PairInProgress(id, me, peer, hedged))];
    }

    /// <summary>This party's keys for <paramref name="peer"/>.</summary>
    internal PairwiseKeys Announce(PartyId peer) => With(peer).Announce();

    /// <summary>Takes everybody's keys. Returns those whose keys are excluded.</summary>
    internal PartyId[] Finish(Func<PartyId, PairwiseKeys> theirs) => [.. pairs.Where(p => !p.TryFinish(theirs(p.Peer))).Select(p => p.Peer)];

    /// <summary>This party's trial for <paramref name="peer"/>.</summary>
    internal PairwiseTrial Try(PartyId peer) => With(peer).Try();

    /// <summary>Takes everybody's trials. Returns those whose set-up does not fit this party's.</summary>
    internal PartyId[] Judge(Func<PartyId, PairwiseTrial> theirs) => [.. pairs.Where(p => !p.Fits(theirs(p.Peer))).Select(p => p.Peer)];

    /// <summary>The set-ups, for shares of this package and no other, with a life of their own.</summary>
    internal PairwiseSetups For(PublicKeyPackage<Secp256k1> package) => new(me, package, id, [.. pairs.Select(p => p.Setup.Copy())]);

    /// <summary>Wipes every pair.</summary>
    public void Dispose()
    {
        hedged.Dispose();
        foreach (var pair in pairs)
            pair.Dispose();
    }

    PairInProgress With(PartyId peer) => pairs.First(p => p.Peer == peer);
}
