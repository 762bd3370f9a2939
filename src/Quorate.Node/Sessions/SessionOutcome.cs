using Quorate.Node.Channel;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Sessions;

/// <summary>How a session ended at this node.</summary>
/// <typeparam name="TOutput">What the protocol yields.</typeparam>
public abstract record SessionOutcome<TOutput> where TOutput : class
{
    SessionOutcome() { }

    /// <summary>What was seen on the way, where a host has run the session.</summary>
    public SessionReport? Report { get; init; }

    /// <summary>With an output. If it holds secrets, it is disposable and the caller's.</summary>
    public sealed record Completed(TOutput Output) : SessionOutcome<TOutput>;

    /// <summary>The protocol ended without one.</summary>
    public sealed record Aborted(Abort Abort) : SessionOutcome<TOutput>;

    /// <summary>The nodes did not come together, or the way between them failed.</summary>
    public sealed record Apart(GroupFailure Failure) : SessionOutcome<TOutput>;
}
