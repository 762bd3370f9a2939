using System.Text;

namespace Quorate.Chains.Solana.Programs;

/// <summary>Instructions of the System program: lamports, new accounts, nonces. Numbers after each name are its tags.</summary>
public static class SystemProgram
{
    /// <summary>Bytes of data of a nonce account.</summary>
    public const uint NonceSize = 80;

    internal const uint CreateTag = 0, AssignTag = 1, TransferTag = 2, CreateWithSeedTag = 3, AdvanceNonceTag = 4,
        WithdrawNonceTag = 5, InitializeNonceTag = 6, AuthorizeNonceTag = 7;

    /// <summary>transfer (2): lamports from a wallet to any account.</summary>
    public static SolanaInstruction Transfer(SolanaAddress from, SolanaAddress to, ulong lamports) => new(
        ProgramIds.System, [SolanaAccount.WritableSigner(from), SolanaAccount.Writable(to)],
        new DataWriter(12).UInt32(TransferTag).UInt64(lamports).Written);

    /// <summary>createAccount (0): opens an account whose own key signs, and gives it to a program.</summary>
    public static SolanaInstruction CreateAccount(
        SolanaAddress payer, SolanaAddress account, ulong lamports, ulong size, SolanaAddress owner) => new(
        ProgramIds.System, [SolanaAccount.WritableSigner(payer), SolanaAccount.WritableSigner(account)],
        new DataWriter(52).UInt32(CreateTag).UInt64(lamports).UInt64(size).Address(owner).Written);

    /// <summary>createAccountWithSeed (3): opens the account <see cref="ProgramAddress.WithSeed"/>, which has no key.</summary>
    /// <exception cref="ArgumentException">The seed is above 32 bytes.</exception>
    public static SolanaInstruction CreateAccountWithSeed(
        SolanaAddress payer, SolanaAddress baseKey, string seed, ulong lamports, ulong size, SolanaAddress owner)
    {
        ArgumentNullException.ThrowIfNull(seed);
        var bytes = new UTF8Encoding(false, throwOnInvalidBytes: true).GetBytes(seed);
        var account = SolanaAccount.Writable(ProgramAddress.WithSeed(baseKey, bytes, owner));
        return new(
            ProgramIds.System,
            payer == baseKey ? [SolanaAccount.WritableSigner(payer), account] : [SolanaAccount.WritableSigner(payer), account, SolanaAccount.Signer(baseKey)],
            new DataWriter(92 + bytes.Length).UInt32(CreateWithSeedTag).Address(baseKey).UInt64((ulong)bytes.Length).Bytes(bytes)
                .UInt64(lamports).UInt64(size).Address(owner).Written);
    }

    /// <summary>initializeNonceAccount (6): makes a new account of <see cref="NonceSize"/> bytes a nonce.</summary>
    public static SolanaInstruction InitializeNonce(SolanaAddress nonce, SolanaAddress authority) => new(
        ProgramIds.System,
        [SolanaAccount.Writable(nonce), SolanaAccount.ReadOnly(ProgramIds.RecentBlockhashes), SolanaAccount.ReadOnly(ProgramIds.RentSysvar)],
        new DataWriter(36).UInt32(InitializeNonceTag).Address(authority).Written);

    /// <summary>
    /// advanceNonceAccount (4): as a transaction's first instruction makes the nonce's value its blockhash, which never
    /// gets old, and uses that value up.
    /// </summary>
    public static SolanaInstruction AdvanceNonce(SolanaAddress nonce, SolanaAddress authority) => new(
        ProgramIds.System,
        [SolanaAccount.Writable(nonce), SolanaAccount.ReadOnly(ProgramIds.RecentBlockhashes), SolanaAccount.Signer(authority)],
        new DataWriter(4).UInt32(AdvanceNonceTag).Written);

    /// <summary>withdrawNonceAccount (5): takes lamports out of a nonce account; all of them close it.</summary>
    public static SolanaInstruction WithdrawNonce(SolanaAddress nonce, SolanaAddress to, ulong lamports, SolanaAddress authority) => new(
        ProgramIds.System,
        [
            SolanaAccount.Writable(nonce), SolanaAccount.Writable(to), SolanaAccount.ReadOnly(ProgramIds.RecentBlockhashes),
            SolanaAccount.ReadOnly(ProgramIds.RentSysvar), SolanaAccount.Signer(authority),
        ],
        new DataWriter(12).UInt32(WithdrawNonceTag).UInt64(lamports).Written);

    /// <summary>authorizeNonceAccount (7): gives a nonce account to another.</summary>
    public static SolanaInstruction AuthorizeNonce(SolanaAddress nonce, SolanaAddress authority, SolanaAddress newAuthority) => new(
        ProgramIds.System, [SolanaAccount.Writable(nonce), SolanaAccount.Signer(authority)],
        new DataWriter(36).UInt32(AuthorizeNonceTag).Address(newAuthority).Written);
}
