using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Quorate.Cli.Telemetry;
using Quorate.Cryptography.Secrets;
using Quorate.Node;
using Quorate.Node.Ceremonies;
using Quorate.Node.Signing;
using Quorate.Node.Vault;
using Quorate.Rpc.Security;
using Quorate.Rpc.Server;

namespace Quorate.Cli.Node;

/// <summary>
/// A node's configuration file, node.json: what its operator decides. What the organisation decides is in the genesis document
/// and in administrators' acts.
/// </summary>
/// <param name="Chains">The chains that the node signs for, by CAIP-2 id, with what it knows of each.</param>
/// <param name="Relay">The relay to dial.</param>
/// <param name="Peers">Or the other nodes, by name.</param>
/// <param name="Listen">Where the node listens.</param>
/// <param name="Limits">How long sessions wait, and how many may be in flight.</param>
/// <param name="Ceremonies">How ceremonies wait, and how often they are tried.</param>
/// <param name="Backup">Where backups go that administrators order.</param>
/// <param name="Telemetry">How the node is observed.</param>
sealed record NodeConfiguration(
    IReadOnlyDictionary<string, ConfiguredChain>? Chains, NodeConfiguration.Remote? Relay, IReadOnlyDictionary<string, NodeConfiguration.Remote>? Peers,
    NodeConfiguration.Listener? Listen, NodeConfiguration.SessionLimits? Limits, NodeConfiguration.CeremonyLimits? Ceremonies,
    NodeConfiguration.Backups? Backup, TelemetryConfiguration? Telemetry)
{
    const int MaxSize = 1 << 20;

    /// <summary>The other end of a connection.</summary>
    /// <param name="Url">http on the loopback interface, or https.</param>
    /// <param name="Name">What a relay calls itself; nothing for a node.</param>
    /// <param name="Pins">The keys that it may have: sha256/ and base 64.</param>
    internal sealed record Remote(string Url, string? Name, string[]? Pins);

    /// <summary>Where the node listens.</summary>
    /// <param name="Address">Address and port; port 0 takes a free one.</param>
    /// <param name="Certificate">PEM file with certificate and private key; also what this node shows where it dials.</param>
    /// <param name="Clients">Pins of who may connect. Without them anybody may, on the loopback interface only.</param>
    internal sealed record Listener(string Address, string? Certificate, string[]? Clients);

    /// <summary>All in whole numbers; what is absent has its default.</summary>
    internal sealed record SessionLimits(
        int? OfferSeconds, int? ReadySeconds, int? RoundSeconds, int? SessionSeconds, int? RequestSeconds, int? MaxSessions, int? Presignatures);

    /// <summary>All in whole numbers; what is absent has its default.</summary>
    /// <param name="PatienceSeconds">For a peer's answer.</param>
    /// <param name="ReadySeconds">Until all are ready for a session.</param>
    /// <param name="SessionSeconds">For a session in all.</param>
    /// <param name="ShortestRoundSeconds">The least that the timeout of a round adapts itself to.</param>
    /// <param name="LongestRoundSeconds">The most.</param>
    /// <param name="Attempts">In all.</param>
    /// <param name="RestSeconds">Before the second attempt; doubled each time.</param>
    /// <param name="LongestRestSeconds">Before another attempt, at most.</param>
    /// <param name="ResumeSeconds">Between two looks for what has been left open.</param>
    internal sealed record CeremonyLimits(
        int? PatienceSeconds, int? ReadySeconds, int? SessionSeconds, int? ShortestRoundSeconds, int? LongestRoundSeconds, int? Attempts, int? RestSeconds,
        int? LongestRestSeconds, int? ResumeSeconds);

    /// <summary>Where backups go, and what will open them: a key file, a passphrase, or both.</summary>
    /// <param name="Directory">An existing directory.</param>
    /// <param name="KeyFile">File of 32 random bytes, mode 0600; not the vault's own.</param>
    /// <param name="PassphraseFile">File whose first line is the passphrase.</param>
    internal sealed record Backups(string Directory, string? KeyFile, string? PassphraseFile);

    /// <summary>Reads a file.</summary>
    internal static NodeConfiguration Read(string path)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxSize })
                throw new CliException($"{path}: larger than {MaxSize} bytes.");
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), FileJson.Default.NodeConfiguration) ?? throw new CliException($"{path}: null.");
        }
        catch (JsonException problem)
        {
            throw new CliException($"{path}: {problem.Message}");
        }
        catch (FileNotFoundException)
        {
            throw new CliException($"{path} is not there: the node's configuration. `quorate node run --help` shows one.");
        }
    }

    /// <summary>What the node is started with.</summary>
    internal NodeOptions ToOptions(string dataDirectory, OpenKeyEncryption openKek)
    {
        var certificate = Listen?.Certificate is { } file ? X509Certificate2.CreateFromPemFile(file) : null;
        RpcTls? Tls(Remote remote) => !Uri.TryCreate(remote.Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")
            ? throw new CliException($"{remote.Url} is no http or https address.")
            : url.Scheme == "https" ? new() { Certificate = certificate, PeerPins = remote.Pins?.Select(Pin).ToHashSet() }
            : url.IsLoopback ? null
            : throw new CliException($"{remote.Url}: without TLS only the loopback interface is dialled.");

        return new()
        {
            DataDirectory = dataDirectory,
            OpenKek = openKek,
            Chains = [.. (Chains ?? new Dictionary<string, ConfiguredChain>()).Select(chain => chain.Value.ToJudge(chain.Key))],
            Relay = Relay is null ? null : new(new(Relay.Url), Relay.Name ?? throw new CliException("The relay has no name."), Tls(Relay)),
            Peers = Peers?.ToDictionary(peer => peer.Key, peer => new PeerAddress(new(peer.Value.Url), Tls(peer.Value))),
            Listen = Listen is null ? null : ToListen(Listen, certificate),
            Signing = ToSigning(Limits ?? new(null, null, null, null, null, null, null)),
            Ceremonies = ToCeremonies(Ceremonies ?? new(null, null, null, null, null, null, null, null, null)),
            Backup = Backup is null ? null : ToBackup(Backup),
            MaxSessions = Limits?.MaxSessions is { } sessions ? Within(sessions, 1, 4_096, "maxSessions") : 64,
        };
    }

    static SigningLimits ToSigning(SessionLimits limits)
    {
        var otherwise = new SigningLimits();
        return otherwise with
        {
            OfferPatience = Seconds(limits.OfferSeconds, otherwise.OfferPatience),
            Session = new()
            {
                Ready = Seconds(limits.ReadySeconds, otherwise.Session.Ready), Round = Seconds(limits.RoundSeconds, otherwise.Session.Round),
                Session = Seconds(limits.SessionSeconds, otherwise.Session.Session),
            },
            Deadline = Seconds(limits.RequestSeconds, otherwise.Deadline),
            Presigning = otherwise.Presigning with { Target = Within(limits.Presignatures ?? 0, 0, otherwise.Presigning.MaxOfOneLead, "presignatures") },
        };
    }

    static Quorate.Node.Ceremonies.CeremonyLimits ToCeremonies(CeremonyLimits limits)
    {
        var otherwise = new Quorate.Node.Ceremonies.CeremonyLimits();
        var (timeouts, rests) = (otherwise.Attempts.Timeouts, otherwise.Attempts.Cooldown);
        timeouts = new() { Shortest = Seconds(limits.ShortestRoundSeconds, timeouts.Shortest), Longest = Seconds(limits.LongestRoundSeconds, timeouts.Longest) };
        if (timeouts.Longest < timeouts.Shortest)
            throw new CliException("ceremonies: longestRoundSeconds is less than shortestRoundSeconds.");
        return new()
        {
            Patience = Seconds(limits.PatienceSeconds, otherwise.Patience),
            Resume = Seconds(limits.ResumeSeconds, otherwise.Resume),
            Session = new() { Ready = Seconds(limits.ReadySeconds, otherwise.Session.Ready), Session = Seconds(limits.SessionSeconds, otherwise.Session.Session) },
            Attempts = new()
            {
                Timeouts = timeouts,
                Cooldown = new()
                {
                    Attempts = limits.Attempts is { } attempts ? Within(attempts, 1, 16, "ceremonies: attempts") : rests.Attempts,
                    First = Seconds(limits.RestSeconds, rests.First), Longest = Seconds(limits.LongestRestSeconds, rests.Longest),
                },
            },
        };
    }

    static BackupPlace ToBackup(Backups backups)
    {
        if (backups.KeyFile is null && backups.PassphraseFile is null)
            throw new CliException("backup: keyFile or passphraseFile is missing: what will open the backups.");
        if (!System.IO.Directory.Exists(backups.Directory))
            throw new CliException($"backup: there is no directory {backups.Directory}.");
        // Both files are read now, so that a node which could not back itself up does not start.
        Credential().Dispose();
        return new(backups.Directory, () =>
        {
            using var credential = Credential();
            return credential.Create(SystemRandom.Shared);
        });

        KeyCredential Credential() => new(
            backups.PassphraseFile is null ? null : PassphraseSource.FromFile(backups.PassphraseFile),
            backups.KeyFile is null ? null : KekFile.Read(backups.KeyFile));
    }

    static RpcServerOptions ToListen(Listener listener, X509Certificate2? certificate)
    {
        if (!IPEndPoint.TryParse(listener.Address, out var end))
            throw new CliException($"{listener.Address} is no address and port.");
        if (certificate is null)
            return IPAddress.IsLoopback(end.Address)
                ? new() { EndPoint = end, DrainSeconds = 5 }
                : throw new CliException($"{listener.Address}: without a certificate the node listens on the loopback interface only.");
        return listener.Clients is { Length: > 0 } clients
            ? new() { EndPoint = end, DrainSeconds = 5, Tls = new() { Certificate = certificate, PeerPins = clients.Select(Pin).ToHashSet() } }
            : throw new CliException("listen.clients is missing: who may connect, by the pins of their certificates.");
    }

    static SpkiPin Pin(string text)
    {
        try
        {
            return SpkiPin.Parse(text);
        }
        catch (FormatException problem)
        {
            throw new CliException($"{text}: {problem.Message}");
        }
    }

    static TimeSpan Seconds(int? value, TimeSpan otherwise) =>
        value is null ? otherwise : TimeSpan.FromSeconds(Within(value.Value, 1, 86_400, "a number of seconds"));

    static int Within(int value, int least, int most, string what) =>
        value >= least && value <= most ? value : throw new CliException($"{what} is {value}; it is {least} to {most}.");
}
