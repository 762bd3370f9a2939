using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Quorate.Chains;
using Quorate.Chains.Bitcoin;
using Quorate.Chains.Ethereum;
using Quorate.Chains.Solana;
using Quorate.Cli.Node;
using Quorate.Cli.Telemetry;
using Quorate.Rpc.Server;
using Quorate.Server.Hosting;
using Quorate.Server.Webhooks;

namespace Quorate.Cli.Server;

/// <summary>A wallet server's configuration file, server.json.</summary>
/// <param name="Genesis">The genesis document, relative to the file.</param>
/// <param name="Postgres">Connection string; without it the database is in the data directory. The environment's QUORATE_POSTGRES comes first.</param>
/// <param name="Relay">Where nodes dial.</param>
/// <param name="Api">Where the API answers.</param>
/// <param name="Chains">The chains, by CAIP-2 id.</param>
/// <param name="Intervals">How often things are looked at.</param>
/// <param name="Webhooks">How endpoints of webhooks are called. The secret of their keys is QUORATE_WEBHOOK_SECRET in the environment, or the data directory's file.</param>
/// <param name="Name">Who this server is beside others on one database; the machine's name where it is absent.</param>
/// <param name="Limits">How much may be asked of it; what is absent has its default.</param>
/// <param name="Redis">Where several servers count that together. The environment's QUORATE_REDIS comes first.</param>
/// <param name="Telemetry">How it is observed.</param>
sealed record ServerConfiguration(
    string Genesis, string? Postgres, ServerConfiguration.RelayListener Relay, ServerConfiguration.ApiListener Api,
    IReadOnlyDictionary<string, ServerConfiguration.Chain>? Chains, ServerConfiguration.Pauses? Intervals, string? Name,
    LimitsConfiguration? Limits = null, LimitsConfiguration.RedisServer? Redis = null,
    TelemetryConfiguration? Telemetry = null, ServerConfiguration.WebhookSettings? Webhooks = null)
{
    const int MaxSize = 1 << 20;

    /// <summary>Where nodes dial.</summary>
    /// <param name="Name">What the relay calls itself, as nodes have it in their configuration.</param>
    /// <param name="Address">Address and port.</param>
    /// <param name="Certificate">PEM file with certificate and private key; without one, on the loopback interface only.</param>
    /// <param name="Clients">Pins of the nodes' certificates, sha256/ and base 64: no others get as far as a login. Anybody does where it is absent.</param>
    internal sealed record RelayListener(string Name, string Address, string? Certificate, string[]? Clients = null);

    /// <summary>Where the API answers.</summary>
    /// <param name="Address">Address and port for gRPC; with a certificate, for JSON as well.</param>
    /// <param name="Json">Address and port for JSON over HTTP/1.1 without a certificate; none where it is absent.</param>
    /// <param name="Certificate">PEM file with certificate and private key; without one, on the loopback interface only.</param>
    internal sealed record ApiListener(string Address, string? Json, string? Certificate);

    /// <summary>A chain.</summary>
    /// <param name="Url">Its node's endpoint.</param>
    /// <param name="Tokens">As for a node: Ethereum's contracts.</param>
    /// <param name="Mints">As for a node: Solana's tokens.</param>
    /// <param name="Genesis">As for a node: a Solana cluster's genesis hash.</param>
    /// <param name="Assets">CAIP-19 ids of assets besides the coin whose balances are followed.</param>
    /// <param name="FinalityDepth">Blocks from which one counts as final, where the chain's own word is not taken.</param>
    /// <param name="Flag">The feature without which the chain is not offered to a vault; absent where it is offered to all.</param>
    /// <param name="User">Of Bitcoin Core's RPC, with the password in QUORATE_BITCOIN_PASSWORD; without one the node is Esplora's REST API.</param>
    /// <param name="Units">Decimals and symbols by CAIP-19 id, for answers to people; nothing is decided by them.</param>
    internal sealed record Chain(
        string Url, IReadOnlyDictionary<string, string>? Tokens, IReadOnlyDictionary<string, ConfiguredChain.Mint>? Mints, string? Genesis, string[]? Assets,
        ulong? FinalityDepth, string? User, string? Flag = null, IReadOnlyDictionary<string, Unit>? Units = null)
    {
        internal ChainSettings ToSettings(string id) => ToUnflagged(id) with
        {
            Flag = Flag is null || ChainSettings.IsFlag(Flag) ? Flag : throw new CliException($"{id}: {Flag} is no name of a feature: lower-case letters, digits and hyphens, a letter first."),
            Units = (Units ?? new Dictionary<string, Unit>()).ToImmutableDictionary(unit => AssetOf(unit.Key, id), unit => unit.Value.ToUnit(unit.Key)),
        };

        static AssetId AssetOf(string text, string id) =>
            AssetId.TryParse(text, out var asset) && asset.Chain.ToString() == id ? asset : throw new CliException($"{text} is no asset of {id}.");

        ChainSettings ToUnflagged(string id)
        {
            if (!Uri.TryCreate(Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
                throw new CliException($"{id}: {Url} is no http or https address.");
            ImmutableArray<AssetId> assets = [.. (Assets ?? []).Select(text => AssetOf(text, id))];
            return new ConfiguredChain(Tokens, Mints, Genesis).ToFormat(id) switch
            {
                EthereumFormat format => new EthereumSettings(format, url) { Assets = assets, Options = new() { FinalityDepth = FinalityDepth } },
                SolanaFormat format => new SolanaSettings(format, url) { Assets = assets, Options = new() { FinalityDepth = FinalityDepth } },
                BitcoinFormat format => new BitcoinSettings(format.Network, url)
                {
                    Core = User is null ? null : (User, Environment.GetEnvironmentVariable("QUORATE_BITCOIN_PASSWORD") ?? throw new CliException($"{id}: QUORATE_BITCOIN_PASSWORD is not set.")),
                    Options = FinalityDepth is { } depth ? new() { FinalityDepth = depth } : new(),
                },
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }
    }

    /// <summary>How amounts of an asset are written.</summary>
    /// <param name="Decimals">Digits behind the point; what the chain's configuration says where it is absent.</param>
    /// <param name="Symbol">What it is called.</param>
    internal sealed record Unit(int? Decimals, string? Symbol)
    {
        const int MaxSymbol = 32;

        internal AssetUnit ToUnit(string asset) =>
            Decimals is < 0 or > AssetUnit.MaxDecimals ? throw new CliException($"{asset}: {Decimals} is no number of decimals from 0 to {AssetUnit.MaxDecimals}.")
            : Symbol is { } symbol && (symbol.Length is 0 or > MaxSymbol || symbol.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)))
                ? throw new CliException($"{asset}: a symbol is 1 to {MaxSymbol} characters without spaces.")
            : new(Decimals, Symbol ?? "");
    }

    /// <summary>Endpoints of webhooks.</summary>
    /// <param name="Allow">Networks (10.20.0.0/16) that endpoints may be in although they are none of the public internet, and may be called without TLS.</param>
    internal sealed record WebhookSettings(string[]? Allow)
    {
        internal WebhookOptions ToOptions() => new()
        {
            AllowedNetworks = [.. (Allow ?? []).Select(text => IPNetwork.TryParse(text, out var network) ? network : throw new CliException($"{text} is no network: an address, a slash, a number of bits."))],
        };
    }

    /// <summary>In whole seconds; what is absent has its default.</summary>
    internal sealed record Pauses(int? NodesSeconds, int? CosignSeconds, int? BalancesSeconds, int? TrackSeconds);

    /// <summary>The connection string of its PostgreSQL database; null where it is in the data directory.</summary>
    internal string? Database => Environment.GetEnvironmentVariable("QUORATE_POSTGRES") is { Length: > 0 } given ? given : Postgres;

    /// <summary>Reads a file.</summary>
    internal static ServerConfiguration Read(string path)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxSize })
                throw new CliException($"{path}: larger than {MaxSize} bytes.");
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), FileJson.Default.ServerConfiguration) ?? throw new CliException($"{path}: null.");
        }
        catch (JsonException problem)
        {
            throw new CliException($"{path}: {problem.Message}");
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CliException($"{path} is not there: the server's configuration. `quorate server run --help` shows one.");
        }
    }

    /// <summary>What the server is started with.</summary>
    /// <param name="path">Where the file is.</param>
    /// <param name="dataDirectory">Where its database is, unless there is another.</param>
    /// <param name="logger">Hears of what goes wrong.</param>
    internal ServerOptions ToOptions(string path, string dataDirectory, ILogger logger)
    {
        if (Api is { Json: not null, Certificate: not null })
            throw new CliException("api: with a certificate one address answers gRPC and JSON; leave out \"json\".");
        var pauses = Intervals ?? new(null, null, null, null);
        var otherwise = new ServerOptions
        {
            Genesis = PolicyFile.ReadGenesis(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, Genesis)),
            RelayName = Relay.Name, Relay = Listener("relay", Relay.Address, null, Relay.Certificate, drainSeconds: 1, Relay.Clients), Api = Listener("api", Api.Address, Api.Json, Api.Certificate, drainSeconds: 5),
        };
        return otherwise with
        {
            DataDirectory = Database is null ? dataDirectory : null,
            Postgres = Database,
            Name = Name ?? otherwise.Name,
            Chains = [.. (Chains ?? new Dictionary<string, Chain>()).Select(chain => chain.Value.ToSettings(chain.Key))],
            NodesEvery = Seconds(pauses.NodesSeconds, otherwise.NodesEvery),
            CosignEvery = Seconds(pauses.CosignSeconds, otherwise.CosignEvery),
            ReconcileEvery = Seconds(pauses.BalancesSeconds, otherwise.ReconcileEvery),
            TrackEvery = Seconds(pauses.TrackSeconds, otherwise.TrackEvery),
            Limits = (Limits ?? new()).ToOptions(Redis),
            Webhooks = (Webhooks ?? new(null)).ToOptions(),
            WebhookSecret = Secret(),
            Logger = logger,
        };
    }

    static WebhookSecret? Secret()
    {
        try
        {
            return Environment.GetEnvironmentVariable("QUORATE_WEBHOOK_SECRET") is { Length: > 0 } text ? WebhookSecret.Parse(text) : null;
        }
        catch (FormatException problem)
        {
            throw new CliException($"QUORATE_WEBHOOK_SECRET: {problem.Message}");
        }
    }

    static RpcServerOptions Listener(string what, string address, string? json, string? certificate, int drainSeconds, string[]? clients = null)
    {
        var (end, http1) = (EndPoint(address), json is null ? null : EndPoint(json));
        if (certificate is null && (!IPAddress.IsLoopback(end.Address) || (http1 is not null && !IPAddress.IsLoopback(http1.Address))))
            throw new CliException($"{what}: without a certificate it listens on the loopback interface only, not at {(IPAddress.IsLoopback(end.Address) ? http1 : end)}.");
        if (certificate is null && clients is not null)
            throw new CliException($"{what}.clients: certificates are shown to who has one.");
        return new()
        {
            EndPoint = end, Http1EndPoint = http1, DrainSeconds = drainSeconds,
            Tls = certificate is null ? null : new() { Certificate = X509Certificate2.CreateFromPemFile(certificate), PeerPins = clients?.Select(NodeConfiguration.Pin).ToHashSet() },
        };
    }

    static IPEndPoint EndPoint(string text) => IPEndPoint.TryParse(text, out var end) ? end : throw new CliException($"{text} is no address and port.");

    static TimeSpan Seconds(int? value, TimeSpan otherwise) => value is null ? otherwise
        : value is >= 1 and <= 86_400 ? TimeSpan.FromSeconds(value.Value) : throw new CliException($"{value} is no number of seconds from 1 to 86400.");
}
