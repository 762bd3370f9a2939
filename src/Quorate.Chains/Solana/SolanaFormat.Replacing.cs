using Quorate.Chains.Solana.Programs;

namespace Quorate.Chains.Solana;

public sealed partial class SolanaFormat
{
    /// <summary>Compute units of a message that only moves a nonce on: its three instructions take 150 each.</summary>
    const uint CancellingUnits = 1_000;

    /// <summary>What a message lives by: its blockhash, or the value of a durable nonce and that nonce's account.</summary>
    /// <exception cref="FormatException">Not a message.</exception>
    public (Blockhash Value, Address? Nonce) LifeOf(ReadOnlyMemory<byte> unsigned)
    {
        var message = SolanaMessage.Decode(unsigned.Span);
        return DurableNonce.Of(message) is { } nonce ? (nonce.Value, ToAddress(nonce.Account)) : (message.Blockhash, null);
    }

    /// <summary>
    /// The message that takes the place of one under a durable nonce, of which the cluster executes one at most: the same
    /// at a price a quarter above the old one or more, or nothing but the nonce's advance.
    /// </summary>
    /// <param name="unsigned">The message.</param>
    /// <param name="price">The price that others pay, in micro-lamports for a compute unit.</param>
    /// <param name="maxFee">The highest fee, in lamports.</param>
    /// <param name="cancels">Whether nothing is to be done in its place.</param>
    /// <exception cref="FormatException">Not a message.</exception>
    /// <exception cref="ChainException">Unsupported: a recent blockhash, or no price to raise; FeeTooHigh: the limit leaves no higher one.</exception>
    public ReadOnlyMemory<byte> Replace(ReadOnlyMemory<byte> unsigned, ulong price, Amount maxFee, bool cancels)
    {
        var message = SolanaMessage.Decode(unsigned.Span);
        if (DurableNonce.Of(message) is not { } nonce)
            throw Unsupported("The message lives by a recent blockhash: another would be a second payment.");
        var old = ComputeBudget.Of(message).UnitPrice;
        var least = old + old / 4 + 1;
        // First what others pay, then as little more as replaces it.
        foreach (var raised in (ulong[])[Math.Max(price, least), least])
        {
            var replacement = cancels ? Cancelling(message, nonce.Account, raised) : ComputeBudget.Reprice(message, raised)
                ?? throw Unsupported("The message sets no price that could be raised.");
            if (MaxFee(replacement).Maximum <= maxFee)
                return replacement.Encode();
        }
        throw new ChainException(ChainError.FeeTooHigh, $"A price above {old} micro-lamports for a compute unit would cost more than {maxFee}.");
    }

    // The authority of the nonce is who advances it in the message itself: its third account.
    static SolanaMessage Cancelling(SolanaMessage message, SolanaAddress nonce, ulong price) => SolanaMessage.Compile(
        message.Version, message.Payer, message.Blockhash,
        SystemProgram.AdvanceNonce(nonce, message.Accounts[message.Instructions[0].Accounts.Span[2]]),
        ComputeBudget.SetUnitLimit(CancellingUnits), ComputeBudget.SetUnitPrice(price));
}
