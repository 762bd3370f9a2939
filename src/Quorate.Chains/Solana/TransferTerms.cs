namespace Quorate.Chains.Solana;

/// <summary>What makes a message valid, and for how long.</summary>
public abstract record MessageLifetime
{
    MessageLifetime()
    {
    }

    /// <summary>Valid until the block is about 150 blocks old.</summary>
    public sealed record Recent(Blockhash Blockhash) : MessageLifetime;

    /// <summary>Valid until the nonce is advanced, which this message does first of all.</summary>
    /// <param name="Account">The nonce account.</param>
    /// <param name="Authority">Who may advance it, and signs.</param>
    /// <param name="Value">What it holds now.</param>
    public sealed record Durable(SolanaAddress Account, SolanaAddress Authority, Blockhash Value) : MessageLifetime;
}

/// <summary>What a transfer needs besides who, what and how much.</summary>
/// <param name="Lifetime">A recent blockhash or a durable nonce.</param>
public sealed record TransferTerms(MessageLifetime Lifetime)
{
    /// <summary>Compute units at most; the cluster's default where null.</summary>
    public uint? UnitLimit { get; init; }

    /// <summary>Micro-lamports for a compute unit; none where 0.</summary>
    public ulong UnitPrice { get; init; }

    /// <summary>Who pays the fee and the deposit of a new token account, and signs; the sender where null.</summary>
    public SolanaAddress? FeePayer { get; init; }

    /// <summary>The token's program and decimals where the format does not know them.</summary>
    public KnownMint? Mint { get; init; }

    /// <summary>Whether tokens may go to an owner without a key, such as a program's vault. Mostly that is a mistake.</summary>
    public bool AllowsKeylessOwner { get; init; }

    /// <summary>The layout.</summary>
    public SolanaMessageVersion Version { get; init; } = SolanaMessageVersion.Legacy;
}
