using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.ChillDkg;
using Quorate.Threshold.Frost.Bip340;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Benchmarks;

/// <summary>ChillDKG and BIP 445: what one participant, and the coordinator, compute, allocate and send in each phase.</summary>
static class Bip340Benchmarks
{
    static readonly byte[] Message = new byte[32];

    internal static void Run(string[] args)
    {
        foreach (var (t, n) in new[] { (2, 3), (3, 5), (7, 10), (34, 50), (67, 100) })
        {
            Console.WriteLine($"BIP 340 {t}-of-{n}");
            var runs = n <= 10 ? 50 : 1;
            var hostKeys = Enumerable.Range(0, n).Select(_ => HostKey.Generate(SystemRandom.Shared)).ToArray();
            var parameters = new SessionParameters(t, hostKeys.Select(k => k.PublicKey.Encode()).ToArray());
            var coordinator = new PartyId(n + 1);
            var parties = new PartySet(parameters.Participants.Append(coordinator));

            var participantClock = new PhaseClock(3);
            var coordinatorClock = new PhaseClock(3);
            KeyShare<Secp256k1>[] shares = [];
            for (var run = 0; run < runs; run++)
            {
                Generate(participantClock, parameters.Participants[0]);
                shares = Generate(coordinatorClock, coordinator);
            }
            FrostBenchmarks.Print("chill", participantClock, ["step 1", "step 2", "finalize"]);
            FrostBenchmarks.Print("coord", coordinatorClock, ["start", "step 1", "finalize"]);

            var sign = new PhaseClock(3);
            var prepared = new PhaseClock(2);
            var quorum = new PartySet(PartyId.Range(t));
            var key = TweakContext.Init(shares[0].Package.GroupKey).ApplyTaproot();
            for (var run = 0; run < 3 * runs; run++)
            {
                var id = SessionId.Random(SystemRandom.Shared);
                sign.Run(quorum, p => new Bip340Sign(id, shares[p.Value - 1], quorum, key, Message, SystemRandom.Shared));
                var nonces = quorum.ToDictionary(p => p, p => SecretNonce.Prepare(shares[p.Value - 1], SystemRandom.Shared));
                var publicNonces = nonces.ToDictionary(p => p.Key, p => p.Value.Public);
                prepared.Run(quorum, p => Bip340Sign.WithPrepared(id, shares[p.Value - 1], quorum, key, Message, nonces[p], publicNonces));
            }
            FrostBenchmarks.Print("sign", sign, ["round 1", "round 2", "aggregate"]);
            FrostBenchmarks.Print("ahead", prepared, ["round 2", "aggregate"]);

            KeyShare<Secp256k1>[] Generate(PhaseClock clock, PartyId measured)
            {
                var id = SessionId.Random(SystemRandom.Shared);
                var sessions = clock.Run(parties, measured, p => p == coordinator
                    ? new ChillDkgCoordinator(id, p, parameters).Start
                    : new ChillDkgParticipant(id, hostKeys[p.Value - 1], parameters, coordinator, SystemRandom.Shared).Start);
                return [.. sessions.OfType<Session<ChillDkgOutput>>().Select(s => s.TakeOutput().Share)];
            }
        }
    }
}
