namespace Quorate.Node.Sessions;

/// <summary>How long a session waits. Who is late is a suspect and no more.</summary>
public sealed record SessionDeadlines
{
    /// <summary>Until everybody has proved itself and is ready.</summary>
    public TimeSpan Ready { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Between one barrier of the protocol and the next.</summary>
    public TimeSpan Round { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>From the barrier's opening to the end.</summary>
    public TimeSpan Session { get; init; } = TimeSpan.FromMinutes(5);
}
