using Quorate.Node.Breaker;
using Quorate.Node.Sessions;
using Quorate.Policies;

namespace Quorate.Node.Ceremonies;

/// <summary>Writes an encrypted backup of this node's vault where its operator wants it, and returns the digest of the file.</summary>
/// <param name="order">The order that it is for.</param>
/// <param name="cancellation">Gives up.</param>
delegate Task<Digest> BackupTarget(CeremonyOrder order, CancellationToken cancellation);

/// <summary>What a node says of an attempt: whom it names for what. One node's word.</summary>
/// <param name="By">Who says so, by name.</param>
/// <param name="Accused">Whom, by name.</param>
/// <param name="Fault">For what, in its words.</param>
/// <param name="IsCertain">Whether it says that they have shown it themselves.</param>
public sealed record Blame(string By, IReadOnlyList<string> Accused, string Fault, bool IsCertain);

/// <summary>How one attempt ended for its lead, where it ended without a certificate.</summary>
/// <param name="Fault">What went wrong, in words.</param>
/// <param name="Culprits">Whom this node names, by name: whom its own session named, and who did not answer.</param>
/// <param name="IsProven">Whether this node has seen for itself that they deviated.</param>
public sealed record AttemptFailure(string Fault, IReadOnlyList<string> Culprits, bool IsProven)
{
    /// <summary>What every node has said of it, this one included. Whoever is accused here and is no culprit is so by others' word.</summary>
    public IReadOnlyList<Blame> Blames { get; init; } = [];

    /// <summary>Whether a node has declined for a reason that no waiting changes.</summary>
    public bool IsRefusal { get; init; }
}

/// <summary>How a node waits in ceremonies, and how often it leads one.</summary>
public sealed record CeremonyLimits
{
    /// <summary>How long sessions wait until all are ready, and in all. <see cref="SessionDeadlines.Round"/> has no meaning here.</summary>
    public SessionDeadlines Session { get; init; } = new();

    /// <summary>How long a peer's answer is waited for that it can give at once.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether and when a lead tries again, and between what times a round's timeout adapts itself.</summary>
    public AttemptPolicy Attempts { get; init; } = new();

    /// <summary>How often a node looks for what a crash, or a lead that went away, has left open.</summary>
    public TimeSpan Resume { get; init; } = TimeSpan.FromMinutes(1);
}

/// <summary>What ceremonies at one node are held with.</summary>
sealed record CeremonyOptions
{
    /// <summary>How long sessions wait until all are ready, and in all. How long a round may take is measured.</summary>
    internal SessionDeadlines Deadlines { get; init; } = new();

    /// <summary>How long a peer's answer is waited for that it can give at once.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Where backups go; null where the operator has not said.</summary>
    internal BackupTarget? Backup { get; init; }

    /// <summary>Whether and when a lead tries again, and between what times a round's timeout adapts itself.</summary>
    internal AttemptPolicy Attempts { get; init; } = new();

    /// <summary>Called around everything that lasts, by name. For tests that end the node there.</summary>
    internal Action<string>? AtStep { get; init; }
}

/// <summary>How a ceremony ended for the node that led it.</summary>
public abstract record CeremonyResult
{
    CeremonyResult()
    {
    }

    /// <summary>It holds. Nodes that are not told yet find out by themselves.</summary>
    /// <param name="Keys">The wallet's public packages in their stored format, with their ids.</param>
    /// <param name="Told">The nodes that have done what the certificate says, by name.</param>
    public sealed record Completed(IReadOnlyList<(Digest Id, ReadOnlyMemory<byte> Package)> Keys, IReadOnlyList<string> Told) : CeremonyResult;

    /// <summary>This node takes no part.</summary>
    public sealed record Refused(CeremonyRefused Reason) : CeremonyResult;

    /// <summary>It does not hold, and may be led again as long as the order is good.</summary>
    /// <param name="Attempt">The last attempt.</param>
    /// <param name="Attempts">How many there were.</param>
    /// <param name="Named">Because of whom there is no other: docs/spec/breaker.md.</param>
    public sealed record Failed(AttemptFailure Attempt, int Attempts, IReadOnlyList<string> Named) : CeremonyResult;
}
