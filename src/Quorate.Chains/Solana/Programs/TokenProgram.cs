namespace Quorate.Chains.Solana.Programs;

/// <summary>What an authority of a token account or mint may do.</summary>
public enum TokenAuthority
{
    /// <summary>Issue tokens of a mint.</summary>
    MintTokens = 0,

    /// <summary>Freeze accounts of a mint.</summary>
    FreezeAccount = 1,

    /// <summary>Own a token account and all that is in it.</summary>
    AccountOwner = 2,

    /// <summary>Close a token account and take its deposit.</summary>
    CloseAccount = 3,
}

/// <summary>
/// Instructions of SPL Token and of Token-2022, which share them; <c>program</c> says whose. Numbers after each name are its
/// tags. Always the checked forms, which name the mint and its decimals and fail where those are others.
/// </summary>
public static class TokenProgram
{
    /// <summary>Bytes of data of an account of SPL Token.</summary>
    public const uint AccountSize = 165;

    /// <summary>Bytes of data of an associated account of Token-2022 whose mint has no extensions: a type, and the immutable owner.</summary>
    public const uint Account2022Size = 170;

    internal const byte InitializeAccountTag = 1, TransferTag = 3, ApproveTag = 4, RevokeTag = 5, SetAuthorityTag = 6, MintToTag = 7,
        BurnTag = 8, CloseAccountTag = 9, TransferCheckedTag = 12, ApproveCheckedTag = 13, MintToCheckedTag = 14, BurnCheckedTag = 15,
        InitializeAccount2Tag = 16, SyncNativeTag = 17, InitializeAccount3Tag = 18, InitializeImmutableOwnerTag = 22,
        TransferFeeExtensionTag = 26, TransferCheckedWithFeeTag = 1;

    /// <summary>transferChecked (12): from one token account to another of the same mint; the owner or a delegate signs.</summary>
    public static SolanaInstruction TransferChecked(
        SolanaAddress program, SolanaAddress source, SolanaAddress mint, SolanaAddress destination, SolanaAddress authority, ulong amount, byte decimals) => new(
        program,
        [SolanaAccount.Writable(source), SolanaAccount.ReadOnly(mint), SolanaAccount.Writable(destination), SolanaAccount.Signer(authority)],
        Checked(TransferCheckedTag, amount, decimals));

    /// <summary>transferCheckedWithFee (26, 1) of Token-2022: as transferChecked, and fails where the mint withholds another fee.</summary>
    public static SolanaInstruction TransferCheckedWithFee(
        SolanaAddress source, SolanaAddress mint, SolanaAddress destination, SolanaAddress authority, ulong amount, byte decimals, ulong fee) => new(
        ProgramIds.Token2022,
        [SolanaAccount.Writable(source), SolanaAccount.ReadOnly(mint), SolanaAccount.Writable(destination), SolanaAccount.Signer(authority)],
        new DataWriter(19).Byte(TransferFeeExtensionTag).Byte(TransferCheckedWithFeeTag).UInt64(amount).Byte(decimals).UInt64(fee).Written);

    /// <summary>approveChecked (13): a delegate may take so much, in place of what one might take before.</summary>
    public static SolanaInstruction ApproveChecked(
        SolanaAddress program, SolanaAddress account, SolanaAddress mint, SolanaAddress @delegate, SolanaAddress owner, ulong amount, byte decimals) => new(
        program,
        [SolanaAccount.Writable(account), SolanaAccount.ReadOnly(mint), SolanaAccount.ReadOnly(@delegate), SolanaAccount.Signer(owner)],
        Checked(ApproveCheckedTag, amount, decimals));

    /// <summary>revoke (5): no delegate may take anything any more.</summary>
    public static SolanaInstruction Revoke(SolanaAddress program, SolanaAddress account, SolanaAddress owner) => new(
        program, [SolanaAccount.Writable(account), SolanaAccount.Signer(owner)], new[] { RevokeTag });

    /// <summary>setAuthority (6): another, or nobody, has this right over an account or mint from now on.</summary>
    public static SolanaInstruction SetAuthority(
        SolanaAddress program, SolanaAddress account, SolanaAddress authority, TokenAuthority kind, SolanaAddress? newAuthority)
    {
        var data = new DataWriter(newAuthority is null ? 3 : 35).Byte(SetAuthorityTag).Byte((byte)kind);
        return new(
            program, [SolanaAccount.Writable(account), SolanaAccount.Signer(authority)],
            newAuthority is { } address ? data.Byte(1).Address(address).Written : data.Byte(0).Written);
    }

    /// <summary>mintToChecked (14): issues tokens.</summary>
    public static SolanaInstruction MintToChecked(
        SolanaAddress program, SolanaAddress mint, SolanaAddress destination, SolanaAddress authority, ulong amount, byte decimals) => new(
        program, [SolanaAccount.Writable(mint), SolanaAccount.Writable(destination), SolanaAccount.Signer(authority)],
        Checked(MintToCheckedTag, amount, decimals));

    /// <summary>burnChecked (15): destroys tokens.</summary>
    public static SolanaInstruction BurnChecked(
        SolanaAddress program, SolanaAddress account, SolanaAddress mint, SolanaAddress authority, ulong amount, byte decimals) => new(
        program, [SolanaAccount.Writable(account), SolanaAccount.Writable(mint), SolanaAccount.Signer(authority)],
        Checked(BurnCheckedTag, amount, decimals));

    /// <summary>closeAccount (9): closes an empty token account; its lamports go to <paramref name="destination"/>.</summary>
    public static SolanaInstruction CloseAccount(SolanaAddress program, SolanaAddress account, SolanaAddress destination, SolanaAddress authority) => new(
        program, [SolanaAccount.Writable(account), SolanaAccount.Writable(destination), SolanaAccount.Signer(authority)], new[] { CloseAccountTag });

    /// <summary>syncNative (17): counts lamports that were sent to an account of wrapped SOL as its tokens.</summary>
    public static SolanaInstruction SyncNative(SolanaAddress program, SolanaAddress account) =>
        new(program, [SolanaAccount.Writable(account)], new[] { SyncNativeTag });

    /// <summary>initializeAccount3 (18): makes a new account a token account of this owner.</summary>
    public static SolanaInstruction InitializeAccount3(SolanaAddress program, SolanaAddress account, SolanaAddress mint, SolanaAddress owner) => new(
        program, [SolanaAccount.Writable(account), SolanaAccount.ReadOnly(mint)],
        new DataWriter(33).Byte(InitializeAccount3Tag).Address(owner).Written);

    static byte[] Checked(byte tag, ulong amount, byte decimals) => new DataWriter(10).Byte(tag).UInt64(amount).Byte(decimals).Written;
}
