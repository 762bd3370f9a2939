namespace Quorate.Chains.Bitcoin;

/// <summary>What of a transaction a signature covers.</summary>
[Flags]
public enum SighashType
{
    /// <summary>Taproot's own form of <see cref="All"/>, which adds no byte to the signature.</summary>
    Default = 0,

    /// <summary>All inputs and outputs. The only kind that is understood.</summary>
    All = 1,

    /// <summary>No output: whoever holds the signature chooses where the money goes.</summary>
    None = 2,

    /// <summary>The output of the same number alone.</summary>
    Single = 3,

    /// <summary>Only the signed input; others may be added.</summary>
    AnyoneCanPay = 0x80,
}
