namespace Quorate.Node.Signing;

/// <summary>How much is prepared ahead.</summary>
public sealed record PresigningLimits
{
    /// <summary>Presignatures that a lead keeps for a wallet and quorum that it signs with; 0 for none, and all signatures take three rounds.</summary>
    public int Target { get; init; }

    /// <summary>Presignatures kept for one lead, of all wallets and quorums: what a hostile one can make this node hold.</summary>
    public int MaxOfOneLead { get; init; } = 64;

    /// <summary>Sessions that prepare for one lead at a time.</summary>
    public int MaxAtATime { get; init; } = 2;

    /// <summary>Older ones are wiped.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromMinutes(30);
}
