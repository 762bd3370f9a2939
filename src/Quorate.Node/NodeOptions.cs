using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Quorate.Cryptography.Secrets;
using Quorate.Node.Ceremonies;
using Quorate.Node.Gate;
using Quorate.Node.Signing;
using Quorate.Node.Transport;
using Quorate.Node.Vault;
using Quorate.Rpc.Security;
using Quorate.Rpc.Server;

namespace Quorate.Node;

/// <summary>What the operator decides about a node: where its files are, what opens them, and how it reaches the others.</summary>
public sealed record NodeOptions
{
    /// <summary>Where vault and journal are.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Opens the vault.</summary>
    public required OpenKeyEncryption OpenKek { get; init; }

    /// <summary>The chains that the node judges. It signs nothing of another.</summary>
    public IReadOnlyList<ChainJudge> Chains { get; init; } = [];

    /// <summary>The relay to dial; null in direct mode.</summary>
    public RelayAddress? Relay { get; init; }

    /// <summary>The other nodes by their names in the genesis document, to dial without a relay; null with one.</summary>
    public IReadOnlyDictionary<string, PeerAddress>? Peers { get; init; }

    /// <summary>Where the node listens, for operators, for a server and, in direct mode, for the others; null where it opens no port.</summary>
    public RpcServerOptions? Listen { get; init; }

    /// <summary>How long signing waits, and how often it tries.</summary>
    public SigningLimits Signing { get; init; } = new();

    /// <summary>How ceremonies wait, and how often they are tried.</summary>
    public CeremonyLimits Ceremonies { get; init; } = new();

    /// <summary>Where backups by order go; null where the operator has named no place, and the node takes part in none.</summary>
    public BackupPlace? Backup { get; init; }

    /// <summary>How connections are kept.</summary>
    public LinkOptions Links { get; init; } = new();

    /// <summary>Sessions that may be in flight.</summary>
    public int MaxSessions { get; init; } = 64;

    /// <summary>The node's clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Hears of what its operator may want to know.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>The node's randomness.</summary>
    public IRandom Random { get; init; } = SystemRandom.Shared;

    /// <summary>The vault's file.</summary>
    public string Vault => Path.Combine(DataDirectory, "vault.db");

    /// <summary>The journal's file.</summary>
    public string Journal => Path.Combine(DataDirectory, "journal.db");
}

/// <summary>Where a relay is.</summary>
/// <param name="Address">Of its server.</param>
/// <param name="Name">What it calls itself.</param>
/// <param name="Tls">Pins; null for the system's authorities, or for clear text.</param>
public sealed record RelayAddress(Uri Address, string Name, RpcTls? Tls = null);

/// <summary>Where another node is.</summary>
/// <param name="Address">Where it listens.</param>
/// <param name="Tls">Pins; null for clear text.</param>
public sealed record PeerAddress(Uri Address, RpcTls? Tls = null);
