namespace Quorate.Chains.Ethereum;

/// <summary>Uniswap's Permit2, through which tokens are approved once and then by signed messages.</summary>
static class Permit2
{
    /// <summary>Its address, the same on every chain because its code decides it (EIP-1014).</summary>
    internal static EthereumAddress Address { get; } = EthereumAddress.Parse("0x000000000022D473030F116dDEE9F6B43aC78BA3");

    /// <summary>2¹⁶⁰ − 1, which stands for no limit.</summary>
    internal static Amount NoLimit { get; } = new(UInt128.MaxValue >> 96, UInt128.MaxValue);

    /// <summary>A point in time in Unix seconds; null where it is beyond all times.</summary>
    internal static ulong? Time(Amount seconds) => seconds.TryToUInt64(out var time) ? time : null;
}
