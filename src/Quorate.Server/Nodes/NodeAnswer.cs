using System.Collections.Immutable;
using Quorate.Chains;

namespace Quorate.Server.Nodes;

/// <summary>What comes of asking a node to sign. Closed.</summary>
abstract record NodeAnswer
{
    /// <summary>The signatures, one for each input. Nothing has been verified here.</summary>
    internal sealed record Signed(ImmutableArray<InputSignature> Signatures) : NodeAnswer;

    /// <summary>The node's own rule says no. <paramref name="Reason"/> is a name of docs/spec/release.md.</summary>
    internal sealed record Refused(string Reason, string Detail, string Trace) : NodeAnswer;

    /// <summary>It was permitted, and no quorum could do it. Another try may.</summary>
    internal sealed record Failed(string Reason) : NodeAnswer;

    /// <summary>The node is away, or has not answered in time. It may have signed all the same.</summary>
    internal sealed record Silent(string Why) : NodeAnswer;
}
