using Quorate.Cryptography.Curves;
using Quorate.Node.Channel;
using Quorate.Node.Sessions;
using Quorate.Node.Tests.Channel;
using Quorate.Testing;
using Quorate.Testing.Native;
using Quorate.Threshold.ChillDkg;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Frost.Bip340;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using static Quorate.Node.Tests.Channel.Nodes;
using static Quorate.Node.Tests.Sessions.SecuredRuns;

namespace Quorate.Node.Tests.Sessions;

/// <summary>The protocols themselves over secured channels, through a postman in all weathers.</summary>
public class SimulatedSessionTests
{
    static readonly PartySet all = PartySet.Range(3);
    static readonly PartySet quorum = new([P(1), P(3)]);

    static SortedDictionary<PartyId, T> Run<T>(
        SessionDescription description, Func<PartyId, Func<SessionId, Protocol<T>>> protocol, ulong seed) where T : class
    {
        using var postman = new Postman(seed).InAllWeathers();
        // Under every other seed the parties sign their progress, which must change nothing.
        var sessions = postman.Begin(description, protocol, seed, isWitnessed: seed % 2 == 1);
        postman.Run();
        var outputs = new SortedDictionary<PartyId, T>(sessions.ToDictionary(s => s.Key, s => s.Value.Output()));
        foreach (var session in sessions.Values)
            session.Dispose();
        return outputs;
    }

    [Fact]
    public void Frost_ed25519_generates_a_key_and_signs_in_all_weathers()
    {
        for (ulong seed = 0; seed < 8; seed++)
        {
            var shares = Run(Session(3, protocol: "frost-keygen/1"), Ed25519Keygen(all), seed);
            var signatures = Run<SchnorrSignature<Ed25519>>(Session([1, 3], 2, protocol: "frost-sign/1"), me => id => new FrostSign<Ed25519>(
                FrostSuite.Ed25519, id, shares[me], quorum, Digest, new SeededRandom(seed, $"sign {me}")), seed);
            Assert.True(Libsodium.Verify(signatures[P(1)].Encode(), Digest, shares[P(1)].Package.GroupKey.Encode()));
            Assert.Equal(signatures[P(1)], signatures[P(3)]);
        }
    }

    [Fact]
    public void Chill_dkg_generates_a_key_and_bip340_signs_in_all_weathers()
    {
        for (ulong seed = 0; seed < 4; seed++)
        {
            using var keygen = new ChillDkgRuns(seed, 2, 3);
            using var postman = new Postman(seed).InAllWeathers();
            // The coordinator is a fourth node, without a share.
            var description = Session(4, protocol: "chilldkg/1");
            using var coordinator = new SecuredSession<RecoveryData>(
                description, P(4), Identity(4), id => new ChillDkgCoordinator(id, P(4), keygen.Parameters), new SeededRandom(seed, "coordinator"), isWitnessed: seed % 2 == 1);
            postman.Add(Id(4), coordinator);
            coordinator.SayReady();
            var participants = all.ToDictionary(p => p, p => new SecuredSession<ChillDkgOutput>(description, p, Identity(p.Value), id =>
                new ChillDkgParticipant(id, keygen.HostKeys[p.Value - 1], keygen.Parameters, P(4), new SeededRandom(seed, $"chilldkg {p}")),
                new SeededRandom(seed, $"channels {p}"), isWitnessed: seed % 2 == 1));
            foreach (var (p, participant) in participants)
            {
                postman.Add(Id(p), participant);
                participant.SayReady();
            }
            postman.Run();
            Assert.NotNull(coordinator.Output());
            var shares = participants.ToDictionary(p => p.Key, p => p.Value.Output().Share);

            var key = TweakContext.Init(shares[P(1)].Package.GroupKey).ApplyTaproot();
            var signatures = Run<Bip340Signed>(Session([1, 3], 2, protocol: "bip340-sign/1"), me => id => new Bip340Sign(
                id, shares[me], quorum, key, Digest, new SeededRandom(seed, $"sign {me}")), seed);
            Assert.All(signatures.Values, s => Assert.True(Libsecp256k1.SchnorrVerifyEncoded(s.Signature.Encode(), Digest, key.PublicKey.Encode())));
        }
    }

    [Fact]
    public void Dkls23_generates_a_key_and_signs_in_all_weathers()
    {
        for (ulong seed = 0; seed < 2; seed++)
        {
            var shares = Run(Session(3, protocol: "dkls23-keygen/1"), Dkls23Keygen(all), seed);
            var signatures = Run<Dkls23Signature>(Session([1, 3], 2, protocol: "dkls23-sign/1"), me => id => new Dkls23Sign(
                id, shares[me], quorum, Digest, new BanList(), new SeededRandom(seed, $"sign {me}")), seed);
            Assert.All(signatures.Values, s => Assert.True(s.Value.Signature.Verify(shares[P(1)].Package.GroupKey, Digest)));
        }
    }

    // A lost packet may stop a session, and then its absence makes suspects; it never makes a culprit or a wrong result.
    [Fact]
    public void Losses_may_stop_a_session_and_prove_nothing_against_anybody()
    {
        var (completed, stopped) = (0, 0);
        for (ulong seed = 0; seed < 60; seed++)
        {
            using var postman = new Postman(seed);
            postman.With(Weather.Lose(postman.Random, oneIn: 60)).InAllWeathers();
            var sessions = postman.Begin(Session(), Ed25519Keygen(all), seed);
            for (var i = 0; i < 3; i++)
                postman.Run().TimeOut();
            var keys = new HashSet<Point<Ed25519>>();
            foreach (var session in sessions.Values)
            {
                switch (session.TakeOutcome())
                {
                    case SessionOutcome<KeyShare<Ed25519>>.Completed done:
                        completed++;
                        keys.Add(done.Output.Package.GroupKey);
                        done.Output.Dispose();
                        break;
                    case SessionOutcome<KeyShare<Ed25519>>.Aborted aborted:
                        stopped++;
                        Assert.All(aborted.Abort.Accusations, a => Assert.Equal(Certainty.Suspected, a.Fault.Certainty));
                        break;
                    case SessionOutcome<KeyShare<Ed25519>>.Apart apart:
                        stopped++;
                        Assert.Equal(Certainty.Suspected, apart.Failure.Certainty);
                        break;
                }
                session.Dispose();
            }
            Assert.True(keys.Count <= 1);
        }
        Assert.True(completed > 10, $"{completed} completed");
        Assert.True(stopped > 10, $"{stopped} stopped");
    }

    // The channel says who spoke, so what the kernel calls proven is proven.
    [Fact]
    public void A_member_that_breaks_the_protocol_is_named_by_the_others()
    {
        var description = Session();
        using var postman = new Postman(1);
        var protocol = Ed25519Keygen(all);
        var honest = new[] { P(1), P(2) }.ToDictionary(p => p, p => new SecuredSession<KeyShare<Ed25519>>(
            description, p, Identity(p.Value), protocol(p), new SeededRandom(1, $"channels {p}")));
        foreach (var (p, session) in honest)
        {
            postman.Add(Id(p), session);
            session.SayReady();
        }
        var cheat = Group(description, 3);
        postman.Add(cheat);
        cheat.SayReady();
        postman.Run();
        using var heard = cheat.TakeFrame();
        cheat.Send(null, 1, [.. heard!.Bytes.Expose()[..34], 0, 0, 0, 1, 2, 3]);
        postman.Run().TimeOut();

        Assert.All(honest.Values, session =>
        {
            var abort = Assert.IsType<SessionOutcome<KeyShare<Ed25519>>.Aborted>(session.TakeOutcome()).Abort;
            Assert.Contains(new Accusation(Fault.MalformedMessage, P(3)), abort.Accusations);
            Assert.DoesNotContain(abort.Accusations, a => a.Culprit != P(3) && a.Fault.Certainty == Certainty.Proven);
        });
    }

    [Fact]
    public void A_protocol_for_other_parties_is_the_callers_mistake_and_wipes_the_session()
    {
        using var postman = new Postman(1);
        var first = new SecuredSession<KeyShare<Ed25519>>(Session(2), P(1), Identity(1), Ed25519Keygen(all)(P(1)), new SeededRandom(1));
        var second = new SecuredSession<KeyShare<Ed25519>>(Session(2), P(2), Identity(2), Ed25519Keygen(all)(P(2)), new SeededRandom(2));
        postman.Add(Id(1), first).Add(Id(2), second);
        first.SayReady();
        second.SayReady();
        Assert.Throws<InvalidOperationException>(() => postman.Run());
    }

    [Fact]
    public void Steps_grow_with_the_barriers()
    {
        using var postman = new Postman(1);
        var sessions = postman.Begin(Session(), Ed25519Keygen(all), 1);
        Assert.All(sessions.Values, s => Assert.Equal(0, s.Step));
        var seen = new List<int>();
        while (postman.Step())
            seen.Add(sessions[P(1)].Step);
        Assert.Equal(seen.Order(), seen);
        Assert.Contains(1, seen);
        Assert.Equal(3, seen[^1]);
        foreach (var session in sessions.Values)
            session.Output().Dispose();
    }
}
