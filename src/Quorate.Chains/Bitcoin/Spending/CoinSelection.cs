using System.Buffers.Binary;
using Quorate.Cryptography.Secrets;

namespace Quorate.Chains.Bitcoin;

/// <summary>
/// Which coins to spend. First branch and bound (Erhardt, "An Evaluation of Coin Selection Strategies", 2016): a set that
/// comes so close above the target that no change is worth making. Where there is none, coins in random order until the
/// target and a change output are covered (single random draw). All sums are satoshi times 4000, so that rates are exact.
/// </summary>
static class CoinSelection
{
    /// <summary>Steps of the search: well below a tenth of a second.</summary>
    internal const int MaxSteps = 100_000;

    /// <summary>
    /// The coins whose effective value comes to at least <paramref name="target"/> and at most <paramref name="target"/> +
    /// <paramref name="tolerance"/> with the least excess found; null for none.
    /// </summary>
    internal static List<Coin>? BranchAndBound(IReadOnlyList<Coin> coins, FeeRate rate, Int128 target, Int128 tolerance)
    {
        var pool = Useful(coins, rate);
        pool.Sort((a, b) => b.Value.CompareTo(a.Value));
        // What all coins from here on could add.
        var rest = new Int128[pool.Count + 1];
        for (var i = pool.Count - 1; i >= 0; i--)
            rest[i] = rest[i + 1] + pool[i].Value;
        if (target <= 0 || rest[0] < target)
            return null;

        var chosen = new Stack<int>();
        int[]? best = null;
        var bestExcess = tolerance + 1;
        Int128 sum = 0;
        var next = 0;
        for (var step = 0; step < MaxSteps; step++)
        {
            var excess = sum - target;
            if (excess >= 0 && excess < bestExcess)
            {
                (best, bestExcess) = ([.. chosen], excess);
                if (excess == 0)
                    break;
            }
            if (excess >= 0 || next == pool.Count || sum + rest[next] < target)
            {
                // Back to the last coin taken, and on without it; equal coins without it would be the same again.
                if (!chosen.TryPop(out var last))
                    break;
                sum -= pool[last].Value;
                next = last + 1;
                while (next < pool.Count && pool[next].Value == pool[last].Value)
                    next++;
                continue;
            }
            chosen.Push(next);
            sum += pool[next].Value;
            next++;
        }
        return best?.Select(index => pool[index].Coin).ToList();
    }

    /// <summary>Coins in random order until their effective value reaches <paramref name="target"/>; null where all do not.</summary>
    internal static List<Coin>? SingleRandomDraw(IReadOnlyList<Coin> coins, FeeRate rate, Int128 target, IRandom random)
    {
        var pool = Useful(coins, rate);
        List<Coin> chosen = [];
        Int128 sum = 0;
        for (var left = pool.Count; left > 0 && sum < target; left--)
        {
            var pick = Below(random, left);
            chosen.Add(pool[pick].Coin);
            sum += pool[pick].Value;
            pool[pick] = pool[left - 1];
        }
        return sum >= target ? chosen : null;
    }

    /// <summary>A uniform number below <paramref name="bound"/>: what would make some numbers likelier is drawn again.</summary>
    internal static int Below(IRandom random, int bound)
    {
        Span<byte> bytes = stackalloc byte[4];
        var limit = uint.MaxValue - uint.MaxValue % (uint)bound;
        uint value;
        do
        {
            random.Fill(bytes);
            value = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        }
        while (value >= limit);
        return (int)(value % (uint)bound);
    }

    // A coin that costs more than it brings is of no use.
    static List<(Coin Coin, Int128 Value)> Useful(IReadOnlyList<Coin> coins, FeeRate rate) =>
        [.. coins.Select(coin => (coin, coin.EffectiveValue(rate))).Where(c => c.Item2 > 0)];
}
