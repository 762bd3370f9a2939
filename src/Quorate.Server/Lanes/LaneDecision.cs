using System.Collections.Immutable;

namespace Quorate.Server.Lanes;

/// <summary>Why a lane does not do what it was asked. A value: the saga acts on it.</summary>
enum LaneRefusal
{
    /// <summary>The chain has not been looked at yet: look, then ask again.</summary>
    Unobserved = 1,

    /// <summary>As many transfers are under way as may be: ask again when one has ended.</summary>
    Full = 2,

    /// <summary>The transfer holds nothing here, or not any more: reserve again and build again.</summary>
    NotHeld = 3,

    /// <summary>Another live transfer has it: choose something else.</summary>
    Taken = 4,

    /// <summary>It costs more than was approved.</summary>
    AboveEnvelope = 5,

    /// <summary>It pays no more than what it is to replace.</summary>
    TooLow = 6,

    /// <summary>It has been replaced as often as it may be.</summary>
    TooMany = 7,

    /// <summary>Something that was signed before may still get in, and both would be two payments.</summary>
    StillAlive = 8,

    /// <summary>What it was built on has moved on: build again.</summary>
    Stale = 9,

    /// <summary>Another transfer spends what it makes.</summary>
    HasChild = 10,

    /// <summary>There is not enough that nobody else has reserved.</summary>
    Insufficient = 11,

    /// <summary>It is the very message of another transfer, and the chain would execute it once.</summary>
    SameMessage = 12,

    /// <summary>Servers have been quicker time and again; nothing is wrong but the moment.</summary>
    Busy = 13,
}

/// <summary>What a lane's decider says: events to append, none where there is nothing to do, or a refusal.</summary>
readonly record struct LaneDecision<TEvent>(ImmutableArray<TEvent> Events, LaneRefusal? Refusal)
{
    /// <summary>It is so already.</summary>
    internal static LaneDecision<TEvent> Nothing => new([], null);

    public static implicit operator LaneDecision<TEvent>(TEvent happened) => new([happened], null);

    public static implicit operator LaneDecision<TEvent>(LaneRefusal refusal) => new([], refusal);
}
