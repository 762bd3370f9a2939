namespace Quorate.Chains.Solana.Programs;

/// <summary>Instructions of the Associated Token Account program. Numbers after each name are its tags.</summary>
public static class AssociatedTokenProgram
{
    internal const byte CreateTag = 0, CreateIdempotentTag = 1;

    /// <summary>create (0): opens an owner's token account, and fails where it is open.</summary>
    public static SolanaInstruction Create(SolanaAddress payer, SolanaAddress owner, SolanaAddress mint, SolanaAddress tokenProgram) =>
        Create(CreateTag, payer, owner, mint, tokenProgram);

    /// <summary>
    /// createIdempotent (1): opens an owner's token account unless it is open, and fails where it belongs to somebody else
    /// by now.
    /// </summary>
    public static SolanaInstruction CreateIdempotent(SolanaAddress payer, SolanaAddress owner, SolanaAddress mint, SolanaAddress tokenProgram) =>
        Create(CreateIdempotentTag, payer, owner, mint, tokenProgram);

    static SolanaInstruction Create(byte tag, SolanaAddress payer, SolanaAddress owner, SolanaAddress mint, SolanaAddress tokenProgram) => new(
        ProgramIds.AssociatedToken,
        [
            SolanaAccount.WritableSigner(payer), SolanaAccount.Writable(ProgramAddress.AssociatedTokenAccount(owner, mint, tokenProgram)),
            SolanaAccount.ReadOnly(owner), SolanaAccount.ReadOnly(mint), SolanaAccount.ReadOnly(ProgramIds.System), SolanaAccount.ReadOnly(tokenProgram),
        ],
        new[] { tag });
}
