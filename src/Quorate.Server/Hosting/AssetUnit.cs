namespace Quorate.Server.Hosting;

/// <summary>How people write amounts of an asset. Nothing is decided by it.</summary>
/// <param name="Decimals">Digits behind the point: 18 of ether, whose smallest unit is 10⁻¹⁸ of it. Null where that is not known.</param>
/// <param name="Symbol">What it is called: ETH. Empty where that is not known.</param>
public readonly record struct AssetUnit(int? Decimals, string Symbol)
{
    /// <summary>Most digits behind the point that an asset may be said to have.</summary>
    public const int MaxDecimals = 255;

    /// <summary>Nothing is known.</summary>
    public static AssetUnit Unknown { get; } = new(null, "");
}
