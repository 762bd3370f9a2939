using Quorate.Chains;
using Quorate.Chains.Ethereum;
using Quorate.Server.Sagas;

namespace Quorate.Server.Tests.Sagas;

/// <summary>
/// A chain of Ethereum's kind with one account that matters: real transactions, a pool that drops and replaces, blocks
/// that come late and are reorganised away, base fees that jump, and a node behind it that is away at times.
/// </summary>
sealed class SimEthereum(EthereumFormat format, DecodeContext account, Random random)
{
    internal const int FinalDepth = 4;
    internal const ulong Funds = 1_000_000_000_000;

    sealed record Entry(string Id, EthereumTransaction Transaction);

    readonly List<List<Entry>> blocks = [];
    readonly Dictionary<ulong, Entry> pool = [];
    int final;

    /// <summary>How often the account's transactions were counted.</summary>
    internal int Asked { get; private set; }

    internal ulong BaseFee { get; set; } = 10;

    internal IEnumerable<EthereumTransaction> Mined => blocks.SelectMany(b => b).Select(e => e.Transaction);

    internal IEnumerable<string> FinalIds => blocks.Take(final).SelectMany(b => b).Select(e => e.Id);

    internal Amount Balance => Mined.Aggregate((Amount)Funds, (sum, t) => sum - (IsToSelf(t) ? 0UL : t.Value) - t.MaxFeePerGas * t.GasLimit);

    ulong Count(int depth) => (ulong)blocks.Take(depth).Sum(b => b.Count);

    bool IsToSelf(EthereumTransaction t) => format.ToAddress(t.To!.Value) == account.Signer;

    internal void Mine(bool isSlow)
    {
        var block = new List<Entry>();
        blocks.Add(block);
        for (var nonce = Count(blocks.Count - 1); !isSlow && pool.TryGetValue(nonce, out var entry) && entry.Transaction.MaxFeePerGas >= BaseFee; nonce++)
        {
            pool.Remove(nonce);
            block.Add(entry);
        }
        final = Math.Max(final, blocks.Count - FinalDepth);
    }

    internal void Drop()
    {
        if (pool.Count > 0)
            pool.Remove(pool.Keys.Order().ElementAt(random.Next(pool.Count)));
    }

    internal void Reorganise(int depth)
    {
        for (; depth > 0 && blocks.Count > final; depth--)
        {
            foreach (var entry in blocks[^1])
                if (random.Next(3) > 0)
                    pool.TryAdd(entry.Transaction.Nonce, entry);
            blocks.RemoveAt(blocks.Count - 1);
        }
    }

    internal IEthereumNetwork For(Turns turns, Turns.Life life, Func<bool> isAway) => new Network(this, turns, life, isAway);

    sealed class Network(SimEthereum chain, Turns turns, Turns.Life life, Func<bool> isAway) : IEthereumNetwork
    {
        public EthereumFormat Format => format;

        EthereumFormat format => chain.FormatOf;

        public async Task<ReadOnlyMemory<byte>> BuildAsync(Transfer transfer, Amount maxFee, ulong nonce, CancellationToken cancellation)
        {
            await TurnAsync();
            return EthereumTransactionCodec.Encode(Make(nonce, format.ToBytes(transfer.To), transfer.Amount, new(chain.BaseFee + 2, 2UL), maxFee));
        }

        public async Task<ReadOnlyMemory<byte>> ReplaceAsync(ReadOnlyMemory<byte> unsigned, DecodeContext context, Amount maxFee, bool cancels, CancellationToken cancellation)
        {
            await TurnAsync();
            var old = EthereumTransactionCodec.Decode(unsigned).Transaction;
            if (chain.Count(chain.blocks.Count) > old.Nonce)
                throw new ChainException(ChainError.Stale, "used");
            var fees = new EthereumFees(old.MaxFeePerGas, old.MaxPriorityFeePerGas).ToReplace().AtLeast(new(chain.BaseFee + 2, 2UL));
            return EthereumTransactionCodec.Encode(cancels
                ? Make(old.Nonce, format.ToBytes(context.Signer), Amount.Zero, fees, maxFee)
                : Make(old.Nonce, old.To!.Value, old.Value, fees, maxFee));
        }

        public async Task<(ulong Mined, ulong Pending, ulong Final)> CountsAsync(Address account, CancellationToken cancellation)
        {
            await TurnAsync();
            chain.Asked++;
            var mined = chain.Count(chain.blocks.Count);
            var pending = mined;
            while (chain.pool.ContainsKey(pending))
                pending++;
            return (mined, pending, chain.Count(chain.final));
        }

        public async Task<Amount> BalanceAsync(Address account, AssetId asset, CancellationToken cancellation)
        {
            await TurnAsync();
            return chain.Balance;
        }

        public async Task<string> SendAsync(ReadOnlyMemory<byte> signed, CancellationToken cancellation)
        {
            await TurnAsync();
            var t = EthereumTransactionCodec.Decode(signed).Transaction;
            var id = EthereumFormat.TransactionId(signed.Span);
            if (!chain.blocks.Any(b => b.Any(e => e.Id == id)))
            {
                if (t.Nonce < chain.Count(chain.blocks.Count))
                    throw new ChainException(ChainError.Stale, "nonce too low");
                if (chain.pool.TryGetValue(t.Nonce, out var there) && there.Id != id && t.MaxFeePerGas * 10 < there.Transaction.MaxFeePerGas * 11)
                    throw new ChainException(ChainError.FeeTooLow, "replacement transaction underpriced");
                chain.pool[t.Nonce] = new(id, t);
            }
            await TurnAsync();
            return id;
        }

        public async Task<TransactionStatus> StatusAsync(ReadOnlyMemory<byte> signed, CancellationToken cancellation)
        {
            await TurnAsync();
            var id = EthereumFormat.TransactionId(signed.Span);
            var nonce = EthereumTransactionCodec.Decode(signed).Transaction.Nonce;
            var height = chain.blocks.FindIndex(b => b.Any(e => e.Id == id));
            if (height >= 0)
                return new(height < chain.final ? TransactionState.Finalized : TransactionState.Confirmed,
                    $"{height}:{string.Concat(chain.blocks[height].Select(e => e.Id[2..6]))}", (ulong)height, (ulong)(chain.blocks.Count - height));
            if (nonce < chain.Count(chain.blocks.Count))
                return new(TransactionState.Dead, ReplacedBy: chain.blocks.SelectMany(b => b).First(e => e.Transaction.Nonce == nonce).Id);
            return new(chain.pool.Values.Any(e => e.Id == id) ? TransactionState.Pending : TransactionState.Unknown);
        }

        EthereumTransaction Make(ulong nonce, EthereumAddress to, Amount value, EthereumFees fees, Amount maxFee) => maxFee / 21_000 < fees.MaxFeePerGas
            ? throw new ChainException(ChainError.FeeTooHigh, "too dear")
            : new()
            {
                Type = EthereumTransactionType.FeeMarket, ChainId = format.Number, Nonce = nonce, GasLimit = 21_000,
                MaxFeePerGas = fees.MaxFeePerGas, MaxPriorityFeePerGas = fees.MaxPriorityFeePerGas, To = to, Value = value,
            };

        async Task TurnAsync()
        {
            await turns.TroubledAsync(life, isAway);
        }
    }

    EthereumFormat FormatOf => format;
}
