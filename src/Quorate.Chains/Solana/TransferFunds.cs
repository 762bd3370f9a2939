using Quorate.Chains.Solana.Rpc;

namespace Quorate.Chains.Solana;

/// <summary>
/// What a transfer finds on chain, and whether it can be paid: the amount, the fee, the deposit of a new token account,
/// and the deposits without which accounts are not kept.
/// </summary>
/// <param name="Transfer">The transfer.</param>
/// <param name="Sender">The paying wallet.</param>
/// <param name="Recipient">The receiving account.</param>
/// <param name="WalletDeposit">Lamports that an account without data must hold at least.</param>
sealed record TransferFunds(Transfer Transfer, SolanaAccountState? Sender, SolanaAccountState? Recipient, ulong WalletDeposit)
{
    /// <summary>The token's facts; null for SOL.</summary>
    internal KnownMint? Mint { get; init; }

    /// <summary>The sender's token account.</summary>
    internal TokenAccountState? SenderTokens { get; init; }

    /// <summary>Lamports for the recipient's token account where it has to be opened, else 0.</summary>
    internal ulong Deposit { get; init; }

    ulong Balance => Sender?.Lamports ?? 0;

    /// <summary>Makes sure that the transfer can be paid at this fee, and leaves nobody with too little.</summary>
    /// <exception cref="ChainException">InsufficientFunds, Dust, Unsupported or Rejected, with the numbers.</exception>
    internal void Check(ulong fee)
    {
        CheckAmounts(fee);
        if (Left(fee) is > 0 and var left && left < WalletDeposit)
            throw Dust($"{Transfer.From} would be left with {left} lamports; an account is only kept with {WalletDeposit} or more, or with none.");
    }

    /// <summary>
    /// The transfer for a trial at a lower fee than the real one. What whoever sends all would be left with by that is
    /// sent too: the runtime does not let a wallet keep so little.
    /// </summary>
    /// <exception cref="ChainException">As <see cref="Check"/>.</exception>
    internal Transfer ForTrial(ulong fee)
    {
        CheckAmounts(fee);
        return Mint is null && !IsToSelf && Left(fee) is > 0 and var left && left < WalletDeposit
            ? Transfer with { Amount = Transfer.Amount + left }
            : Transfer;
    }

    bool IsToSelf => Transfer.From == Transfer.To;

    /// <summary>What the sender keeps.</summary>
    ulong Left(ulong fee) => Balance - fee - (Mint is not null ? Deposit : IsToSelf || !Transfer.Amount.TryToUInt64(out var amount) ? 0 : amount);

    void CheckAmounts(ulong fee)
    {
        if (Sender is { IsWallet: false })
            throw new ChainException(ChainError.Unsupported, $"{Transfer.From} is no wallet but an account of {Sender.Space} bytes that {Sender.Owner} rules.");
        if (Mint is null)
            CheckCoin(fee);
        else
            CheckToken(fee);
    }

    void CheckCoin(ulong fee)
    {
        if (Transfer.Amount > Balance)
            throw Insufficient($"{Transfer.From} has {Balance} lamports and not the {Transfer.Amount} to send.");
        if (Transfer.Amount + (Amount)fee > Balance)
            throw Insufficient($"{Transfer.From} has {Balance} lamports and not the {Transfer.Amount} to send with a fee of up to {fee}.");
        var after = Transfer.Amount + (Amount)(Recipient?.Lamports ?? 0);
        if (!IsToSelf && Recipient is null or { Space: 0 } && !after.IsZero && after < WalletDeposit)
            throw Dust($"{Transfer.To} would have {after} lamports; an account is only kept with {WalletDeposit} or more.");
    }

    void CheckToken(ulong fee)
    {
        var has = SenderTokens?.Amount ?? 0;
        if (Transfer.Amount > has)
            throw Insufficient($"{Transfer.From} has {has} of {Transfer.Asset} in its associated account and not the {Transfer.Amount} to send.");
        if (SenderTokens is { IsFrozen: true })
            throw new ChainException(ChainError.Rejected, $"The issuer of {Transfer.Asset} has frozen the account of {Transfer.From}.");
        if ((UInt128)fee + Deposit > Balance)
            throw Insufficient(Deposit == 0
                ? $"{Transfer.From} has {Balance} lamports and not the fee of up to {fee}."
                : $"{Transfer.From} has {Balance} lamports and not the fee of up to {fee} and the {Deposit} for a token account of {Transfer.To}.");
    }

    static ChainException Insufficient(string message) => new(ChainError.InsufficientFunds, message);

    static ChainException Dust(string message) => new(ChainError.Dust, message);
}
