using Quorate.Cli;
using Quorate.Server.Limits;

namespace Quorate.System.Tests.Configuration;

/// <summary>The sections limits and redis of server.json: what they mean, and what is said of what means nothing.</summary>
public sealed class LimitsConfigurationTests
{
    static LimitOptions Read(string limits, string redis = "null")
    {
        using var file = new ConfigurationFile(limits: limits, redis: redis);
        return file.Read().Limits;
    }

    [Fact]
    public void What_is_absent_has_its_default() => Assert.Equivalent(new LimitOptions(), Read("{}"));

    [Fact]
    public void What_is_said_is_taken()
    {
        var options = Read("""
            {
              "reads": { "most": 7, "windowSeconds": 60 }, "sameMessage": { "most": 1 }, "replays": { "windowSeconds": 30 }, "strangers": { "most": 20, "windowSeconds": 1 },
              "exempt": ["10.20.0.0/16"], "maxTallies": 1000, "maxNonces": 2000, "maxAddresses": 3, "whenUnavailable": "allow_all"
            }
            """, """{ "connection": "127.0.0.1:6379", "prefix": "two", "timeoutMilliseconds": 50 }""");
        Assert.Equal((7, 60.0, 1, 30.0, 20), (options.Reads.Quota, options.Reads.Window.TotalSeconds, options.SameMessage.Quota, options.Replays.Window.TotalSeconds, options.Strangers.Quota));
        Assert.Equal((new LimitOptions().SameMessage.Window, new LimitOptions().Replays.Quota), (options.SameMessage.Window, options.Replays.Quota));
        Assert.Equal(("10.20.0.0/16", 1_000, 2_000, 3, WhenUnavailable.AllowAll), (options.Exempt.Single().ToString(), options.MaxTallies, options.MaxNonces, options.MaxAddresses, options.WhenUnavailable));
        Assert.Equal(("two", 50.0), (options.Redis!.Prefix, options.Redis.Timeout.TotalMilliseconds));
    }

    [Theory]
    [InlineData("""{ "reads": { "most": 0 } }""", "limits.reads.most: 0 is not from 1 to 1000000.")]
    [InlineData("""{ "writes": { "windowSeconds": 0 } }""", "limits.writes.windowSeconds: 0 is not from 1 to 86400.")]
    [InlineData("""{ "walletVelocity": { "windowSeconds": 86401 } }""", "limits.walletVelocity.windowSeconds: 86401 is not from 1 to 86400.")]
    [InlineData("""{ "apiKey": { "most": 3 } }""", "limits.apiKey.most: 3 is not from 4 to 1000000.")]
    [InlineData("""{ "wallet": { "most": 3 } }""", "limits.wallet.most: 3 is not from 4 to 1000000.")]
    [InlineData("""{ "address": { "most": 1 } }""", "limits.address.most: 1 is not from 2 to 1000000.")]
    [InlineData("""{ "strangers": { "most": -1 } }""", "limits.strangers.most: -1 is not from 1 to 1000000.")]
    [InlineData("""{ "exempt": ["everybody"] }""", "limits.exempt: everybody is no network: an address, a slash, a number of bits.")]
    [InlineData("""{ "maxTallies": 999 }""", "limits.maxTallies: 999 is not from 1000 to 10000000.")]
    [InlineData("""{ "maxNonces": 1 }""", "limits.maxNonces: 1 is not from 1000 to 100000000.")]
    [InlineData("""{ "maxAddresses": 0 }""", "limits.maxAddresses: 0 is not from 1 to 1000000.")]
    [InlineData("""{ "whenUnavailable": "hope" }""", "limits.whenUnavailable: hope is not refuse_signing, refuse_all or allow_all.")]
    public void What_makes_no_sense_is_named(string limits, string message) => Assert.Equal(message, Assert.Throws<CliException>(() => Read(limits)).Message);

    [Theory]
    [InlineData("{}", "redis.connection is missing, and QUORATE_REDIS is not set.")]
    [InlineData("""{ "connection": "127.0.0.1:6379", "prefix": "a b" }""", "redis.prefix: a b is not 1 to 50 letters, digits, hyphens, underscores and dots.")]
    [InlineData("""{ "connection": "127.0.0.1:6379", "timeoutMilliseconds": 0 }""", "redis.timeoutMilliseconds: 0 is not from 1 to 10000.")]
    public void So_is_what_makes_none_of_Redis(string redis, string message) => Assert.Equal(message, Assert.Throws<CliException>(() => Read("{}", redis)).Message);

    [Fact]
    public void A_member_that_nobody_knows_is_refused() => Assert.Contains("mosst", Assert.Throws<CliException>(() => Read("""{ "reads": { "mosst": 1 } }""")).Message, StringComparison.Ordinal);
}
