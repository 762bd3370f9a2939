using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Quorate.Chains.Solana.Programs;
using Quorate.Chains.Solana.Rpc;
using static Quorate.Chains.NodeJson;

namespace Quorate.Chains.Solana;

/// <summary>A transaction that names an account.</summary>
/// <param name="Id">The transaction.</param>
/// <param name="Slot">Its block's slot.</param>
/// <param name="HasFailed">Whether it failed there, so that only its fee was paid.</param>
public sealed record SolanaHistoryEntry(string Id, ulong Slot, bool HasFailed);

// What accounts have and had, and nonces.
public sealed partial class SolanaChain
{
    /// <summary>Most transactions of a history in one answer.</summary>
    public const int MaxHistory = 1000;

    /// <inheritdoc/>
    /// <remarks>
    /// As confirmed. Of a token: what is in all accounts of this owner; transfers are made from the associated one alone.
    /// </remarks>
    public async Task<Amount> GetBalanceAsync(Address account, AssetId asset, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(asset);
        var owner = format.ToBytes(account);
        await CheckAsync(cancellationToken).ConfigureAwait(false);
        if (asset == Coin)
        {
            var answer = await node.ReadAsync(SolanaNode.Call("getBalance", owner.ToString(), SolanaNode.At(SolanaNode.Confirmed)), cancellationToken).ConfigureAwait(false);
            return Number(SolanaJson.Context(answer).Value);
        }
        var mint = format.MintOf(asset);
        var facts = MintState.Read(mint, (await node.AccountsAsync([mint], cancellationToken).ConfigureAwait(false))[0]);
        var config = SolanaNode.At(SolanaNode.Confirmed);
        config["encoding"] = "base64";
        var call = SolanaNode.Call("getTokenAccountsByOwner", owner.ToString(), new JsonObject { ["mint"] = mint.ToString() }, config);
        var sum = Amount.Zero;
        foreach (var item in Items(SolanaJson.Context(await node.ReadAsync(call, cancellationToken).ConfigureAwait(false)).Value))
        {
            var tokens = TokenAccountState.Read(SolanaJson.Account(Field(item, "account")), facts.TokenProgram);
            sum += tokens is not null && tokens.Owner == owner && tokens.Mint == mint ? tokens.Amount : throw Malformed("only token accounts of the owner and mint");
        }
        return sum;
    }

    /// <summary>
    /// The transactions that name an account, newest first. A token's transfers name the owner's associated account, and
    /// not always the owner: <paramref name="asset"/> says whose account is meant.
    /// </summary>
    /// <param name="account">The owner.</param>
    /// <param name="asset">SOL for the wallet itself, a token for its associated account.</param>
    /// <param name="before">Only what is older than this transaction; null for the newest.</param>
    /// <param name="limit">How many at most, up to <see cref="MaxHistory"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ChainException">The node fails, or the asset is none of this chain.</exception>
    public async Task<ImmutableArray<SolanaHistoryEntry>> GetHistoryAsync(
        Address account, AssetId asset, string? before, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(asset);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxHistory);
        var address = format.ToBytes(account);
        await CheckAsync(cancellationToken).ConfigureAwait(false);
        if (asset != Coin)
        {
            var mint = format.MintOf(asset);
            var facts = MintState.Read(mint, (await node.AccountsAsync([mint], cancellationToken).ConfigureAwait(false))[0]);
            address = ProgramAddress.AssociatedTokenAccount(address, mint, facts.TokenProgram);
        }
        return await HistoryAsync(address, before is null ? null : SignatureText.Require(before), limit, 0, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <remarks>Of the account itself. Transfers of tokens to it name its associated accounts, for which there is the other one.</remarks>
    public async Task<ImmutableArray<AccountTransaction>> GetHistoryAsync(Address account, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        if (limit == 0)
            return [];
        var entries = await GetHistoryAsync(account, Coin, null, Math.Min(limit, MaxHistory), cancellationToken).ConfigureAwait(false);
        return [.. entries.Select(entry => new AccountTransaction(entry.Id, entry.Slot))];
    }

    async Task<ImmutableArray<SolanaHistoryEntry>> HistoryAsync(
        SolanaAddress address, string? before, int limit, ulong minSlot, CancellationToken cancellationToken)
    {
        var config = SolanaNode.At(SolanaNode.Confirmed);
        (config["limit"], config["minContextSlot"]) = (limit, minSlot);
        if (before is not null)
            config["before"] = before;
        var answer = await node.ReadAsync(SolanaNode.Call("getSignaturesForAddress", address.ToString(), config), cancellationToken).ConfigureAwait(false);
        ImmutableArray<SolanaHistoryEntry> entries =
        [
            .. Items(answer).Select(e => new SolanaHistoryEntry(SolanaJson.Signature(Field(e, "signature")), SolanaJson.Count(Field(e, "slot")), Optional(e, "err") is not null)),
        ];
        return entries.Length <= limit ? entries : throw Malformed("a history as short as was asked for");
    }

    /// <summary>What a nonce account holds; null where it is none.</summary>
    /// <exception cref="ChainException">The node fails.</exception>
    public async Task<DurableNonce?> GetNonceAsync(Address account, CancellationToken cancellationToken)
    {
        var address = format.ToBytes(account);
        await CheckAsync(cancellationToken).ConfigureAwait(false);
        return (await NonceAsync(address, SolanaNode.Confirmed, cancellationToken).ConfigureAwait(false)).Value;
    }

    /// <summary>
    /// A message that opens a nonce account for an owner, who pays its deposit and may use it; and where that account will
    /// be: at an address that follows from the owner's and <paramref name="seed"/>, so that no other key is needed.
    /// </summary>
    /// <exception cref="ArgumentException">The seed has more than 32 bytes.</exception>
    /// <exception cref="ChainException">Not enough funds, or the node fails.</exception>
    public async Task<(ReadOnlyMemory<byte> Message, Address Account)> BuildNonceAsync(Address owner, string seed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(seed);
        var payer = format.ToBytes(owner);
        var account = ProgramAddress.WithSeed(payer, System.Text.Encoding.UTF8.GetBytes(seed), ProgramIds.System);
        await CheckAsync(cancellationToken).ConfigureAwait(false);
        var deposit = await node.RentExemptionAsync(SystemProgram.NonceSize, cancellationToken).ConfigureAwait(false);
        var (slot, (blockhash, lastHeight)) = await node.BlockhashAsync(cancellationToken).ConfigureAwait(false);
        book.Add(blockhash, new(slot, lastHeight));
        var message = SolanaMessage.Compile(
            SolanaMessageVersion.Legacy, payer, blockhash,
            SystemProgram.CreateAccountWithSeed(payer, payer, seed, deposit, SystemProgram.NonceSize, ProgramIds.System), SystemProgram.InitializeNonce(account, payer));
        var simulation = await node.SimulateAsync(message, cancellationToken).ConfigureAwait(false);
        return simulation.Error is null ? (message.Encode(), format.ToAddress(account)) : throw simulation.Refusal(message);
    }

    async Task<InContext<DurableNonce?>> NonceAsync(SolanaAddress account, string commitment, CancellationToken cancellationToken)
    {
        var (slot, accounts) = await node.AccountsAtAsync([account], commitment, cancellationToken).ConfigureAwait(false);
        return new(slot, NonceState.Read(account, accounts[0]));
    }
}
