using StackExchange.Redis;

namespace Quorate.Server.Limits;

/// <summary>A Redis that several servers count in, version 5 or later. Its text does not show the connection string, which may hold a password.</summary>
public sealed record RedisSettings
{
    readonly string connection;

    /// <summary>A Redis.</summary>
    /// <param name="connection">As StackExchange.Redis has it: <c>host:port,password=…,ssl=true</c>.</param>
    /// <exception cref="ArgumentException">It is no such string, or names no server.</exception>
    public RedisSettings(string connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        this.connection = connection;
        if (ToOptions().EndPoints.Count == 0)
            throw Wrong();
    }

    /// <summary>What keys begin with: servers that share it count together.</summary>
    public string Prefix { get; init; } = "quorate";

    /// <summary>How long an answer may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <inheritdoc/>
    public override string ToString() => $"Redis, {Prefix}";

    internal ConfigurationOptions ToOptions()
    {
        try
        {
            return ConfigurationOptions.Parse(connection);
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException or OverflowException)
        {
            throw Wrong();
        }
    }

    static ArgumentException Wrong() => new("That is no connection string of Redis: host:port, then options like password=… and ssl=true, between commas.");
}
