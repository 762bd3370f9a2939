namespace Quorate.Chains.Solana;

/// <summary>
/// A nonce on chain. Its value stands for a blockhash that does not get old until somebody advances it, which every
/// transaction under it does, failed ones too; so of all transactions under one value one at most is ever executed.
/// </summary>
/// <param name="Account">The nonce's account.</param>
/// <param name="Authority">Who may use it, and signs.</param>
/// <param name="Value">What it holds now.</param>
public sealed record DurableNonce(SolanaAddress Account, SolanaAddress Authority, Blockhash Value)
{
    internal MessageLifetime Lifetime => new MessageLifetime.Durable(Account, Authority, Value);

    /// <summary>The account and value under which a message stands; null where it lives by a recent blockhash.</summary>
    internal static (SolanaAddress Account, Blockhash Value)? Of(SolanaMessage message)
    {
        if (message.Instructions.Length == 0)
            return null;
        var first = message.Instructions[0];
        // The four bytes of AdvanceNonceAccount, and the accounts nonce, recent blockhashes, authority.
        return message.Accounts[first.Program] == Programs.ProgramIds.System && first.Accounts.Length >= 3
            && first.Data.Span.SequenceEqual(Programs.SystemProgram.AdvanceNonce(default, default).Data.Span) && first.Accounts.Span[0] < message.Accounts.Length
            ? (message.Accounts[first.Accounts.Span[0]], message.Blockhash)
            : null;
    }
}
