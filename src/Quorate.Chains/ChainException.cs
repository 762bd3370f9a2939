namespace Quorate.Chains;

/// <summary>Why a chain could not do what was asked.</summary>
public enum ChainError
{
    /// <summary>The account has not enough of the asset, or of the coin that pays the fee.</summary>
    InsufficientFunds = 1,

    /// <summary>The amount is below what the network relays, or would leave such an amount behind.</summary>
    Dust = 2,

    /// <summary>The fee would be above the caller's limit.</summary>
    FeeTooHigh = 3,

    /// <summary>The fee is below what the network relays, or below what replacing takes.</summary>
    FeeTooLow = 4,

    /// <summary>An input, nonce or blockhash is used up: build the transaction again.</summary>
    Stale = 5,

    /// <summary>The network refuses the transaction for good.</summary>
    Rejected = 6,

    /// <summary>The transfer is not one this chain can do: another chain's address or asset, an unknown token.</summary>
    Unsupported = 7,

    /// <summary>The node does not answer, or not in time. Trying again can help.</summary>
    Unavailable = 8,

    /// <summary>The node answers what can not be: another chain, malformed, beyond bounds.</summary>
    BadNode = 9,
}

/// <summary>A chain could not do what was asked; <see cref="Error"/> says why in a way a program can act on.</summary>
public sealed class ChainException(ChainError error, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>The reason.</summary>
    public ChainError Error { get; } = error;

    /// <summary>Whether the same call may succeed later without any change.</summary>
    public bool IsRetryable => Error is ChainError.Unavailable;
}
