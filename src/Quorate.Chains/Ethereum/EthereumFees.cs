namespace Quorate.Chains.Ethereum;

/// <summary>A fee for a unit of gas (EIP-1559), and the part of it that goes to the block's builder.</summary>
/// <param name="MaxFeePerGas">Wei at most.</param>
/// <param name="MaxPriorityFeePerGas">Wei of it for the builder at most.</param>
public readonly record struct EthereumFees(Amount MaxFeePerGas, Amount MaxPriorityFeePerGas)
{
    /// <summary>A replacement's fees must both grow by a tenth, or nodes do not take it.</summary>
    const ulong BumpNumerator = 110, BumpDenominator = 100;

    /// <summary>
    /// What the recent past suggests: the median of what builders were given, and twice the next base fee above it, which
    /// lasts through six full blocks in a row, each of which raises the base fee by an eighth.
    /// </summary>
    /// <param name="nextBaseFee">The base fee of the block to come.</param>
    /// <param name="rewards">What a block's transactions gave its builder, a number per recent block.</param>
    /// <param name="minTip">The tip at least.</param>
    /// <param name="maxTip">The tip at most.</param>
    public static EthereumFees Suggest(Amount nextBaseFee, IReadOnlyCollection<Amount> rewards, Amount minTip, Amount maxTip)
    {
        ArgumentNullException.ThrowIfNull(rewards);
        Amount[] sorted = [.. rewards.Order()];
        var tip = sorted.Length == 0 ? minTip : sorted[sorted.Length / 2];
        tip = tip < minTip ? minTip : tip > maxTip ? maxTip : tip;
        return new(nextBaseFee * 2 + tip, tip);
    }

    /// <summary>The least fees with which a transaction that pays these can be replaced: each a tenth more, rounded up, and one wei at least.</summary>
    public EthereumFees ToReplace() => new(Bump(MaxFeePerGas), Bump(MaxPriorityFeePerGas));

    /// <summary>The larger of each.</summary>
    public EthereumFees AtLeast(EthereumFees other) => new(
        MaxFeePerGas > other.MaxFeePerGas ? MaxFeePerGas : other.MaxFeePerGas,
        MaxPriorityFeePerGas > other.MaxPriorityFeePerGas ? MaxPriorityFeePerGas : other.MaxPriorityFeePerGas);

    static Amount Bump(Amount fee)
    {
        var bumped = (fee * BumpNumerator + (BumpDenominator - 1)) / BumpDenominator;
        return bumped > fee ? bumped : fee + 1UL;
    }
}
