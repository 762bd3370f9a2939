namespace Quorate.Chains.Bitcoin;

/// <summary>An unspent output of the wallet, with what spending it takes.</summary>
public sealed class Coin
{
    /// <summary>An output of the wallet.</summary>
    /// <param name="point">Which output.</param>
    /// <param name="value">In satoshi.</param>
    /// <param name="owner">The wallet's script that it pays.</param>
    /// <param name="previous">
    /// The whole transaction it is an output of: the proof of its value. Needed wherever a transaction spends anything but Taproot.
    /// </param>
    /// <param name="isConfirmed">Whether it is in a block.</param>
    /// <exception cref="ArgumentException">The previous transaction is another, or does not have this output.</exception>
    public Coin(OutPoint point, ulong value, WalletScript owner, BitcoinTransaction? previous, bool isConfirmed)
    {
        ArgumentNullException.ThrowIfNull(owner);
        if (previous is not null
            && (previous.Id != point.Transaction || point.Index >= previous.Outputs.Length
                || previous.Outputs[(int)point.Index] is var output && (output.Value != value || !output.Script.Span.SequenceEqual(owner.Script.Span))))
            throw new ArgumentException("The previous transaction does not have this output.", nameof(previous));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, BitcoinTransaction.MaxMoney);
        (Point, Value, Owner, Previous, IsConfirmed) = (point, value, owner, previous, isConfirmed);
    }

    /// <summary>Which output.</summary>
    public OutPoint Point { get; }

    /// <summary>In satoshi.</summary>
    public ulong Value { get; }

    /// <summary>The wallet's script that it pays.</summary>
    public WalletScript Owner { get; }

    /// <summary>The whole transaction it is an output of.</summary>
    public BitcoinTransaction? Previous { get; }

    /// <summary>Whether it is in a block.</summary>
    public bool IsConfirmed { get; }

    internal int Weight => Weights.OfInput(Owner.Kind);

    /// <summary>Value less the cost of spending it, times 4000 so that it is a whole number.</summary>
    internal Int128 EffectiveValue(FeeRate rate) => (Int128)Value * 4000 - (Int128)rate.SatoshiPerKvB * Weight;
}
