using System.Collections.Immutable;

namespace Quorate.Chains.Bitcoin;

/// <summary>Something to be paid.</summary>
/// <param name="To">The recipient.</param>
/// <param name="Value">In satoshi.</param>
public sealed record Payment(Address To, ulong Value);

/// <summary>What a transaction is to do, and within which limits.</summary>
public sealed record SpendRequest
{
    /// <summary>Who is paid what; may be empty where everything goes to <see cref="Change"/>.</summary>
    public ImmutableArray<Payment> Payments { get; init; } = [];

    /// <summary>Bytes to publish with it, at most <see cref="Spending.MaxMemoSize"/>; empty for none.</summary>
    public ReadOnlyMemory<byte> Memo { get; init; }

    /// <summary>Coins that are spent in any case: coin control, replacement, consolidation.</summary>
    public ImmutableArray<Coin> Required { get; init; } = [];

    /// <summary>Coins that may be added.</summary>
    public ImmutableArray<Coin> Available { get; init; } = [];

    /// <summary>Where change goes.</summary>
    public required WalletScript Change { get; init; }

    /// <summary>The fee rate.</summary>
    public required FeeRate FeeRate { get; init; }

    /// <summary>The highest fee, in satoshi.</summary>
    public required ulong MaxFee { get; init; }

    /// <summary>The highest fee rate.</summary>
    public FeeRate MaxFeeRate { get; init; } = new(1_000_000);

    /// <summary>Whether it says that it may be replaced (BIP 125).</summary>
    public bool IsReplaceable { get; init; } = true;

    /// <summary>The unconfirmed transactions that the coins hang on: what they pay below the rate is paid here as well.</summary>
    public UnconfirmedAncestors? Ancestors { get; init; }

    /// <summary>The least fee by virtual size, on top of the rate's: what a replacement has to pay.</summary>
    internal Func<int, ulong>? FeeFloor { get; init; }

    /// <summary>The least fee of a transaction of this size.</summary>
    internal ulong LeastFee(int virtualSize)
    {
        var forAncestors = Ancestors is { } a ? Math.Max(FeeRate.Of(virtualSize + a.VirtualSize), a.Fee) - a.Fee : 0;
        return Math.Max(forAncestors, FeeFloor?.Invoke(virtualSize) ?? 0);
    }
}

/// <summary>Unconfirmed transactions together, each counted once.</summary>
/// <param name="Fee">What they pay, in satoshi.</param>
/// <param name="VirtualSize">Their virtual bytes.</param>
public sealed record UnconfirmedAncestors(ulong Fee, int VirtualSize);

/// <summary>An unsigned transaction, and what it was made of.</summary>
/// <param name="Psbt">To be signed.</param>
/// <param name="Request">What it does.</param>
/// <param name="Coins">What it spends, in the order of its inputs.</param>
/// <param name="Fee">In satoshi.</param>
/// <param name="VirtualSize">At most, once signed.</param>
/// <param name="ChangeIndex">The output that is change; null for none.</param>
public sealed record PlannedSpend(
    Psbt Psbt, SpendRequest Request, ImmutableArray<Coin> Coins, ulong Fee, int VirtualSize, int? ChangeIndex);
