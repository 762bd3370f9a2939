using Quorate.Chains.Solana.Programs;
using Quorate.Chains.Solana.Rpc;

namespace Quorate.Chains.Solana;

// From a transfer to a message: what is there, what it computes, what that costs, and whether it can be paid.
public sealed partial class SolanaChain
{
    const ulong MicroLamportsPerLamport = 1_000_000;

    /// <summary>What the instruction that sets a price computes itself.</summary>
    const ulong PriceInstructionUnits = 150;

    /// <inheritdoc/>
    /// <remarks>Lives by a recent blockhash: for about a minute. <see cref="PlanAsync"/> gives more, and other lives.</remarks>
    public async Task<ReadOnlyMemory<byte>> BuildAsync(Transfer transfer, Amount maxFee, CancellationToken cancellationToken) =>
        (await PlanAsync(transfer, maxFee, null, cancellationToken).ConfigureAwait(false)).Message;

    /// <inheritdoc/>
    /// <remarks>The deposit of a token account that has to be opened is not in it: it stays in that account.</remarks>
    public async Task<Fee> EstimateFeeAsync(Transfer transfer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transfer);
        CheckChain(transfer);
        return (await MakeAsync(transfer, Amount.MaxValue, await GetRecentAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false)).Fee;
    }

    /// <summary>As <see cref="BuildAsync"/>, with what to keep beside the message.</summary>
    /// <param name="transfer">What somebody wants.</param>
    /// <param name="maxFee">The highest fee, in lamports; the price of computation is cut to it as far as the options allow.</param>
    /// <param name="nonceAccount">A durable nonce of the sender's, under which the message does not get old; null for a recent blockhash.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ChainException">As <see cref="BuildAsync"/>.</exception>
    public async Task<SolanaDraft> PlanAsync(Transfer transfer, Amount maxFee, Address? nonceAccount, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transfer);
        CheckChain(transfer);
        await CheckAsync(cancellationToken).ConfigureAwait(false);
        return await PlanOnAsync(transfer, maxFee, await LifeAsync(transfer.From, nonceAccount, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>As <see cref="PlanAsync"/>, with a life that was asked for before and is kept for this message.</summary>
    /// <exception cref="ChainException">As <see cref="BuildAsync"/>.</exception>
    public async Task<SolanaDraft> PlanOnAsync(Transfer transfer, Amount maxFee, MessageLife life, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transfer);
        ArgumentNullException.ThrowIfNull(life);
        var draft = await MakeAsync(transfer, maxFee, life, cancellationToken).ConfigureAwait(false);
        // Under one value of a nonce one message at most is executed; there, and only there, equal ones do no harm.
        return life.Lifetime is MessageLifetime.Durable || book.IsFirst(draft.Message.Span) ? draft : Distinguish(draft, maxFee);
    }

    void CheckChain(Transfer transfer)
    {
        if (transfer.From.Chain != Chain || transfer.To.Chain != Chain || transfer.Asset.Chain != Chain)
            throw new ChainException(ChainError.Unsupported, $"A transfer from {transfer.From.Chain} to {transfer.To.Chain} of {transfer.Asset} is not one on {Chain}.");
    }

    async Task<SolanaDraft> MakeAsync(Transfer transfer, Amount maxFee, MessageLife life, CancellationToken cancellationToken)
    {
        CheckChain(transfer);
        await CheckAsync(cancellationToken).ConfigureAwait(false);
        var (lifetime, window) = life;
        var funds = await LookAsync(transfer, cancellationToken).ConfigureAwait(false);
        var terms = new TransferTerms(lifetime) { UnitLimit = ComputeBudget.MaxUnits, Mint = funds.Mint };

        var trial = format.Build(transfer, terms);
        trial = format.Build(funds.ForTrial(FeeOf(trial)), terms);
        var simulation = await node.SimulateAsync(trial, cancellationToken).ConfigureAwait(false);
        if (simulation.Error is not null)
            throw simulation.Refusal(trial);
        var units = simulation.Units + PriceInstructionUnits;
        var limit = (uint)Math.Min(units + units * (ulong)options.UnitMarginPercent / 100, ComputeBudget.MaxUnits);
        var price = await UnitPriceAsync(trial, cancellationToken).ConfigureAwait(false);
        terms = terms with { UnitLimit = limit, UnitPrice = CutPrice(price, limit, FeeOf(trial), maxFee) };

        var message = format.Build(transfer, terms);
        funds.Check(FeeOf(message));
        return new(message.Encode(), format.MaxFee(message), funds.Deposit, window);
    }

    /// <summary>The same message with one compute unit more, or two, until it is one that was not there before.</summary>
    SolanaDraft Distinguish(SolanaDraft draft, Amount maxFee)
    {
        var message = SolanaMessage.Decode(draft.Message.Span);
        var (limit, _) = ComputeBudget.Of(message);
        while (true)
        {
            var next = ++limit;
            message = SolanaMessage.Create(
                message.Version, message.RequiredSignatures, message.ReadOnlySigned, message.ReadOnlyUnsigned, message.Accounts, message.Blockhash,
                [.. message.Instructions.Select(i => IsUnitLimit(message, i) ? i with { Data = ComputeBudget.SetUnitLimit(next!.Value).Data } : i)], message.Lookups);
            var fee = format.MaxFee(message);
            if (fee.Maximum > maxFee)
                throw new ChainException(ChainError.FeeTooHigh, $"Another transfer like this one costs {fee.Maximum} lamports; the limit is {maxFee}.");
            var encoded = message.Encode();
            if (book.IsFirst(encoded))
                return draft with { Message = encoded, Fee = fee };
        }
    }

    static bool IsUnitLimit(SolanaMessage message, CompiledInstruction instruction) =>
        message.Accounts[instruction.Program] == ProgramIds.ComputeBudget && instruction.Data.Span[0] == ComputeBudget.SetUnitLimit(0).Data.Span[0];

    async Task<MessageLife> LifeAsync(Address from, Address? nonceAccount, CancellationToken cancellationToken)
    {
        if (nonceAccount is null)
            return await GetRecentAsync(cancellationToken).ConfigureAwait(false);
        var (seen, nonce) = await NonceAsync(format.ToBytes(nonceAccount), SolanaNode.Confirmed, cancellationToken).ConfigureAwait(false);
        if (nonce is null)
            throw new ChainException(ChainError.Unsupported, $"{nonceAccount} is no durable nonce.");
        if (nonce.Authority != format.ToBytes(from))
            throw new ChainException(ChainError.Unsupported, $"The nonce {nonceAccount} is {nonce.Authority}'s to use, and not {from}'s.");
        return Kept(nonce.Lifetime, nonce.Value, new(seen, null));
    }

    /// <summary>What the transfer finds on chain.</summary>
    async Task<TransferFunds> LookAsync(Transfer transfer, CancellationToken cancellationToken)
    {
        var (from, to) = (format.ToBytes(transfer.From), format.ToBytes(transfer.To));
        var deposit = await node.RentExemptionAsync(0, cancellationToken).ConfigureAwait(false);
        if (transfer.Asset == Coin)
        {
            var wallets = await node.AccountsAsync([from, to], cancellationToken).ConfigureAwait(false);
            return new(transfer, wallets[0], wallets[1], deposit);
        }
        var mint = format.MintOf(transfer.Asset);
        var facts = MintState.Read(mint, (await node.AccountsAsync([mint], cancellationToken).ConfigureAwait(false))[0]);
        SolanaAddress TokensOf(SolanaAddress owner) => ProgramAddress.AssociatedTokenAccount(owner, mint, facts.TokenProgram);
        var accounts = await node.AccountsAsync([from, to, TokensOf(from), TokensOf(to)], cancellationToken).ConfigureAwait(false);
        return new(transfer, accounts[0], accounts[1], deposit)
        {
            Mint = facts,
            SenderTokens = TokenAccountState.Read(accounts[2], facts.TokenProgram),
            // Lamports that somebody has sent to the address before count towards the deposit.
            Deposit = accounts[3] is { IsWallet: false }
                ? 0
                : await node.RentExemptionAsync(facts.AccountSize!.Value, cancellationToken).ConfigureAwait(false) is var full && accounts[3] is { } early
                    ? full - Math.Min(full, early.Lamports)
                    : full,
        };
    }

    ulong FeeOf(SolanaMessage message) => format.MaxFee(message).Maximum.TryToUInt64(out var fee) ? fee : ulong.MaxValue;

    /// <summary>What transactions that write to the same accounts paid lately, within the options' bounds.</summary>
    async Task<ulong> UnitPriceAsync(SolanaMessage message, CancellationToken cancellationToken)
    {
        var writable = Enumerable.Range(0, message.Accounts.Length).Where(message.IsWritable).Select(i => message.Accounts[i]);
        var prices = await node.UnitPricesAsync(writable, cancellationToken).ConfigureAwait(false);
        ulong[] paid = [.. prices.Where(p => p > 0).Order()];
        var price = paid.Length == 0 ? 0 : paid[Math.Min(paid.Length * options.UnitPricePercentile / 100, paid.Length - 1)];
        return Math.Max(options.MinUnitPrice, Math.Min(price, options.MaxUnitPrice));
    }

    /// <summary>The price cut to what the limit on the fee leaves.</summary>
    ulong CutPrice(ulong price, uint limit, ulong signatures, Amount maxFee)
    {
        var least = (Amount)signatures + Priority(Math.Min(price, options.MinUnitPrice), limit);
        if (maxFee < least)
            throw new ChainException(ChainError.FeeTooHigh, $"The transfer takes {least} lamports for its signatures and {limit} compute units; the limit is {maxFee}.");
        return (maxFee - (Amount)signatures).TryToUInt64(out var left)
            ? (ulong)UInt128.Min(price, (UInt128)left * MicroLamportsPerLamport / limit)
            : price;
    }

    static Amount Priority(ulong price, uint limit) => ((UInt128)price * limit + (MicroLamportsPerLamport - 1)) / MicroLamportsPerLamport;
}
