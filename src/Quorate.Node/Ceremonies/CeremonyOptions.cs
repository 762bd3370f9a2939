using Quorate.Node.Sessions;
using Quorate.Policies;

namespace Quorate.Node.Ceremonies;

/// <summary>Writes an encrypted backup of this node's vault where its operator wants it, and returns the digest of the file.</summary>
/// <param name="order">The order that it is for.</param>
/// <param name="cancellation">Gives up.</param>
delegate Task<Digest> BackupTarget(CeremonyOrder order, CancellationToken cancellation);

/// <summary>How one attempt ended for its lead, where it ended without a certificate.</summary>
/// <param name="Fault">What went wrong, in words.</param>
/// <param name="Culprits">Whom anybody has named, by name.</param>
/// <param name="IsProven">Whether this node has seen for itself that they deviated.</param>
public sealed record AttemptFailure(string Fault, IReadOnlyList<string> Culprits, bool IsProven);

/// <summary>Whether to try again.</summary>
/// <param name="failed">How the attempt ended.</param>
/// <param name="attempts">How many there have been.</param>
/// <returns>How long to wait first; null where there is no use in another.</returns>
delegate TimeSpan? TryAgain(AttemptFailure failed, int attempts);

/// <summary>What a node's operator decides about ceremonies.</summary>
sealed record CeremonyOptions
{
    /// <summary>How long sessions wait.</summary>
    internal SessionDeadlines Deadlines { get; init; } = new();

    /// <summary>How long a peer's answer is waited for that it can give at once.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Where backups go; null where the operator has not said.</summary>
    internal BackupTarget? Backup { get; init; }

    /// <summary>When a lead tries again: three times in all, and never after a fault that somebody has shown himself.</summary>
    internal TryAgain Again { get; init; } = (failed, attempts) => attempts < 3 && !failed.IsProven ? TimeSpan.FromSeconds(attempts) : null;

    /// <summary>Hears how far this node's attempts are, led by whomever.</summary>
    internal Action<CeremonyProgress>? Progress { get; init; }

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
    public sealed record Failed(AttemptFailure Attempt) : CeremonyResult;
}
