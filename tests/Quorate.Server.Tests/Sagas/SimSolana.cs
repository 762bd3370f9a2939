using System.Security.Cryptography;
using System.Text;
using Quorate.Chains;
using Quorate.Chains.Solana;
using Quorate.Server.Sagas;

namespace Quorate.Server.Tests.Sagas;

/// <summary>
/// A cluster with one account that matters: real messages, blockhashes that get old or vanish with their fork, durable
/// nonces, transactions that are lost or fail on the chain, prices that jump.
/// </summary>
sealed class SimSolana(SolanaFormat format, DecodeContext account, Random random)
{
    internal const int FinalDepth = 4;

    /// <summary>Blocks for which a blockhash is good.</summary>
    const int Life = 20;

    internal const ulong Funds = 100_000_000;

    sealed record Entry(string Id, SolanaTransaction Transaction, bool HasFailed);

    sealed record Block(Blockhash Hash, List<Entry> Entries);

    readonly List<Block> blocks = [new(HashOf("first"), [])];
    readonly Dictionary<string, SolanaTransaction> pool = [];
    readonly HashSet<SolanaAddress> nonces = [];
    int final = 1, made;

    internal ulong Price { get; set; } = 1_000;

    internal void AddNonce(SolanaAddress nonce) => nonces.Add(nonce);

    internal IEnumerable<SolanaMessage> Mined => blocks.SelectMany(b => b.Entries).Where(e => !e.HasFailed).Select(e => e.Transaction.Message);

    internal Amount Balance => blocks.SelectMany(b => b.Entries).Aggregate((Amount)Funds, (left, e) => EffectsOf(e.Transaction.Message) is var effects
        ? effects.Items.OfType<Effect.Transfer>().Where(t => !e.HasFailed && !t.ToSelf && t.Recipient != account.Signer).Aggregate(left - effects.Fee!.Maximum, (sum, t) => sum - t.Amount) : left);

    internal Effects EffectsOf(SolanaMessage message) => format.Decode(message.Encode(), account);

    internal void Mine(bool isSlow)
    {
        var block = new Block(HashOf($"block {++made}"), []);
        blocks.Add(block);
        foreach (var (id, t) in pool.OrderBy(p => p.Key, StringComparer.Ordinal).ToArray())
        {
            if (isSlow || PriceOf(t.Message) < Price || !IsValid(t.Message, blocks.Count - 1))
                continue;
            pool.Remove(id);
            block.Entries.Add(new(id, t, random.Next(40) == 0));
        }
        foreach (var (id, t) in pool.Where(p => !IsValid(p.Value.Message, blocks.Count)).ToArray())
            pool.Remove(id);
        final = Math.Max(final, blocks.Count - FinalDepth + 1);
    }

    internal void Drop()
    {
        if (pool.Count > 0)
            pool.Remove(pool.Keys.Order(StringComparer.Ordinal).ElementAt(random.Next(pool.Count)));
    }

    internal void Reorganise(int depth)
    {
        var gone = 0;
        for (; gone < depth && blocks.Count > final; gone++)
        {
            foreach (var entry in blocks[^1].Entries)
                if (random.Next(3) > 0)
                    pool.TryAdd(entry.Id, entry.Transaction);
            blocks.RemoveAt(blocks.Count - 1);
        }
        for (; gone > 0; gone--)
            blocks.Add(new(HashOf($"fork {++made}"), []));
    }

    internal ISolanaNetwork For(Turns turns, Turns.Life life, Func<bool> isAway) => new Network(this, turns, life, isAway);

    static Blockhash HashOf(string of) => new(SHA256.HashData(Encoding.UTF8.GetBytes(of)));

    static ulong PriceOf(SolanaMessage message) => Quorate.Chains.Solana.Programs.ComputeBudget.Of(message).UnitPrice;

    Blockhash ValueOf(string nonce, int depth)
    {
        var last = blocks.Take(depth).SelectMany(b => b.Entries).LastOrDefault(e => format.LifeOf(e.Transaction.Message.Encode()).Nonce?.Text == nonce);
        return HashOf($"{nonce} after {last?.Id}");
    }

    // Whether a block at this height can have it.
    bool IsValid(SolanaMessage message, int height)
    {
        if (blocks.Any(b => b.Entries.Any(e => e.Transaction.Message.Equals(message))))
            return false;
        var (value, nonce) = format.LifeOf(message.Encode());
        if (nonce is not null)
            return ValueOf(nonce.Text, blocks.Count) == value;
        var at = blocks.FindIndex(b => b.Hash == value);
        return at >= 0 && height <= at + Life;
    }

    sealed class Network(SimSolana chain, Turns turns, Turns.Life life, Func<bool> isAway) : ISolanaNetwork
    {
        const uint Units = 100_000;

        public SolanaFormat Format => chain.FormatOf;

        public async Task<MessageLife> RecentAsync(CancellationToken cancellation)
        {
            await TurnAsync();
            var at = chain.blocks.Count - 1;
            return new(new MessageLifetime.Recent(chain.blocks[at].Hash), new((ulong)at, (ulong)(at + Life)));
        }

        public async Task<MessageLife?> DurableAsync(Address nonce, CancellationToken cancellation)
        {
            await TurnAsync();
            var address = Format.ToBytes(nonce);
            return chain.nonces.Contains(address)
                ? new(new MessageLifetime.Durable(address, Format.ToBytes(chain.AccountOf.Signer), chain.ValueOf(nonce.Text, chain.final)), new((ulong)chain.final, null))
                : null;
        }

        public async Task<(ulong Newest, ulong Final)> HeightsAsync(CancellationToken cancellation)
        {
            await TurnAsync();
            return ((ulong)chain.blocks.Count - 1, (ulong)chain.final - 1);
        }

        public async Task<ReadOnlyMemory<byte>> BuildAsync(Transfer transfer, Amount maxFee, MessageLife life, CancellationToken cancellation)
        {
            await TurnAsync();
            var message = Format.Build(transfer, new(life.Lifetime) { UnitLimit = Units, UnitPrice = chain.Price });
            return Format.MaxFee(message).Maximum <= maxFee ? message.Encode() : throw new ChainException(ChainError.FeeTooHigh, "too dear");
        }

        public async Task<ReadOnlyMemory<byte>> ReplaceAsync(ReadOnlyMemory<byte> unsigned, Amount maxFee, bool cancels, CancellationToken cancellation)
        {
            await TurnAsync();
            if (Format.LifeOf(unsigned) is (var value, { } nonce) && chain.ValueOf(nonce.Text, chain.blocks.Count) != value)
                throw new ChainException(ChainError.Stale, "moved on");
            return Format.Replace(unsigned, chain.Price, maxFee, cancels);
        }

        public async Task<Amount> BalanceAsync(Address account, AssetId asset, CancellationToken cancellation)
        {
            await TurnAsync();
            return chain.Balance;
        }

        public async Task<string> SendAsync(ReadOnlyMemory<byte> signed, CancellationToken cancellation)
        {
            await TurnAsync();
            var t = SolanaTransaction.Decode(signed.Span);
            if (!chain.blocks.Any(b => b.Entries.Any(e => e.Id == t.Id)))
            {
                if (!chain.IsValid(t.Message, chain.blocks.Count))
                    throw new ChainException(ChainError.Unavailable, "Blockhash not found");
                chain.pool.TryAdd(t.Id, t);
            }
            await TurnAsync();
            return t.Id;
        }

        public async Task<TransactionStatus> StatusAsync(ReadOnlyMemory<byte> signed, MessageWindow window, CancellationToken cancellation)
        {
            await TurnAsync();
            var t = SolanaTransaction.Decode(signed.Span);
            var height = chain.blocks.FindIndex(b => b.Entries.Any(e => e.Id == t.Id));
            if (height >= 0)
            {
                var isFinal = height < chain.final;
                return new(
                    chain.blocks[height].Entries.First(e => e.Id == t.Id).HasFailed ? TransactionState.Failed : isFinal ? TransactionState.Finalized : TransactionState.Confirmed,
                    chain.blocks[height].Hash.ToString(), (ulong)height, isFinal ? SolanaChain.FinalConfirmations : (ulong)(chain.blocks.Count - height));
            }
            var isDead = Format.LifeOf(t.Message.Encode()) is (var value, { } nonce)
                ? (ulong)chain.final >= window.FirstSlot && chain.ValueOf(nonce.Text, chain.final) != value
                : (ulong)chain.final - 1 > window.LastHeight;
            return new(isDead ? TransactionState.Dead : chain.pool.ContainsKey(t.Id) ? TransactionState.Pending : TransactionState.Unknown);
        }

        Task TurnAsync() => turns.TroubledAsync(life, isAway);
    }

    SolanaFormat FormatOf => format;

    DecodeContext AccountOf => account;
}
