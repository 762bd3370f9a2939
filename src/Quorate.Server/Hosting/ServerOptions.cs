using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Quorate.Policies;
using Quorate.Rpc.Server;
using Quorate.Server.Limits;
using Quorate.Server.Webhooks;

namespace Quorate.Server.Hosting;

/// <summary>What a wallet server is started with.</summary>
public sealed record ServerOptions
{
    /// <summary>The deployment that its nodes have pinned.</summary>
    public required GenesisDocument Genesis { get; init; }

    /// <summary>Where its files are, in SQLite; null with <see cref="Postgres"/>.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>The connection string of its PostgreSQL database; null for files. Several servers may share one.</summary>
    public string? Postgres { get; init; }

    /// <summary>The chains it carries transfers out on.</summary>
    public ImmutableArray<ChainSettings> Chains { get; init; } = [];

    /// <summary>What the relay calls itself, as nodes have it in their configuration.</summary>
    public required string RelayName { get; init; }

    /// <summary>Where nodes dial.</summary>
    public required RpcServerOptions Relay { get; init; }

    /// <summary>Where the API listens, in gRPC and JSON.</summary>
    public required RpcServerOptions Api { get; init; }

    /// <summary>Who this server is beside others on one database: the same one when it is started again.</summary>
    public string Name { get; init; } = Environment.MachineName;

    /// <summary>How often nodes are asked what they are and have.</summary>
    public TimeSpan NodesEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often nodes co-sign the head of the journal, if anything has happened.</summary>
    public TimeSpan CosignEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often chains are asked for balances.</summary>
    public TimeSpan ReconcileEvery { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a node has to answer what costs it nothing.</summary>
    public TimeSpan NodeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the chain is asked about transfers that are under way.</summary>
    public TimeSpan TrackEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How much may be asked of it.</summary>
    public LimitOptions Limits { get; init; } = new();

    /// <summary>How endpoints of webhooks are called.</summary>
    public WebhookOptions Webhooks { get; init; } = new();

    /// <summary>
    /// What the keys follow from that deliveries are signed with, the same for all servers of one database; the server disposes of it.
    /// Null for the data directory's own, <see cref="WebhookSecret.FileName"/>; without either, there are no webhooks.
    /// </summary>
    public WebhookSecret? WebhookSecret { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Hears of what goes wrong.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
