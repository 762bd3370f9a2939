using Quorate.Threshold.Sessions;

namespace Quorate.Node.Breaker;

/// <summary>What a node has seen of another in one session.</summary>
/// <param name="Party">Of whom.</param>
/// <param name="Expected">Messages that it was waited for.</param>
/// <param name="Received">Of them, those that came.</param>
/// <param name="Invalid">Messages that were not valid, unfounded aborts included.</param>
/// <param name="Slowest">The longest wait for one that came.</param>
public sealed record PartyObservation(PartyId Party, int Expected = 0, int Received = 0, int Invalid = 0, TimeSpan Slowest = default)
{
    internal PartyObservation Came(TimeSpan latency) =>
        this with { Expected = Expected + 1, Received = Received + 1, Slowest = latency > Slowest ? latency : Slowest };

    internal PartyObservation Missed() => this with { Expected = Expected + 1 };

    internal PartyObservation SentInvalid() => this with { Invalid = Invalid + 1 };
}
