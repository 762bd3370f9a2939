using System.CommandLine;
using Quorate.Cli.Devnet;

namespace Quorate.Cli.Local;

/// <summary>What <c>quorate up</c> is asked for, checked.</summary>
/// <param name="Paths">Where everything lies.</param>
/// <param name="Postgres">The server's database; SQLite where null.</param>
/// <param name="Redis">Where it counts limits; in memory where null.</param>
/// <param name="Chains">The devnet's chains, by name; none were named where null.</param>
/// <param name="Foreign">Chains whose nodes are somebody else's.</param>
/// <param name="HasDevnet">Whether the devnet's nodes may be run.</param>
/// <param name="AnyPorts">Whether everything listens wherever there is room.</param>
sealed record UpOptions(
    LocalPaths Paths, string? Postgres, string? Redis, IReadOnlyList<string>? Chains, IReadOnlyList<(string Name, Uri Url)> Foreign, bool HasDevnet, bool AnyPorts)
{
    internal const string DefaultFolder = Quorate.Cli.Api.Profile.LocalDirectory;

    internal static Option<DirectoryInfo> Data { get; } = new("--data") { Description = $"Where everything lies; ./{DefaultFolder} when absent." };

    internal static Option<string?> PostgresOption { get; } = new("--postgres") { Description = "The connection string of the server's PostgreSQL database; SQLite when absent. Stays what it was at the first start." };

    internal static Option<string?> RedisOption { get; } = new("--redis") { Description = "The connection of a Redis that counts limits, host:port." };

    internal static Option<string[]> ChainOption { get; } = new("--chain")
    {
        Description = $"Only this chain of the devnet: {string.Join(", ", DevnetChain.All.Select(c => c.Name))}. May be given several times.", AllowMultipleArgumentsPerToken = true,
    };

    internal static Option<string[]> RpcOption { get; } = new("--rpc")
    {
        Description = "A chain by a node that runs elsewhere, CHAIN=URL, instead of the devnet's. May be given several times.", AllowMultipleArgumentsPerToken = true,
    };

    internal static Option<bool> NoDevnetOption { get; } = new("--no-devnet") { Description = "Run no chain nodes. Without --rpc wallets and signatures can be made, and nothing sent." };

    internal static Option<bool> FreePortsOption { get; } = new("--free-ports") { Description = "Let everything listen on any free port instead of its usual one." };

    /// <summary>Reads them.</summary>
    /// <exception cref="CliException">They contradict each other.</exception>
    internal static UpOptions Of(ParseResult parsed)
    {
        string[]? chains = parsed.GetValue(ChainOption) is { Length: > 0 } named ? [.. named.Select(n => DevnetChain.ByName(n).Name).Distinct()] : null;
        (string Name, Uri Url)[] foreign = [.. (parsed.GetValue(RpcOption) ?? []).Select(ForeignChain.Parse)];
        var hasDevnet = !parsed.GetValue(NoDevnetOption);
        if (foreign.GroupBy(f => f.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new CliException($"--rpc {twice.Key} is given twice: a chain has one node here.");
        if (foreign.Select(f => f.Name).FirstOrDefault(n => chains?.Contains(n) == true) is { } both)
            throw new CliException($"{both} is given with --chain, for the devnet's node, and with --rpc: it is one or the other.");
        if (chains is not null && !hasDevnet)
            throw new CliException("--chain names chains of the devnet, and --no-devnet runs none.");
        return new(
            PathsOf(parsed), NotEmpty(parsed, PostgresOption), NotEmpty(parsed, RedisOption), chains, foreign, hasDevnet, parsed.GetValue(FreePortsOption));
    }

    /// <summary>The folder, whether it is there or not.</summary>
    internal static LocalPaths PathsOf(ParseResult parsed)
    {
        var path = Path.TrimEndingDirectorySeparator(parsed.GetValue(Data)?.FullName ?? Path.GetFullPath(DefaultFolder));
        return File.Exists(path) ? throw new CliException($"{path} is a file; --data names a folder.") : new(path);
    }

    /// <summary>The chains that a new organisation knows: those of the devnet, all of them unless others are named.</summary>
    internal IReadOnlyList<string> DevnetChains => Chains ?? (Foreign.Count > 0 ? [] : [.. DevnetChain.All.Select(c => c.Name)]);

    static string? NotEmpty(ParseResult parsed, Option<string?> option) =>
        parsed.GetValue(option) is { } text && string.IsNullOrWhiteSpace(text) ? throw new CliException($"{option.Name} is empty.") : parsed.GetValue(option);
}
