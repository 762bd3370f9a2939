namespace Quorate.Chains.Solana.Programs;

/// <summary>Programs and accounts that are the same on every cluster.</summary>
public static class ProgramIds
{
    /// <summary>Accounts, lamports and nonces.</summary>
    public static SolanaAddress System => default;

    /// <summary>SPL Token.</summary>
    public static SolanaAddress Token { get; } = SolanaAddress.Parse("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");

    /// <summary>Token-2022, or Token Extensions.</summary>
    public static SolanaAddress Token2022 { get; } = SolanaAddress.Parse("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");

    /// <summary>Opens token accounts at addresses that follow from owner and mint.</summary>
    public static SolanaAddress AssociatedToken { get; } = SolanaAddress.Parse("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");

    /// <summary>Limits and price of computation.</summary>
    public static SolanaAddress ComputeBudget { get; } = SolanaAddress.Parse("ComputeBudget111111111111111111111111111111");

    /// <summary>The memo program that is in use.</summary>
    public static SolanaAddress Memo { get; } = SolanaAddress.Parse("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr");

    /// <summary>The first memo program.</summary>
    public static SolanaAddress MemoV1 { get; } = SolanaAddress.Parse("Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo");

    /// <summary>Checks Ed25519 signatures; each costs what a signature of the transaction costs.</summary>
    internal static SolanaAddress Ed25519Check { get; } = SolanaAddress.Parse("Ed25519SigVerify111111111111111111111111111");

    /// <summary>Checks Ethereum's signatures; each costs what a signature of the transaction costs.</summary>
    internal static SolanaAddress Secp256k1Check { get; } = SolanaAddress.Parse("KeccakSecp256k11111111111111111111111111111");

    /// <summary>Checks P-256 signatures; each costs what a signature of the transaction costs.</summary>
    internal static SolanaAddress Secp256r1Check { get; } = SolanaAddress.Parse("Secp256r1SigVerify1111111111111111111111111");

    /// <summary>The account in which recent blockhashes can be read.</summary>
    public static SolanaAddress RecentBlockhashes { get; } = SolanaAddress.Parse("SysvarRecentB1ockHashes11111111111111111111");

    /// <summary>The account in which the rules of rent can be read.</summary>
    public static SolanaAddress RentSysvar { get; } = SolanaAddress.Parse("SysvarRent111111111111111111111111111111111");

    /// <summary>What is sent here is destroyed at the end of the block.</summary>
    public static SolanaAddress Incinerator { get; } = SolanaAddress.Parse("1nc1nerator11111111111111111111111111111111");

    /// <summary>The mint of SOL as a token.</summary>
    public static SolanaAddress WrappedSol { get; } = SolanaAddress.Parse("So11111111111111111111111111111111111111112");

    /// <summary>Whether this is SPL Token or Token-2022.</summary>
    internal static bool IsToken(SolanaAddress program) => program == Token || program == Token2022;
}
