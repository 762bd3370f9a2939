using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Quorate.Chains.Ethereum.Abi;
using Quorate.Chains.Ethereum.Rpc;
using Quorate.Chains.JsonRpc;

namespace Quorate.Chains.Ethereum;

/// <summary>
/// A chain of Ethereum's kind behind a node's JSON-RPC. Transactions are built for EIP-1559. Nonces are kept per account in
/// this object: one object an account at a time, or two builds may take the same nonce.
/// </summary>
public sealed partial class EthereumChain : IChain
{
    /// <summary>Gas of a payment without data (Yellow Paper, G_transaction).</summary>
    const ulong PaymentGas = 21_000;

    static readonly AbiFunction transfer = AbiFunction.Parse("transfer(address to,uint256 amount)");
    static readonly AbiFunction transferToken = AbiFunction.Parse("safeTransferFrom(address from,address to,uint256 tokenId)");
    static readonly AbiFunction transferAmount = AbiFunction.Parse("safeTransferFrom(address from,address to,uint256 id,uint256 amount,bytes data)");

    readonly EthereumFormat format;
    readonly EthereumNode node;
    readonly EthereumChainOptions options;
    readonly ConcurrentDictionary<EthereumAddress, NonceLane> lanes = [];
    volatile bool isChecked;

    /// <summary>A chain behind a node.</summary>
    /// <param name="format">The chain.</param>
    /// <param name="http">How to reach the node; stays the caller's.</param>
    /// <param name="url">The node's JSON-RPC endpoint.</param>
    /// <param name="options">How the chain is used.</param>
    /// <param name="rpc">How the node is talked to.</param>
    /// <param name="time">The clock of deadlines and retries.</param>
    public EthereumChain(
        EthereumFormat format, HttpClient http, Uri url, EthereumChainOptions? options = null, EthereumRpcOptions? rpc = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(url);
        this.format = format;
        this.options = options ?? new();
        rpc ??= new();
        node = new(new(http, url, rpc.Limits, rpc.MaxBatch, time ?? TimeProvider.System));
    }

    /// <summary>The pure half, with messages.</summary>
    public EthereumFormat Format => format;

    /// <inheritdoc/>
    public ChainId Chain => format.Chain;

    /// <inheritdoc/>
    public AssetId Coin => format.Coin;

    /// <inheritdoc/>
    public Address ParseAddress(string text) => format.ParseAddress(text);

    /// <inheritdoc/>
    public Effects Decode(ReadOnlyMemory<byte> transaction, DecodeContext context) => format.Decode(transaction, context);

    /// <inheritdoc/>
    public string? WhyNotReplacing(ReadOnlyMemory<byte> original, ReadOnlyMemory<byte> replacement, DecodeContext context) =>
        format.WhyNotReplacing(original, replacement, context);

    /// <inheritdoc/>
    public ImmutableArray<SigningInput> GetSigningInputs(ReadOnlyMemory<byte> unsigned, DecodeContext context) =>
        format.GetSigningInputs(unsigned, context);

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Assemble(
        ReadOnlyMemory<byte> unsigned, DecodeContext context, IReadOnlyList<InputSignature> signatures) =>
        format.Assemble(unsigned, context, signatures);

    /// <inheritdoc/>
    public async Task<ReadOnlyMemory<byte>> BuildAsync(Transfer transfer, Amount maxFee, CancellationToken cancellationToken)
    {
        var plan = Plan(transfer);
        var (gas, fees) = await PriceAsync(transfer, plan, maxFee, cancellationToken).ConfigureAwait(false);
        var nonce = await TakeNonceAsync(plan.From, cancellationToken).ConfigureAwait(false);
        return EthereumTransactionCodec.Encode(Transaction(nonce, gas, fees, plan));
    }

    /// <summary>As the other, with a nonce of the caller's, who keeps the account's nonces himself.</summary>
    /// <exception cref="ChainException">As the other.</exception>
    public async Task<ReadOnlyMemory<byte>> BuildAsync(Transfer transfer, Amount maxFee, ulong nonce, CancellationToken cancellationToken)
    {
        var plan = Plan(transfer);
        var (gas, fees) = await PriceAsync(transfer, plan, maxFee, cancellationToken).ConfigureAwait(false);
        return EthereumTransactionCodec.Encode(Transaction(nonce, gas, fees, plan));
    }

    /// <inheritdoc/>
    public async Task<Fee> EstimateFeeAsync(Transfer transfer, CancellationToken cancellationToken)
    {
        var (gas, fees) = await PriceAsync(transfer, Plan(transfer), Amount.MaxValue, cancellationToken).ConfigureAwait(false);
        return new(transfer.From, Coin, fees.MaxFeePerGas * gas);
    }

    /// <summary>What a transaction would come to on the pending block: null where it succeeds, else why it fails.</summary>
    /// <exception cref="FormatException">Not a transaction of this chain.</exception>
    /// <exception cref="ChainException">The node fails.</exception>
    public async Task<string?> SimulateAsync(ReadOnlyMemory<byte> transaction, DecodeContext context, CancellationToken cancellationToken)
    {
        format.Decode(transaction, context);
        await CheckAsync(cancellationToken).ConfigureAwait(false);
        var t = EthereumTransactionCodec.Decode(transaction).Transaction;
        var call = CallObject(new(format.ToBytes(context.Signer), t.To, t.Value, t.Data));
        call["gas"] = RpcJson.Quantity(t.GasLimit);
        return (await node.TryCallAsync(call, EthereumNode.Pending, cancellationToken).ConfigureAwait(false)).Revert;
    }

    /// <summary>A transaction before its nonce, gas and fees.</summary>
    readonly record struct Intention(EthereumAddress From, EthereumAddress? To, Amount Value, ReadOnlyMemory<byte> Data);

    Intention Plan(Transfer wish)
    {
        ArgumentNullException.ThrowIfNull(wish);
        if (wish.From.Chain != Chain || wish.To.Chain != Chain || wish.Asset.Chain != Chain)
            throw new ChainException(ChainError.Unsupported, $"A transfer from {wish.From.Chain} to {wish.To.Chain} of {wish.Asset} is not one on {Chain}.");
        if (wish.Memo is not null)
            throw new ChainException(ChainError.Unsupported, "A transfer on Ethereum has no place for a memo.");
        var (from, to) = (format.ToBytes(wish.From), format.ToBytes(wish.To));
        if (wish.Asset == Coin)
            return new(from, to, wish.Amount, default);
        if (!EthereumAddress.TryParse(wish.Asset.Reference, out var contract))
            throw new ChainException(ChainError.Unsupported, $"{wish.Asset} is no asset of {Chain}.");
        byte[] data = (wish.Asset.Namespace, wish.Asset.Token) switch
        {
            ("erc20", null) => EthereumChain.transfer.Encode(AbiValue.From(to), AbiValue.From(wish.Amount)),
            ("erc721", { } id) when Amount.TryParse(id, out var number) && wish.Amount == 1UL =>
                transferToken.Encode(AbiValue.From(from), AbiValue.From(to), AbiValue.From(number)),
            ("erc1155", { } id) when Amount.TryParse(id, out var number) =>
                transferAmount.Encode(AbiValue.From(from), AbiValue.From(to), AbiValue.From(number), AbiValue.From(wish.Amount), new AbiValue.Blob(default)),
            _ => throw new ChainException(ChainError.Unsupported, $"{wish.Amount} of {wish.Asset} can not be transferred on {Chain}."),
        };
        return new(from, contract, Amount.Zero, data);
    }

    EthereumTransaction Transaction(ulong nonce, ulong gas, EthereumFees fees, Intention plan) => new()
    {
        Type = EthereumTransactionType.FeeMarket, ChainId = format.Number, Nonce = nonce, GasLimit = gas,
        MaxFeePerGas = fees.MaxFeePerGas, MaxPriorityFeePerGas = fees.MaxPriorityFeePerGas,
        To = plan.To, Value = plan.Value, Data = plan.Data,
    };

    /// <summary>Gas and fees of a transfer that the account can pay and that costs no more than the limit.</summary>
    async Task<(ulong Gas, EthereumFees Fees)> PriceAsync(Transfer wish, Intention plan, Amount maxFee, CancellationToken cancellationToken)
    {
        await CheckAsync(cancellationToken).ConfigureAwait(false);
        var history = FeeHistoryCall();
        var results = await node.ReadAsync(cancellationToken,
            EthereumNode.Call("eth_getBalance", plan.From.ToString(), EthereumNode.Latest), history).ConfigureAwait(false);
        var balance = RpcJson.Number(results[0]);
        var (fees, nextBaseFee) = Suggest(results[1]);
        if (balance < plan.Value)
            throw new ChainException(ChainError.InsufficientFunds, $"{plan.From} has {balance} wei and not the {plan.Value} to send.");
        if (wish.Asset != Coin && await GetBalanceAsync(wish.From, wish.Asset, cancellationToken).ConfigureAwait(false) is var has && has < wish.Amount)
            throw new ChainException(ChainError.InsufficientFunds, $"{plan.From} has {has} of {wish.Asset} and not the {wish.Amount} to send.");

        var estimate = RpcJson.UInt64(await node.ReadAsync("eth_estimateGas", cancellationToken, CallObject(plan)).ConfigureAwait(false));
        var gas = plan.Data.IsEmpty && estimate == PaymentGas ? estimate : estimate + estimate * (ulong)options.GasMarginPercent / 100;
        fees = Limit(fees, nextBaseFee, gas, maxFee);
        var cost = fees.MaxFeePerGas * gas;
        if (balance - plan.Value < cost)
            throw new ChainException(ChainError.InsufficientFunds, $"{plan.From} has {balance} wei and not the {plan.Value} to send with a fee of up to {cost}.");
        return (gas, fees);
    }

    JsonRpcCall FeeHistoryCall() => EthereumNode.Call(
        "eth_feeHistory", RpcJson.Quantity((ulong)options.FeeHistoryBlocks), EthereumNode.Latest, new JsonArray(options.FeeHistoryPercentile));

    (EthereumFees Fees, Amount NextBaseFee) Suggest(JsonElement history)
    {
        var next = Amount.Zero;
        foreach (var fee in RpcJson.Items(RpcJson.Member(history, "baseFeePerGas")))
            next = RpcJson.Number(fee);
        var rewards = history.TryGetProperty("reward", out var blocks) && !RpcJson.IsNull(blocks)
            ? RpcJson.Items(blocks).SelectMany(block => RpcJson.Items(block)).Select(RpcJson.Number).ToArray()
            : [];
        // The tips of a chain without traffic are zero and mean nothing.
        return next.TryToUInt128(out _)
            ? (EthereumFees.Suggest(next, [.. rewards.Where(r => !r.IsZero)], options.MinTip, options.MaxTip), next)
            : throw RpcJson.Bad("a base fee beyond all reason");
    }

    /// <summary>The fees cut to what the limit allows, as long as that still buys a place in the next block.</summary>
    static EthereumFees Limit(EthereumFees fees, Amount nextBaseFee, ulong gas, Amount maxFee)
    {
        var affordable = maxFee / gas;
        if (fees.MaxFeePerGas <= affordable)
            return fees;
        return affordable >= nextBaseFee + fees.MaxPriorityFeePerGas
            ? fees with { MaxFeePerGas = affordable }
            : throw new ChainException(
                ChainError.FeeTooHigh, $"The next block takes {(nextBaseFee + fees.MaxPriorityFeePerGas) * gas} wei for {gas} gas; the limit is {maxFee}.");
    }

    static JsonObject CallObject(Intention plan)
    {
        var call = new JsonObject { ["from"] = plan.From.ToString(), ["value"] = RpcJson.Quantity(plan.Value), ["data"] = RpcJson.Data(plan.Data.Span) };
        if (plan.To is { } to)
            call["to"] = to.ToString();
        return call;
    }

    /// <summary>Makes sure, once, that the node is one of this chain.</summary>
    async Task CheckAsync(CancellationToken cancellationToken)
    {
        if (isChecked)
            return;
        var actual = RpcJson.Number(await node.ReadAsync("eth_chainId", cancellationToken).ConfigureAwait(false));
        isChecked = actual == format.Number
            ? true
            : throw new ChainException(ChainError.BadNode, $"The node is one of chain {actual}, not {format.Number}.");
    }
}
