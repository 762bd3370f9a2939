using System.Collections.Immutable;
using Quorate.Policies;

namespace Quorate.Node.Gate;

/// <summary>What a node has recorded of one request: its stream, folded. One request is one intent, for ever.</summary>
public sealed record RequestState
{
    /// <summary>A request that the node has never judged.</summary>
    public static RequestState Unknown { get; } = new();

    /// <summary>The intent's hash; null before the first judgement.</summary>
    public Digest? Intent { get; init; }

    /// <summary>The policy under which it was allowed; null before.</summary>
    public Digest? AllowedBy { get; init; }

    /// <summary>Whether it was given up before any share was lent.</summary>
    public bool IsReleased { get; init; }

    /// <summary>How many denials are recorded.</summary>
    public int Denials { get; init; }

    /// <summary>How many sessions have been opened.</summary>
    public int Sessions { get; init; }

    /// <summary>How many intents were allowed to replace it.</summary>
    public int Replacements { get; init; }

    /// <summary>The signatures that sessions have ended with, by input.</summary>
    public ImmutableDictionary<int, ImmutableArray<byte>> Signatures { get; init; } = ImmutableDictionary<int, ImmutableArray<byte>>.Empty;

    /// <summary>The state after an event of the request's stream.</summary>
    public RequestState Evolve(NodeEvent happened) => happened switch
    {
        NodeEvent.SigningAllowed e => this with { Intent = HashOf(e.Intent), AllowedBy = ToDigest(e.Policy) },
        NodeEvent.SigningDenied e => this with { Intent = HashOf(e.Intent), Denials = Denials + 1 },
        NodeEvent.SigningReleased => this with { IsReleased = true },
        NodeEvent.ReplacementAllowed => this with { Replacements = Replacements + 1 },
        NodeEvent.SessionOpened => this with { Sessions = Sessions + 1 },
        NodeEvent.SessionEnded { Signature: { } signature } e => this with { Signatures = Signatures.SetItem(e.Input, [.. signature]) },
        _ => this,
    };

    static Digest HashOf(System.Text.Json.JsonElement intent) => IntentJson.Parse(NodeState.Utf8(intent)).Hash;

    static Digest ToDigest(string text) => Digest.TryParse(text, out var digest) ? digest : throw new FormatException("The policy is no digest.");
}
