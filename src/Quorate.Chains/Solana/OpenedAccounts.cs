using Quorate.Chains.Solana.Programs;

namespace Quorate.Chains.Solana;

/// <summary>
/// Accounts that a message opens. Who gets the deposit is decided by what is made of the account, so an account that is
/// opened and left bare belongs to whoever comes first.
/// </summary>
sealed class OpenedAccounts(EffectsOfMessage effects)
{
    readonly List<(SolanaAddress Account, SolanaAddress Program, int Effect)> bare = [];

    /// <summary>An account is opened with a deposit and given to a program.</summary>
    internal void Open(SolanaAddress payer, SolanaAddress account, SolanaAddress program, SolanaAddress holder, ulong lamports, ulong size)
    {
        var isWallet = program == ProgramIds.System && size == 0;
        var place = effects.Add(new Effect.AccountCreation(
            effects.ToAddress(payer), effects.ToAddress(account), effects.ToAddress(isWallet ? holder : program), effects.Coin, lamports));
        if (!isWallet)
            bare.Add((account, program, place));
    }

    /// <summary>An account opened before is made somebody's. False where it was not opened here, or not for this program.</summary>
    internal bool TryClaim(SolanaAddress account, SolanaAddress program, SolanaAddress owner)
    {
        var found = bare.FindLastIndex(b => b.Account == account && b.Program == program);
        if (found < 0)
            return false;
        effects.Change(bare[found].Effect, e => ((Effect.AccountCreation)e) with { Owner = effects.ToAddress(owner) });
        bare.RemoveAt(found);
        return true;
    }

    internal void Finish()
    {
        foreach (var (account, program, _) in bare)
            effects.Doubt($"The account {account} is left to {program}, which decides whose it and its deposit are.");
    }
}
