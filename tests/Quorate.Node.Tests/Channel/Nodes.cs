using Quorate.Cryptography.Signatures;
using Quorate.Node.Channel;
using Quorate.Policies;
using Quorate.Testing;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Tests.Channel;

/// <summary>Nodes with identities that a test can have again, and descriptions of sessions among them.</summary>
static class Nodes
{
    static readonly Dictionary<int, Ed25519Key> identities = Enumerable.Range(1, 8).ToDictionary(i => i, i =>
    {
        using var random = new SeededRandom((ulong)i, "identity");
        return Ed25519Key.Generate(random);
    });

    internal static PartyId P(int number) => new(number);

    internal static Ed25519Key Identity(int number) => identities[number];

    internal static NodeId Id(int number) => NodeId.FromPublicKey(Identity(number).EncodedPublicKey);

    internal static NodeId Id(PartyId party) => Id(party.Value);

    /// <summary>A session of nodes 1 to n, each in the seat of its number.</summary>
    internal static SessionDescription Session(int n = 3, byte attempt = 1, byte subject = 1, byte organisation = 1, string protocol = "test/1") =>
        Session(Enumerable.Range(1, n), attempt, subject, organisation, protocol);

    internal static SessionDescription Session(
        IEnumerable<int> seats, byte attempt = 1, byte subject = 1, byte organisation = 1, string protocol = "test/1") => new(
            Filled(organisation), Filled(attempt), protocol, Filled(subject), seats.ToDictionary(P, Id));

    internal static SecuredGroup Group(SessionDescription description, int me, ulong seed = 1) =>
        new(description, P(me), Identity(me), new SeededRandom(seed, $"group {me}"));

    static byte[] Filled(byte value)
    {
        var bytes = new byte[32];
        bytes.AsSpan().Fill(value);
        return bytes;
    }
}
