using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.Commitments;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Proofs;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using Quorate.Threshold.Transfer;

namespace Quorate.Threshold.Tests.Dkls23;

/// <summary>What a member that follows the rounds can still do wrong.</summary>
enum KeygenCheat
{
    OpensOtherBytes,
    OpensAnotherPolynomial,
    RaisesTheThreshold,
    LowersTheThreshold,
    CancelsATransferKey,
}

/// <summary>A key generation that cheats consistently: its echoes fit what it sends, so only the script can find it.</summary>
sealed class CheatingKeygen(ulong seed, KeygenCheat cheat, PartyId me, PartySet parties) : Protocol<Dkls23KeyShare>("dkls23-keygen/1/2", FrostRuns.Id(seed), me, parties)
{
    protected internal override IEnumerable<Round> Run()
    {
        var random = Own(new SeededRandom(seed, "cheat"));
        var round1 = EchoRound<Dkls23Keygen.Commitment>(1);
        var round2 = EchoRound<Dkls23Keygen.Opening>(2);
        var round3 = Round<Dkls23Keygen.Contribution>(3);
        var count = cheat switch { KeygenCheat.RaisesTheThreshold => 3, KeygenCheat.LowersTheThreshold => 1, _ => 2 };
        using var f = Polynomial<Secp256k1>.Random(count, random);
        using var g = Polynomial<Secp256k1>.Random(count, random);
        var (phi, fresh) = (f.Commit(), new byte[32]);
        var (commitment, salt) = HashCommitment.Commit(Context, Me, Dkls23Keygen.Opening.Content(phi, fresh), random);
        round1.Broadcast(new(commitment));
        yield return round1;
        round2.Broadcast(new(cheat == KeygenCheat.OpensAnotherPolynomial ? g.Commit() : phi, cheat == KeygenCheat.OpensOtherBytes ? [.. fresh[1..], 1] : fresh, salt));
        yield return round2;
        using var constant = f.Constant;
        var id = Dkls23Keygen.SetupId(Context, Parties, round2);
        var proof = SchnorrProof<Secp256k1>.Prove(Quorate.Cryptography.Hashing.Tags.Dkls23Setup, id, Me, constant, phi.Constant, random);
        foreach (var l in Parties.Except(Me))
        {
            using var pair = new PairInProgress(id, Me, l, random);
            using var honest = pair.Announce(proof, f.At(l));
            Point<Secp256k1>[] keys = [.. honest.ReceiverKeys];
            keys[0] = -BaseTransfer.Hash(TransferLabel.Create(id, l, Me), 0, 0, keys[1].Encode());
            round3.Send(l, new(proof, f.At(l), honest.ZeroSeed.Copy(), honest.SenderKey, keys));
        }
        yield return round3;
        // The others have aborted by now.
        yield return Round<Dkls23Keygen.Confirmation>(4);
    }

    /// <summary>All sessions of a key generation, one of them cheating.</summary>
    internal static Simulation Start(ulong seed, KeygenCheat cheat, PartyId cheater, PartySet parties)
    {
        var simulation = new Simulation(seed);
        foreach (var p in parties)
            simulation.Add(p == cheater
                ? new CheatingKeygen(seed, cheat, p, parties).Start()
                : new Dkls23Keygen(FrostRuns.Id(seed), p, parties, 2, new SeededRandom(seed, $"keygen {p}")).Start());
        return simulation;
    }
}
