namespace Quorate.Node.Breaker;

/// <summary>
/// How long to rest before another attempt. A function of the number of attempts alone: every node counts the same, so all
/// come back at the same time, within what their clocks of the last failure differ.
/// </summary>
public sealed record Cooldown
{
    /// <summary>Before the second attempt: a link that has lost its connection is up again by then.</summary>
    public TimeSpan First { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Attempts in all. A ceremony that failed so often wants a human being.</summary>
    public int Attempts { get; init; } = 4;

    /// <summary>The rest after so many attempts: doubled each time, within the limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than one.</exception>
    public TimeSpan After(int attempts)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempts, 1);
        var rest = First;
        for (var i = 1; i < attempts && rest < Longest; i++)
            rest *= 2;
        return rest < Longest ? rest : Longest;
    }
}
