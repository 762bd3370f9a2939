namespace Quorate.Chains;

/// <summary>
/// An account or output on one chain, in the chain's canonical text: EIP-55 for Ethereum, bech32, bech32m or Base58Check for
/// Bitcoin, Base58 for Solana. Only a chain's adapter makes one, from text or bytes it has checked, so that two addresses
/// are the same exactly when they are equal.
/// </summary>
public sealed record Address
{
    internal Address(ChainId chain, string text) => (Chain, Text) = (chain, text);

    /// <summary>The chain it belongs to.</summary>
    public ChainId Chain { get; }

    /// <summary>The canonical text, without the chain.</summary>
    public string Text { get; }

    /// <summary>The chain's canonical text.</summary>
    public override string ToString() => Text;
}
