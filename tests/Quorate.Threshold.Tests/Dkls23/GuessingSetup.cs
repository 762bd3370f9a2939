using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Tests.Transfer;
using Quorate.Threshold.Transfer;

namespace Quorate.Threshold.Tests.Dkls23;

/// <summary>
/// A set-up whose party guesses one bit of everybody's Δ in the trial: it uses other choices in one column, which the
/// check passes exactly if that bit is 0.
/// </summary>
sealed class GuessingSetup(ulong seed, PendingSharing<Secp256k1> pending, int column)
    : Protocol<PairwiseSetups>("dkls23-setup/1", FrostRuns.Id(seed), pending.Me, pending.Package.Parties, pending.Replaces.ToArray(), pending.Package.Digest())
{
    protected internal override IEnumerable<Round> Run()
    {
        // Its contribution is the honest one, so that the id is, and with it the others' choices.
        var random = Own(new SeededRandom(seed, $"set-up {Me}"));
        var fresh = new byte[SessionId.Size];
        random.Fill(fresh);
        var round1 = EchoRound<Dkls23Setup.Contribution>(1);
        var round2 = Round<PairwiseKeys>(2);
        var round3 = Round<PairwiseTrial>(3);
        round1.Broadcast(new(fresh));
        yield return round1;
        var id = Dkls23Setup.SetupId(Context, Parties, l => round1[l].Fresh);
        var pairs = Parties.Except(Me).ToDictionary(l => l, l => Own(new PairInProgress(id, Me, l, random)));
        round2.SendEach(l => pairs[l].Announce());
        yield return round2;
        round3.SendEach(l =>
        {
            Assert.True(pairs[l].TryFinish(round2[l]));
            using var guess = new CheatingReceiver(
                TransferLabel.Create(pairs[l].TrialSubject(), l, Me), pairs[l].Setup.Pads0, pairs[l].Setup.Pads1, column);
            return new([.. guess.Message], pairs[l].Try().ZeroSeed);
        });
        yield return round3;
        Finish(new(Me, pending.Package, id, [.. pairs.Values.Select(p => p.Setup.Copy())]));
    }

    /// <summary>All sessions of a set-up, that of <paramref name="cheat"/> guessing.</summary>
    internal static Simulation Start(ulong seed, IEnumerable<PendingSharing<Secp256k1>> sharings, PartyId cheat, int column)
    {
        var simulation = new Simulation(seed);
        foreach (var pending in sharings)
            simulation.Add(pending.Me == cheat
                ? new GuessingSetup(seed, pending, column).Start()
                : new Dkls23Setup(FrostRuns.Id(seed), pending, new SeededRandom(seed, $"set-up {pending.Me}")).Start());
        return simulation;
    }
}
