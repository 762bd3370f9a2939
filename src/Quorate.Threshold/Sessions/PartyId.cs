using Quorate.Cryptography.Curves;

namespace Quorate.Threshold.Sessions;

/// <summary>
/// A party's number, 1 to 65,535: at once its address in a session and the abscissa of its share. Zero, where the
/// secret itself lies, cannot be constructed, and <c>default</c> is refused wherever parties are taken.
/// </summary>
public readonly record struct PartyId : IComparable<PartyId>
{
    /// <summary>Takes a number from 1 to 65,535.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Zero, negative or too large.</exception>
    public PartyId(int value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, ushort.MaxValue);
        Value = (ushort)value;
    }

    /// <summary>The number.</summary>
    public ushort Value { get; }

    /// <summary>The abscissa of this party's share.</summary>
    public Scalar<C> ToScalar<C>() where C : struct, ICurve<C> => Scalar<C>.FromUInt64(Value);

    /// <summary>The parties 1 to <paramref name="n"/>.</summary>
    public static PartyId[] Range(int n) => [.. Enumerable.Range(1, n).Select(i => new PartyId(i))];

    /// <inheritdoc/>
    public int CompareTo(PartyId other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => $"P{Value}";

    /// <summary>Order by number.</summary>
    public static bool operator <(PartyId a, PartyId b) => a.Value < b.Value;

    /// <summary>Order by number.</summary>
    public static bool operator >(PartyId a, PartyId b) => a.Value > b.Value;

    /// <summary>Order by number.</summary>
    public static bool operator <=(PartyId a, PartyId b) => a.Value <= b.Value;

    /// <summary>Order by number.</summary>
    public static bool operator >=(PartyId a, PartyId b) => a.Value >= b.Value;
}
