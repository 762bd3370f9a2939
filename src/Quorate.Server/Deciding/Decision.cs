using System.Collections.Immutable;

namespace Quorate.Server.Deciding;

/// <summary>
/// What a decider says to a command: the events that happen, or a refusal. No events means that the command's effect is
/// there already, which is how a command that is sent again is answered.
/// </summary>
readonly struct Decision<TEvent>
{
    readonly ImmutableArray<TEvent> events;

    Decision(ImmutableArray<TEvent> events, Refusal? refusal) => (this.events, Refusal) = (events, refusal);

    /// <summary>What happens; empty where refused.</summary>
    internal ImmutableArray<TEvent> Events => events.IsDefault ? [] : events;

    /// <summary>Why not; null where accepted.</summary>
    internal Refusal? Refusal { get; }

    /// <summary>The effect is there already.</summary>
    internal static Decision<TEvent> Nothing => default;

    /// <summary>These events, in order.</summary>
    internal static Decision<TEvent> Of(params IEnumerable<TEvent> events) => new([.. events], null);

    /// <summary>One event.</summary>
    public static implicit operator Decision<TEvent>(TEvent happened) => new([happened], null);

    /// <summary>A refusal.</summary>
    public static implicit operator Decision<TEvent>(Refusal refusal) => new([], refusal);
}
