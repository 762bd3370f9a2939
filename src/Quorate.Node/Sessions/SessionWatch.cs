using Quorate.Node.Breaker;

namespace Quorate.Node.Sessions;

/// <summary>
/// Runs a session under the adaptive breaker: its rounds' timeouts and the parties' health come from a book and go into it,
/// and the parties sign their progress and their aborts. For ceremonies.
/// </summary>
/// <param name="Book">What this node has measured.</param>
public sealed record SessionWatch(HealthBook Book)
{
    /// <summary>How long to wait until all are ready, and in all. <see cref="SessionDeadlines.Round"/> has no meaning here.</summary>
    public SessionDeadlines Deadlines { get; init; } = new();
}
