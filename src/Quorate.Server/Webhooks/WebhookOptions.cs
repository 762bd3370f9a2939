using System.Collections.Immutable;
using System.Net;

namespace Quorate.Server.Webhooks;

/// <summary>How endpoints are called.</summary>
public sealed record WebhookOptions
{
    /// <summary>
    /// Networks that endpoints may be in although they are none of the public internet, and may be called without TLS; none
    /// unless somebody says so.
    /// </summary>
    public ImmutableArray<IPNetwork> AllowedNetworks { get; init; } = [];

    /// <summary>How long an endpoint has for its answer, from the beginning of the connection to the last byte that is read.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Requests to one endpoint at a time, from one server.</summary>
    public int PerEndpoint { get; init; } = 8;

    /// <summary>Failures in a row after which an endpoint is tried once at a time, and rests in between.</summary>
    public int Patience { get; init; } = 5;

    /// <summary>How long it rests at most.</summary>
    public TimeSpan LongestRest { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Waits between the tries of one delivery, each made up to a fifth longer at random. After the last it is given up. All of
    /// them together are 27 hours and 42 minutes at least, by default.
    /// </summary>
    public ImmutableArray<TimeSpan> Waits { get; init; } =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1),
        TimeSpan.FromHours(2), TimeSpan.FromHours(4), TimeSpan.FromHours(8), TimeSpan.FromHours(12),
    ];

    /// <summary>For how long an endpoint may fail, whatever it is sent, before it is paused.</summary>
    public TimeSpan PausedAfter { get; init; } = TimeSpan.FromDays(3);

    /// <summary>For how long deliveries and their tries are listed, and may be sent again without a look at the events.</summary>
    public TimeSpan Kept { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long a server has what it has claimed for itself. Longer than a few tries.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often the queue is looked at while nothing is known to be due.</summary>
    public TimeSpan PollEvery { get; init; } = TimeSpan.FromMilliseconds(200);
}
