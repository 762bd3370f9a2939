using System.Collections.Immutable;
using System.Globalization;
using Quorate.Chains;
using Quorate.Chains.Bitcoin;

namespace Quorate.Server.Tests.Sagas;

/// <summary>
/// A network of Bitcoin's: real transactions, a pool that drops, replaces by fee and takes children with their parents,
/// blocks that come late and are reorganised away, rates that jump. Scripts are not run.
/// </summary>
sealed class SimBitcoin(Random random)
{
    internal const int FinalDepth = 4;

    sealed record Block(string Hash, List<BitcoinTransaction> Transactions);

    readonly List<Block> blocks = [new(new string('0', 64), [])];
    readonly Dictionary<TxId, BitcoinTransaction> pool = [];
    readonly Dictionary<TxId, BitcoinTransaction> known = [];
    int final = 1, made;

    internal FeeRate Rate { get; set; } = FeeRate.Minimum;

    internal IEnumerable<BitcoinTransaction> Mined => blocks.SelectMany(b => b.Transactions);

    /// <summary>Coins that were there before everything, in a final block.</summary>
    internal void Deposit(ReadOnlyMemory<byte> script, ulong value)
    {
        var from = new byte[32];
        BitConverter.TryWriteBytes(from, ++made);
        var deposit = new BitcoinTransaction(2, [new(new(TxId.FromBytes(from), 0), 0)], [new(value, script)], 0);
        known.Add(deposit.Id, deposit);
        blocks[0].Transactions.Add(deposit);
    }

    internal void Mine(bool isSlow)
    {
        var block = new Block(Hash(), []);
        while (!isSlow && pool.Values.Select(AncestorsOf).FirstOrDefault(p => p.Sum(t => (decimal)FeeOf(t)) * 1000 >= p.Sum(t => (decimal)t.VirtualSize) * Rate.SatoshiPerKvB) is { } package)
            foreach (var t in package)
            {
                pool.Remove(t.Id);
                block.Transactions.Add(t);
            }
        blocks.Add(block);
        final = Math.Max(final, blocks.Count - FinalDepth + 1);
    }

    internal void Drop()
    {
        if (pool.Count > 0)
            Evict(pool.Values.OrderBy(t => t.Id.ToString(), StringComparer.Ordinal).ElementAt(random.Next(pool.Count)));
    }

    // The other branch is as long, and has nothing in it.
    internal void Reorganise(int depth)
    {
        List<BitcoinTransaction> back = [];
        var gone = 0;
        for (; gone < depth && blocks.Count > final; gone++)
        {
            back.InsertRange(0, blocks[^1].Transactions);
            blocks.RemoveAt(blocks.Count - 1);
        }
        for (; gone > 0; gone--)
            blocks.Add(new(Hash(), []));
        var waiting = pool.Values.ToArray();
        pool.Clear();
        foreach (var t in back.Where(_ => random.Next(3) > 0).Concat(waiting))
            if (t.Inputs.All(i => Exists(i.Previous) && SpenderOf(i.Previous) is null))
                pool.Add(t.Id, t);
    }

    internal IBitcoinNode For(Turns turns, Turns.Life life, Func<bool> isAway) => new Node(this, turns, life, isAway);

    string Hash() => (++made).ToString("x64", CultureInfo.InvariantCulture);

    IEnumerable<BitcoinTransaction> All => Mined.Concat(pool.Values);

    bool Exists(OutPoint point) => All.Any(t => t.Id == point.Transaction);

    TxId? SpenderOf(OutPoint point) => All.FirstOrDefault(t => t.Inputs.Any(i => i.Previous == point))?.Id;

    ulong FeeOf(BitcoinTransaction t) =>
        t.Inputs.Aggregate(0UL, (sum, i) => sum + known[i.Previous.Transaction].Outputs[(int)i.Previous.Index].Value) - t.Outputs.Aggregate(0UL, (sum, o) => sum + o.Value);

    // Itself last.
    List<BitcoinTransaction> AncestorsOf(BitcoinTransaction t)
    {
        List<BitcoinTransaction> found = [];
        foreach (var input in t.Inputs)
            if (pool.TryGetValue(input.Previous.Transaction, out var parent))
                found.AddRange(AncestorsOf(parent).Where(a => !found.Contains(a)));
        found.Add(t);
        return found;
    }

    void Evict(BitcoinTransaction t)
    {
        pool.Remove(t.Id);
        foreach (var child in pool.Values.Where(c => c.Inputs.Any(i => i.Previous.Transaction == t.Id)).ToArray())
            Evict(child);
    }

    void Accept(BitcoinTransaction t)
    {
        if (pool.ContainsKey(t.Id) || Mined.Any(m => m.Id == t.Id))
            return;
        if (t.Inputs.Any(i => !Exists(i.Previous) || Mined.Any(m => m.Inputs.Any(j => j.Previous == i.Previous))))
            throw new ChainException(ChainError.Stale, "bad-txns-inputs-missingorspent");
        known[t.Id] = t;
        var rivals = pool.Values.Where(p => p.Inputs.Any(i => t.Inputs.Any(j => j.Previous == i.Previous))).ToArray();
        var replaced = pool.Values.Where(p => AncestorsOf(p).Any(rivals.Contains)).ToArray();
        if (rivals.Length > 0 && (FeeOf(t) < replaced.Aggregate(FeeRate.Minimum.Of(t.VirtualSize), (sum, r) => sum + FeeOf(r))
            || rivals.Any(r => (decimal)FeeOf(t) / t.VirtualSize <= (decimal)FeeOf(r) / r.VirtualSize)))
            throw new ChainException(ChainError.FeeTooLow, "insufficient fee, rejecting replacement");
        foreach (var rival in rivals)
            Evict(rival);
        pool.Add(t.Id, t);
    }

    sealed class Node(SimBitcoin chain, Turns turns, Turns.Life life, Func<bool> isAway) : IBitcoinNode
    {
        public async Task<BlockReference> GetTipAsync(CancellationToken cancellationToken)
        {
            await TurnAsync();
            return new((ulong)chain.blocks.Count - 1, chain.blocks[^1].Hash);
        }

        public async Task<string?> GetBlockHashAsync(ulong height, CancellationToken cancellationToken)
        {
            await TurnAsync();
            return height < (ulong)chain.blocks.Count ? chain.blocks[(int)height].Hash : null;
        }

        public async Task<ImmutableArray<UnspentOutput>> GetUnspentAsync(IReadOnlyList<ReadOnlyMemory<byte>> scripts, CancellationToken cancellationToken)
        {
            await TurnAsync();
            var spent = chain.All.SelectMany(t => t.Inputs).Select(i => i.Previous).ToHashSet();
            var wanted = scripts.Select((s, i) => (Convert.ToHexString(s.Span), i)).ToDictionary(s => s.Item1, s => s.i);
            var found = ImmutableArray.CreateBuilder<UnspentOutput>();
            foreach (var t in chain.All)
                for (var i = 0; i < t.Outputs.Length; i++)
                    if (wanted.TryGetValue(Convert.ToHexString(t.Outputs[i].Script.Span), out var script) && !spent.Contains(new(t.Id, (uint)i)))
                        found.Add(new(new(t.Id, (uint)i), t.Outputs[i].Value, script, !chain.pool.ContainsKey(t.Id)));
            return found.ToImmutable();
        }

        public async Task<BitcoinTransaction?> GetTransactionAsync(TxId id, CancellationToken cancellationToken)
        {
            await TurnAsync();
            return chain.All.FirstOrDefault(t => t.Id == id);
        }

        public async Task<TransactionPlace?> FindAsync(TxId id, CancellationToken cancellationToken)
        {
            await TurnAsync();
            var height = chain.blocks.FindIndex(b => b.Transactions.Any(t => t.Id == id));
            return height >= 0 ? new(new((ulong)height, chain.blocks[height].Hash)) : chain.pool.ContainsKey(id) ? new(null) : null;
        }

        public async Task<TxId?> GetSpenderAsync(OutPoint point, CancellationToken cancellationToken)
        {
            await TurnAsync();
            return chain.SpenderOf(point);
        }

        public async Task<FeeRate?> EstimateFeeRateAsync(int blocks, CancellationToken cancellationToken)
        {
            await TurnAsync();
            return chain.Rate;
        }

        public async Task<ImmutableArray<HistoryEntry>> GetHistoryAsync(ReadOnlyMemory<byte> script, CancellationToken cancellationToken)
        {
            await TurnAsync();
            return [];
        }

        public async Task SendAsync(ReadOnlyMemory<byte> transaction, CancellationToken cancellationToken)
        {
            await TurnAsync();
            chain.Accept(BitcoinTransaction.Decode(transaction.Span));
            // The answer can be lost behind what was done.
            await TurnAsync();
        }

        Task TurnAsync() => turns.TroubledAsync(life, isAway);
    }
}
