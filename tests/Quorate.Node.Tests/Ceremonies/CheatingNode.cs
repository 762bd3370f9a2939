using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Node.Ceremonies;
using Quorate.Node.Letters;
using Quorate.Node.Sessions;
using Quorate.Testing;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Node.Tests.Ceremonies;

/// <summary>
/// A node of the deployment with its own key that joins every attempt to make an Ed25519 key. It commits to a polynomial whose
/// constant term it does not know; or, where it deceives somebody, it is honest with everybody else and has a wrong share for
/// that one.
/// </summary>
sealed class CheatingNode : IAsyncDisposable
{
    readonly CeremonyFleet fleet;
    readonly int me;
    readonly Switchboard board;
    readonly SessionHost sessions;
    readonly Correspondence letters;

    readonly PartyId? deceived;

    internal CheatingNode(CeremonyFleet fleet, int me, int? deceived = null)
    {
        (this.fleet, this.me, this.deceived) = (fleet, me, deceived is { } party ? new PartyId(party) : null);
        var key = fleet.Acme.Key($"node-{me}");
        board = new(fleet.Network.Join(fleet.Acme.Id($"node-{me}")), fleet.Acme.Genesis.Nodes.Select(n => n.Id).ToHashSet(), 64);
        sessions = new(board, key, TimeProvider.System, SystemRandom.Shared);
        letters = new(board, key, fleet.Acme.Genesis.Hash.ToArray(), TimeProvider.System, SystemRandom.Shared);
        letters.Answer(Topic.Ceremony, AnswerAsync);
        letters.Answer(Topic.Certificate, AnswerAsync);
    }

    Task<byte[]> AnswerAsync(Policies.NodeId from, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        var letter = CeremonyLetter.Decode(body.Span);
        if (letter.Question == CeremonyQuestion.Join)
            _ = RunAsync(Policies.CeremonyOrder.Parse(letter.Order), letter.Plan!);
        return Task.FromResult(new CeremonyReport("", 1, 0, 0, false, false, false, "", [], false, [], [], []).Encode());
    }

    async Task RunAsync(Policies.CeremonyOrder order, AttemptPlan plan)
    {
        const string step = "FrostEd25519/keygen";
        var parties = PartySet.Range(fleet.Acme.Genesis.Nodes.Length);
        await sessions.RunWatchedAsync(
            new(fleet.Acme.Genesis.Hash.ToArray(), plan.SessionName(step), $"ceremony/1/{step}", plan.Subject(order.Hash, step),
                parties.ToDictionary(p => p, p => fleet.Acme.Genesis.Nodes[p.Value - 1].Id)),
            new(me), id => new Keygen(id, new(me), parties, deceived), new(new(new())), Task.CompletedTask, default);
    }

    public async ValueTask DisposeAsync()
    {
        await letters.DisposeAsync();
        await board.DisposeAsync();
    }

    /// <summary>The honest protocol's first rounds, with a proof that proves nothing or a share that is none.</summary>
    sealed class Keygen(SessionId id, PartyId me, PartySet parties, PartyId? deceived)
        : Protocol<KeyShare<Ed25519>>($"frost-keygen/1/{FrostSuite.Ed25519.ContextString}/{KeyScheme.FrostEd25519}/2", id, me, parties)
    {
        readonly SessionId session = id;

        protected override IEnumerable<Round> Run()
        {
            var round1 = EchoRound<FrostKeygen<Ed25519>.Commitment>(1);
            var point = Point<Ed25519>.MultiplyBase(Scalar<Ed25519>.FromUInt64(7));
            // The honest protocol draws its polynomial first: from the same source it is the same.
            using var f = Polynomial<Ed25519>.Random(2, new SeededRandom(9));
            round1.Broadcast(deceived is null ? new(new([point, point]), new(point, Scalar<Ed25519>.One)) : HonestCommitment());
            yield return round1;
            var round2 = Round<FrostKeygen<Ed25519>.Share>(2);
            if (deceived is not null)
                round2.SendEach(party => new(f.At(party == deceived ? new PartyId(party.Value + 7) : party)));
            yield return round2;
        }

        FrostKeygen<Ed25519>.Commitment HonestCommitment()
        {
            using var honest = new FrostKeygen<Ed25519>(FrostSuite.Ed25519, KeyScheme.FrostEd25519, session, Me, Parties, 2, new SeededRandom(9)).Start();
            using var message = honest.TakeOutgoing()[0];
            // After the frame's header.
            var reader = new WireReader(message.Bytes.Span[37..]);
            var commitment = FrostKeygen<Ed25519>.Commitment.Read(ref reader);
            reader.End();
            return commitment;
        }
    }
}
