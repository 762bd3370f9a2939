using System.Net;
using Quorate.Server.Limits;

namespace Quorate.Cli.Server;

/// <summary>The sections <c>limits</c> and <c>redis</c> of server.json; what is absent has the default of <see cref="LimitOptions"/>.</summary>
/// <param name="Reads">Reads of an API key.</param>
/// <param name="Writes">Its other writes.</param>
/// <param name="ApiKey">Its signatures and key generations, by their costs.</param>
/// <param name="Wallet">Those of a wallet.</param>
/// <param name="Address">Those of an address.</param>
/// <param name="WalletVelocity">Signatures of a wallet in any stretch of that length.</param>
/// <param name="SameMessage">The same message of a wallet in any stretch of that length.</param>
/// <param name="Alert">Refusals in so long for which a caller is reported.</param>
/// <param name="MaxTallies">What is kept in memory.</param>
/// <param name="WhenUnavailable">refuse_signing, refuse_all or allow_all.</param>
/// <param name="Replays">Replays of policies of an API key.</param>
/// <param name="Strangers">Requests of an address that are signed by nobody.</param>
/// <param name="Exempt">Networks (10.20.0.0/16) of proxies, where those are not counted.</param>
/// <param name="MaxNonces">Requests that are remembered.</param>
/// <param name="MaxAddresses">Addresses of a wallet.</param>
sealed record LimitsConfiguration(
    LimitsConfiguration.Quota? Reads = null, LimitsConfiguration.Quota? Writes = null, LimitsConfiguration.Quota? ApiKey = null, LimitsConfiguration.Quota? Wallet = null,
    LimitsConfiguration.Quota? Address = null, LimitsConfiguration.Quota? WalletVelocity = null, LimitsConfiguration.Quota? SameMessage = null,
    LimitsConfiguration.Quota? Alert = null, int? MaxTallies = null, string? WhenUnavailable = null, LimitsConfiguration.Quota? Replays = null,
    LimitsConfiguration.Quota? Strangers = null, string[]? Exempt = null, int? MaxNonces = null, int? MaxAddresses = null)
{
    const int MaxTalliesMost = 10_000_000, MaxNoncesMost = 100_000_000, MaxAddressesMost = 1_000_000, TimeoutMost = 10_000;

    /// <summary>So much in so many seconds.</summary>
    internal sealed record Quota(int? Most, int? WindowSeconds);

    /// <summary>Redis.</summary>
    /// <param name="Connection">host:port, then options between commas.</param>
    /// <param name="Prefix">What its keys begin with.</param>
    /// <param name="TimeoutMilliseconds">How long an answer may take.</param>
    internal sealed record RedisServer(string? Connection = null, string? Prefix = null, int? TimeoutMilliseconds = null);

    /// <summary>The options that it says.</summary>
    /// <param name="redis">The section beside it.</param>
    internal LimitOptions ToOptions(RedisServer? redis)
    {
        var otherwise = new LimitOptions();
        return new()
        {
            Reads = Of(Reads, otherwise.Reads, "reads", 1), Writes = Of(Writes, otherwise.Writes, "writes", 1),
            ApiKey = Of(ApiKey, otherwise.ApiKey, "apiKey", 4), Wallet = Of(Wallet, otherwise.Wallet, "wallet", 4), Address = Of(Address, otherwise.Address, "address", 2),
            WalletVelocity = Of(WalletVelocity, otherwise.WalletVelocity, "walletVelocity", 1), SameMessage = Of(SameMessage, otherwise.SameMessage, "sameMessage", 1),
            Alert = Of(Alert, otherwise.Alert, "alert", 1), Replays = Of(Replays, otherwise.Replays, "replays", 1), Strangers = Of(Strangers, otherwise.Strangers, "strangers", 1),
            Exempt = [.. (Exempt ?? []).Select(text => IPNetwork.TryParse(text, out var network)
                ? network : throw new CliException($"limits.exempt: {text} is no network: an address, a slash, a number of bits."))],
            MaxNonces = InRange(MaxNonces, otherwise.MaxNonces, "limits.maxNonces", 1_000, MaxNoncesMost),
            MaxAddresses = InRange(MaxAddresses, otherwise.MaxAddresses, "limits.maxAddresses", 1, MaxAddressesMost),
            MaxTallies = InRange(MaxTallies, otherwise.MaxTallies, "limits.maxTallies", 1_000, MaxTalliesMost),
            WhenUnavailable = WhenUnavailable switch
            {
                null or "refuse_signing" => Quorate.Server.Limits.WhenUnavailable.RefuseSigning,
                "refuse_all" => Quorate.Server.Limits.WhenUnavailable.RefuseAll,
                "allow_all" => Quorate.Server.Limits.WhenUnavailable.AllowAll,
                var other => throw new CliException($"limits.whenUnavailable: {other} is not refuse_signing, refuse_all or allow_all."),
            },
            Redis = SettingsOf(redis),
        };
    }

    // From the least quota on, what costs most fits into the one and a half that a bucket holds.
    static Rate Of(Quota? said, Rate otherwise, string name, int least)
    {
        var most = InRange(said?.Most, otherwise.Quota, $"limits.{name}.most", least, Rate.MaxQuota);
        var seconds = InRange(said?.WindowSeconds, (int)otherwise.Window.TotalSeconds, $"limits.{name}.windowSeconds", 1, (int)Rate.MaxWindow.TotalSeconds);
        return new(most, TimeSpan.FromSeconds(seconds));
    }

    static RedisSettings? SettingsOf(RedisServer? said)
    {
        var connection = Environment.GetEnvironmentVariable("QUORATE_REDIS") is { Length: > 0 } given ? given : said?.Connection;
        if (connection is null)
            return said is null ? null : throw new CliException("redis.connection is missing, and QUORATE_REDIS is not set.");
        try
        {
            var settings = new RedisSettings(connection);
            return settings with
            {
                Prefix = said?.Prefix is not { } prefix ? settings.Prefix
                    : prefix.Length is > 0 and <= 50 && prefix.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') ? prefix
                    : throw new CliException($"redis.prefix: {prefix} is not 1 to 50 letters, digits, hyphens, underscores and dots."),
                Timeout = TimeSpan.FromMilliseconds(InRange(said?.TimeoutMilliseconds, (int)settings.Timeout.TotalMilliseconds, "redis.timeoutMilliseconds", 1, TimeoutMost)),
            };
        }
        catch (ArgumentException wrong)
        {
            throw new CliException($"redis.connection: {wrong.Message}");
        }
    }

    static int InRange(int? said, int otherwise, string name, int least, int most) => said is null ? otherwise
        : said >= least && said <= most ? said.Value : throw new CliException($"{name}: {said} is not from {least} to {most}.");
}
