using System.Collections.Immutable;

namespace Quorate.Chains.Solana;

/// <summary>A token, as its mint describes it.</summary>
/// <param name="TokenProgram">SPL Token or Token-2022.</param>
/// <param name="Decimals">Digits after the point when people write amounts.</param>
/// <param name="WithholdsFees">Whether a Token-2022 mint may keep a part of what is transferred.</param>
/// <param name="AccountSize">Bytes of data of its associated token accounts; what the program has by default where null.</param>
public sealed record KnownMint(SolanaAddress TokenProgram, byte Decimals, bool WithholdsFees = false, uint? AccountSize = null);

/// <summary>A token account and whose it is.</summary>
/// <param name="Owner">The wallet that may move what is in it.</param>
/// <param name="Mint">The token it holds.</param>
/// <param name="TokenProgram">SPL Token or Token-2022.</param>
public sealed record KnownTokenAccount(SolanaAddress Owner, SolanaAddress Mint, SolanaAddress TokenProgram);

/// <summary>
/// What whoever judges transactions knows about accounts, because a message tells only their addresses. Nothing of this may
/// come from who asks for a signature.
/// </summary>
public sealed class KnownAccounts
{
    readonly ImmutableDictionary<SolanaAddress, KnownMint> mints;
    readonly ImmutableDictionary<SolanaAddress, KnownTokenAccount> tokenAccounts;
    readonly ImmutableDictionary<SolanaAddress, ImmutableArray<SolanaAddress>> tables;

    KnownAccounts(
        ImmutableDictionary<SolanaAddress, KnownMint> mints,
        ImmutableDictionary<SolanaAddress, KnownTokenAccount> tokenAccounts,
        ImmutableDictionary<SolanaAddress, ImmutableArray<SolanaAddress>> tables) =>
        (this.mints, this.tokenAccounts, this.tables) = (mints, tokenAccounts, tables);

    /// <summary>Nothing known.</summary>
    public static KnownAccounts None { get; } = new(
        ImmutableDictionary<SolanaAddress, KnownMint>.Empty,
        ImmutableDictionary<SolanaAddress, KnownTokenAccount>.Empty,
        ImmutableDictionary<SolanaAddress, ImmutableArray<SolanaAddress>>.Empty);

    /// <summary>The same, and a token. Tokens of Token-2022 are understood only when they are known here.</summary>
    public KnownAccounts WithMint(SolanaAddress mint, KnownMint facts) => new(mints.SetItem(mint, facts), tokenAccounts, tables);

    /// <summary>The same, and a token account. Its owner can give it away, so this is for accounts one watches.</summary>
    public KnownAccounts WithTokenAccount(SolanaAddress account, KnownTokenAccount facts) => new(mints, tokenAccounts.SetItem(account, facts), tables);

    /// <summary>
    /// The same, and what a look-up table holds, from its first place on. A table only ever grows at its end, and its
    /// address is never used again, so what has been read from it once stays true.
    /// </summary>
    public KnownAccounts WithLookupTable(SolanaAddress table, ImmutableArray<SolanaAddress> addresses) =>
        new(mints, tokenAccounts, tables.SetItem(table, addresses));

    /// <summary>A token, where known.</summary>
    public KnownMint? Mint(SolanaAddress mint) => mints.GetValueOrDefault(mint);

    /// <summary>A token account, where known.</summary>
    public KnownTokenAccount? TokenAccount(SolanaAddress account) => tokenAccounts.GetValueOrDefault(account);

    /// <summary>What a table has at a place, where known.</summary>
    public SolanaAddress? Lookup(SolanaAddress table, byte place) =>
        tables.TryGetValue(table, out var addresses) && place < addresses.Length ? addresses[place] : null;
}
