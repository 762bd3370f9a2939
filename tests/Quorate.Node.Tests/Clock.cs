namespace Quorate.Node.Tests;

/// <summary>A clock that stands where a test has put it.</summary>
sealed class Clock(DateTimeOffset now) : TimeProvider
{
    internal DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
