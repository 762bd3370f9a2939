using Quorate.Cryptography.Signatures;
using Quorate.Node.Channel;
using Quorate.Testing;
using static Quorate.Node.Tests.Channel.Nodes;

namespace Quorate.Node.Tests.Channel;

/// <summary>
/// A party that holds its own identity key and says over its channels whatever a test has it say: the honest channel without
/// the honest barrier.
/// </summary>
sealed class CheatingSeat
{
    readonly SessionDescription description;
    readonly int me;
    readonly Dictionary<int, PeerChannel> channels = [];
    readonly Dictionary<int, List<(Purpose Purpose, byte[] Message)>> heard = [];

    internal CheatingSeat(SessionDescription description, int me, Ed25519Key? identity = null)
    {
        (this.description, this.me) = (description, me);
        foreach (var peer in description.Parties.Except(P(me)))
        {
            channels.Add(peer.Value, new(description, P(me), peer, identity ?? Identity(me), new SeededRandom((ulong)me, $"cheat {peer}")));
            heard.Add(peer.Value, []);
        }
    }

    internal PeerChannel To(int peer) => channels[peer];

    /// <summary>What a peer has said for a purpose.</summary>
    internal byte[]? Heard(int peer, Purpose purpose) => heard[peer].FirstOrDefault(h => h.Purpose == purpose).Message;

    internal byte[] SignedContribution(byte value)
    {
        var fresh = new byte[32];
        fresh.AsSpan().Fill(value);
        var statement = SignedStatement.Make(StatementKind.Contribution, description, P(me), Identity(me), [.. description.Digest, .. fresh]);
        return [.. fresh, .. statement.Signature];
    }

    internal byte[] SignedReadiness(params byte[][] contributions)
    {
        byte[] list = [.. contributions.SelectMany(c => c)];
        return [.. list, .. SignedStatement.Make(StatementKind.Readiness, description, P(me), Identity(me), [.. description.Digest, .. list]).Signature];
    }

    /// <summary>Exchanges packets with the honest groups until nothing moves.</summary>
    internal void Run(params SecuredGroup[] honest)
    {
        for (var moved = true; moved;)
        {
            moved = false;
            foreach (var group in honest)
            {
                foreach (var bytes in channels[group.Me.Value].TakeOutgoing())
                {
                    group.Receive(Id(me), bytes);
                    moved = true;
                }
                foreach (var packet in group.TakeOutgoing())
                {
                    moved = true;
                    if (packet.To.Equals(Id(me)))
                        channels[group.Me.Value].Receive(packet.Bytes.Span);
                    else
                        honest.Single(g => g.Description[g.Me].Equals(packet.To)).Receive(group.Description[group.Me], packet.Bytes.Span);
                }
                while (channels[group.Me.Value].Take() is { } record)
                    using (record)
                        heard[group.Me.Value].Add((record.Purpose, record.Message.Expose().ToArray()));
            }
        }
    }
}
