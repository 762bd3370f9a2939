using Quorate.Node.Sessions;

namespace Quorate.Node.Signing;

/// <summary>How long signing waits, how often it tries, and how much it does at a time.</summary>
public sealed record SigningLimits
{
    /// <summary>For the peers of a quorum to judge an offer and answer it.</summary>
    public TimeSpan OfferPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The deadlines of one session. A peer that has joined is there already, so they are shorter than a ceremony's.</summary>
    public SessionDeadlines Session { get; init; } = new()
    {
        Ready = TimeSpan.FromSeconds(10), Round = TimeSpan.FromSeconds(10), Session = TimeSpan.FromSeconds(60),
    };

    /// <summary>From the answers to an offer until all its signatures are there.</summary>
    public TimeSpan RoundsPatience { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>From the request to the report, whatever is tried in between.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Quorums that are tried for one request.</summary>
    public int MaxAttempts { get; init; } = 6;

    /// <summary>Sessions of one offer that run side by side, at every node of the quorum alike.</summary>
    public int SessionsAtATime { get; init; } = 8;

    /// <summary>Offers of peers that this node takes part in at a time.</summary>
    public int MaxOffers { get; init; } = 64;

    /// <summary>Of these, offers of one peer: a hostile one does not keep the others out.</summary>
    public int MaxOffersOfOnePeer { get; init; } = 48;

    /// <summary>Requests that this node leads at a time; more of them wait.</summary>
    public int MaxLed { get; init; } = 24;
}
