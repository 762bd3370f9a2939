using Quorate.Cryptography.Curves;
using Quorate.Node.Channel;
using Quorate.Node.Sessions;
using Quorate.Node.Tests.Channel;
using Quorate.Testing;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using static Quorate.Node.Tests.Channel.Nodes;

namespace Quorate.Node.Tests.Sessions;

/// <summary>Secured sessions of the protocols, over a postman.</summary>
static class SecuredRuns
{
    internal static readonly byte[] Digest = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    internal static Func<PartyId, Func<SessionId, Protocol<KeyShare<Ed25519>>>> Ed25519Keygen(PartySet parties) =>
        me => id => new FrostKeygen<Ed25519>(FrostSuite.Ed25519, id, me, parties, 2, new SeededRandom(me.Value, "keygen"));

    internal static Func<PartyId, Func<SessionId, Protocol<Dkls23KeyShare>>> Dkls23Keygen(PartySet parties) =>
        me => id => new Dkls23Keygen(id, me, parties, 2, new SeededRandom(me.Value, "keygen"));

    /// <summary>One secured session for each party, on the postman's round and ready.</summary>
    internal static SortedDictionary<PartyId, SecuredSession<T>> Begin<T>(
        this Postman postman, SessionDescription description, Func<PartyId, Func<SessionId, Protocol<T>>> protocol, ulong seed,
        bool isWitnessed = false) where T : class
    {
        var sessions = new SortedDictionary<PartyId, SecuredSession<T>>();
        foreach (var p in description.Parties)
        {
            var session = new SecuredSession<T>(description, p, Identity(p.Value), protocol(p), new SeededRandom(seed, $"channels {p}"), isWitnessed);
            sessions.Add(p, session);
            postman.Add(description[p], session);
            session.SayReady();
        }
        return sessions;
    }

    internal static T Output<T>(this SecuredSession<T> session) where T : class =>
        Assert.IsType<SessionOutcome<T>.Completed>(session.TakeOutcome()).Output;
}
