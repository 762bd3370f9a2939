namespace Quorate.Chains.Bitcoin;

/// <summary>What a node's refusal of a transaction means. The words are Bitcoin Core's and bcoin's reject reasons.</summary>
static class Rejection
{
    static readonly (string Word, ChainError Error)[] words =
    [
        ("missingorspent", ChainError.Stale),
        ("missing-inputs", ChainError.Stale),
        ("inputs-missing", ChainError.Stale),
        ("missing inputs", ChainError.Stale),
        ("inputs-spent", ChainError.Stale),
        ("mempool-conflict", ChainError.Stale),
        ("outputs already in utxo set", ChainError.Stale),
        ("dust", ChainError.Dust),
        ("insufficient fee", ChainError.FeeTooLow),
        ("insufficient-fee", ChainError.FeeTooLow),
        ("insufficient priority", ChainError.FeeTooLow),
        ("fee not met", ChainError.FeeTooLow),
        ("absurdly-high-fee", ChainError.FeeTooHigh),
        ("max-fee-exceeded", ChainError.FeeTooHigh),
        ("maximum feerate", ChainError.FeeTooHigh),
    ];

    internal static ChainException From(string reason)
    {
        var error = words.FirstOrDefault(w => reason.Contains(w.Word, StringComparison.OrdinalIgnoreCase)).Error;
        return new(error == default ? ChainError.Rejected : error, $"The network refuses the transaction: {reason}");
    }
}
