namespace Quorate.Chains.Solana;

/// <summary>
/// Whose a token account is: what the message itself makes sure of, what the judge knows, and of accounts that pay what
/// follows from their address. An address that somebody says is somebody's is nobody's.
/// </summary>
sealed class TokenAccounts(EffectsOfMessage effects)
{
    readonly Dictionary<SolanaAddress, KnownTokenAccount> proven = [];

    /// <summary>From here on the message has made sure whose an account is, or fails.</summary>
    internal void Prove(SolanaAddress account, KnownTokenAccount facts) => proven[account] = facts;

    /// <summary>From here on it may be anybody's.</summary>
    internal void Forget(SolanaAddress account) => proven.Remove(account);

    /// <summary>What the message has made sure of, else what the judge knows.</summary>
    internal KnownTokenAccount? Find(SolanaAddress account) => proven.GetValueOrDefault(account) ?? effects.Known.TokenAccount(account);

    /// <summary>
    /// The owner of an account that pays under an authority. The address proves it where it is the authority's own
    /// associated account, or the signer's, where the authority is then a delegate.
    /// </summary>
    internal SolanaAddress? FindPayer(SolanaAddress account, SolanaAddress authority, SolanaAddress mint, SolanaAddress tokenProgram)
    {
        if (ProgramAddress.CanOnlyBeAssociated(account, authority, mint, tokenProgram))
            return authority;
        return authority != effects.Signer && ProgramAddress.CanOnlyBeAssociated(account, effects.Signer, mint, tokenProgram)
            ? effects.Signer
            : null;
    }
}
