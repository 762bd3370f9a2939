using Quorate.Cryptography.Hashing;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Channel;

/// <summary>
/// The root that stands for what each party says it has heard: leaves in order of the parties, a last one without a partner
/// goes up as it is. Leaves, nodes and the root are hashed under tags of their own and the root with their number, so that
/// no node passes for a leaf and no two lists have one root.
/// </summary>
static class StateTree
{
    internal const int Size = 32;

    internal static byte[] Root(SessionId session, IReadOnlyList<ProgressStatement> statements)
    {
        byte[][] level = [.. statements.Select(s => Leaf(session, s))];
        while (level.Length > 1)
            level = [.. level.Chunk(2).Select(pair => pair.Length == 2 ? Node(pair[0], pair[1]) : pair[0])];
        using var transcript = new Transcript(Tags.StateRoot);
        transcript.Append(session.AsSpan()).List(statements.Count);
        foreach (var top in level)
            transcript.Append(top);
        return transcript.Digest();
    }

    static byte[] Leaf(SessionId session, ProgressStatement statement)
    {
        using var transcript = new Transcript(Tags.StateLeaf);
        return transcript.Append(session.AsSpan()).Append(statement.Party.Value).Append((ulong)statement.Step).Append(statement.State).Digest();
    }

    static byte[] Node(byte[] left, byte[] right)
    {
        using var transcript = new Transcript(Tags.StateNode);
        return transcript.Append(left).Append(right).Digest();
    }
}
