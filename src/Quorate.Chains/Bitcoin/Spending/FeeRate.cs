using System.Globalization;

namespace Quorate.Chains.Bitcoin;

/// <summary>A fee by size, in satoshi for 1000 virtual bytes: 1000 is the familiar 1 sat/vB.</summary>
/// <param name="SatoshiPerKvB">At most <see cref="Max"/>.</param>
public readonly record struct FeeRate(ulong SatoshiPerKvB) : IComparable<FeeRate>
{
    /// <summary>What nodes relay at least, and by how much a replacement has to exceed what it replaces (BIP 125, rule 4).</summary>
    public static FeeRate Minimum { get; } = new(1000);

    /// <summary>The rate that dust is reckoned at.</summary>
    public static FeeRate DustRelay { get; } = new(3000);

    /// <summary>No fee was ever near it, and products with any transaction's size stay within 64 bits.</summary>
    public static FeeRate Max { get; } = new(100_000_000);

    /// <summary>The fee of a size, rounded up.</summary>
    public ulong Of(int virtualSize) => (SatoshiPerKvB * (ulong)virtualSize + 999) / 1000;

    /// <summary>The rate of a fee, rounded up.</summary>
    public static FeeRate From(ulong fee, int virtualSize) => new((fee * 1000 + (ulong)virtualSize - 1) / (ulong)virtualSize);

    /// <inheritdoc/>
    public int CompareTo(FeeRate other) => SatoshiPerKvB.CompareTo(other.SatoshiPerKvB);

    /// <summary>Whether <paramref name="a"/> is the smaller.</summary>
    public static bool operator <(FeeRate a, FeeRate b) => a.SatoshiPerKvB < b.SatoshiPerKvB;

    /// <summary>Whether <paramref name="a"/> is the larger.</summary>
    public static bool operator >(FeeRate a, FeeRate b) => a.SatoshiPerKvB > b.SatoshiPerKvB;

    /// <summary>Whether <paramref name="a"/> is not the larger.</summary>
    public static bool operator <=(FeeRate a, FeeRate b) => a.SatoshiPerKvB <= b.SatoshiPerKvB;

    /// <summary>Whether <paramref name="a"/> is not the smaller.</summary>
    public static bool operator >=(FeeRate a, FeeRate b) => a.SatoshiPerKvB >= b.SatoshiPerKvB;

    /// <summary>In satoshi for a virtual byte.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{SatoshiPerKvB / 1000m:0.###} sat/vB");
}
