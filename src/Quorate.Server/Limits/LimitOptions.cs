using System.Collections.Immutable;
using System.Net;

namespace Quorate.Server.Limits;

/// <summary>How much may be asked of a server, docs/limits.md. What is not said has a default that is meant for people and their programs, not for load tests.</summary>
public sealed record LimitOptions
{
    /// <summary>Reads of an API key.</summary>
    public Rate Reads { get; init; } = new(2_000, TimeSpan.FromSeconds(10));

    /// <summary>Writes of an API key that neither sign nor make keys.</summary>
    public Rate Writes { get; init; } = new(500, TimeSpan.FromSeconds(10));

    /// <summary>Replays of policies of an API key: each judges up to 5,000 transfers.</summary>
    public Rate Replays { get; init; } = new(4, TimeSpan.FromMinutes(1));

    /// <summary>Requests from one address (of IPv6, one network of 64 bits) that turn out to be signed by nobody.</summary>
    public Rate Strangers { get; init; } = new(500, TimeSpan.FromSeconds(10));

    /// <summary>Networks whose addresses speak for many, a proxy's, where those are not counted.</summary>
    public ImmutableArray<IPNetwork> Exempt { get; init; } = [];

    /// <summary>Signatures and key generations of an API key, by their costs.</summary>
    public Rate ApiKey { get; init; } = new(200, TimeSpan.FromSeconds(10));

    /// <summary>The same of a wallet, whoever asks.</summary>
    public Rate Wallet { get; init; } = new(100, TimeSpan.FromSeconds(10));

    /// <summary>The same of one address.</summary>
    public Rate Address { get; init; } = new(50, TimeSpan.FromSeconds(10));

    /// <summary>Signatures of a wallet in any stretch of that length.</summary>
    public Rate WalletVelocity { get; init; } = new(1_000, TimeSpan.FromDays(1));

    /// <summary>Times that a wallet signs the same message in any stretch of that length.</summary>
    public Rate SameMessage { get; init; } = new(3, TimeSpan.FromHours(1));

    /// <summary>A caller who is refused so often in so long is reported, once in that time.</summary>
    public Rate Alert { get; init; } = new(20, TimeSpan.FromMinutes(5));

    /// <summary>Requests that are remembered, each for up to two minutes, so that none comes twice. One more is refused.</summary>
    public int MaxNonces { get; init; } = 1_000_000;

    /// <summary>Addresses of a wallet.</summary>
    public int MaxAddresses { get; init; } = Wallets.Wallet.MaxAddresses;

    /// <summary>Tallies that are kept in memory, without Redis; those that are as good as new make room for others.</summary>
    public int MaxTallies { get; init; } = 250_000;

    /// <summary>What happens to calls that cannot be counted.</summary>
    public WhenUnavailable WhenUnavailable { get; init; } = WhenUnavailable.RefuseSigning;

    /// <summary>Where several servers count together; null where each counts on its own, in memory.</summary>
    public RedisSettings? Redis { get; init; }
}

/// <summary>What happens to calls while the limiter cannot say how much was used up.</summary>
public enum WhenUnavailable
{
    /// <summary>What signs or makes keys is refused; everything else goes on: reads, and with them approvals, cancellations and freezes.</summary>
    RefuseSigning,

    /// <summary>Every call is refused.</summary>
    RefuseAll,

    /// <summary>No call is refused, and none is counted.</summary>
    AllowAll,
}
