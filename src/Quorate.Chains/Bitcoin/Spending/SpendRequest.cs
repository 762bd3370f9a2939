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

    /// <summary>The least fee by virtual size, on top of the rate's: what a replacement or a child has to pay.</summary>
    internal Func<int, ulong>? FeeFloor { get; init; }
}

/// <summary>An unsigned transaction, and what it was made of.</summary>
/// <param name="Psbt">To be signed.</param>
/// <param name="Request">What it does.</param>
/// <param name="Coins">What it spends, in the order of its inputs.</param>
/// <param name="Fee">In satoshi.</param>
/// <param name="VirtualSize">At most, once signed.</param>
/// <param name="ChangeIndex">The output that is change; null for none.</param>
public sealed record PlannedSpend(
    Psbt Psbt, SpendRequest Request, ImmutableArray<Coin> Coins, ulong Fee, int VirtualSize, int? ChangeIndex);
