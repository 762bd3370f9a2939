using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Quorate.Server.Limits;

/// <summary>
/// Tallies in this process's memory. They lie in stripes, each with its lock; a call takes the locks of its stripes in their
/// order, so calls of different callers seldom meet and never wait for each other in a circle.
/// </summary>
/// <param name="time">The clock; how it is set does not matter, only how it goes.</param>
/// <param name="maxTallies">Tallies at a time. Where all are in use, a call that needs another one is not counted: see <see cref="TakenOutcome.Unavailable"/>.</param>
sealed class MemoryLimiter(TimeProvider time, int maxTallies) : ILimiter
{
    /// <summary>A power of two.</summary>
    const int StripeCount = 64;

    readonly Stripe[] stripes = [.. Enumerable.Range(0, StripeCount).Select(_ => new Stripe(Math.Max(1, maxTallies / StripeCount)))];
    readonly long begun = time.GetTimestamp();

    /// <summary>Tallies at the moment.</summary>
    internal int Count => stripes.Sum(s => s.Count);

    /// <inheritdoc/>
    public ValueTask<Taken> TakeAsync(ImmutableArray<Charge> charges, CancellationToken cancellation) => new(Take(charges.AsSpan()));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Gives back what was taken and turned out not to be owed.</summary>
    internal void GiveBack(in Charge charge)
    {
        var stripe = stripes[IndexOf(charge)];
        lock (stripe.Gate)
            stripe.Known(charge)?.GiveBack((long)time.GetElapsedTime(begun).TotalMilliseconds, charge.Cost);
    }

    Taken Take(ReadOnlySpan<Charge> charges)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(charges.Length, ILimiter.MaxCharges);
        Span<int> order = stackalloc int[charges.Length];
        for (var i = 0; i < charges.Length; i++)
            order[i] = IndexOf(charges[i]);
        order.Sort();
        var entered = 0;
        try
        {
            for (; entered < order.Length; entered++)
                stripes[order[entered]].Gate.Enter();
            return TakeLocked(charges, order, (long)time.GetElapsedTime(begun).TotalMilliseconds);
        }
        finally
        {
            while (entered > 0)
                stripes[order[--entered]].Gate.Exit();
        }
    }

    Taken TakeLocked(ReadOnlySpan<Charge> charges, ReadOnlySpan<int> order, long nowMs)
    {
        // Room is made before anything is looked up: nothing that this call holds may go.
        foreach (var index in order)
            stripes[index].MakeRoom(nowMs, charges.Length);
        var tallies = new Tally[charges.Length];
        var standings = new Standing[charges.Length];
        var fits = true;
        for (var i = 0; i < charges.Length; i++)
        {
            if (stripes[IndexOf(charges[i])].Find(charges[i], nowMs) is not { } tally)
                return Taken.Unavailable;
            standings[i] = (tallies[i] = tally).Look(nowMs, charges[i].Cost);
            fits &= standings[i].WaitMs == 0;
        }
        for (var i = 0; fits && i < charges.Length; i++)
        {
            tallies[i].Take(nowMs, charges[i].Cost);
            standings[i] = tallies[i].Look(nowMs, 0);
        }
        return new(fits ? TakenOutcome.Taken : TakenOutcome.Refused, ImmutableCollectionsMarshal.AsImmutableArray(standings));
    }

    static int IndexOf(in Charge charge) => KeyOf(charge).GetHashCode() & (StripeCount - 1);

    static (string Limit, string Of) KeyOf(in Charge charge) => (charge.Limit.Name, charge.Of);

    /// <summary>Some of the tallies. The queue has each of them once, by a time before which it is in use.</summary>
    sealed class Stripe(int max)
    {
        const int LooksAtATime = 4;

        readonly Dictionary<(string Limit, string Of), Tally> tallies = [];
        readonly PriorityQueue<(string Limit, string Of), long> byIdleness = new();

        internal Lock Gate { get; } = new();

        internal int Count => tallies.Count;

        /// <summary>Forgets some that are as good as new; where there is no room for so many more, as many as that takes.</summary>
        internal void MakeRoom(long nowMs, int more)
        {
            for (var looks = 0; byIdleness.TryPeek(out var key, out var due) && due <= nowMs && (looks < LooksAtATime || tallies.Count + more > max); looks++)
            {
                byIdleness.Dequeue();
                if (tallies[key].IdleAtMs is var idleAtMs && idleAtMs > nowMs)
                    byIdleness.Enqueue(key, idleAtMs);
                else
                    tallies.Remove(key);
            }
        }

        internal Tally? Known(in Charge charge) => tallies.GetValueOrDefault(KeyOf(charge));

        internal Tally? Find(in Charge charge, long nowMs)
        {
            var key = KeyOf(charge);
            if (tallies.TryGetValue(key, out var tally) || tallies.Count >= max)
                return tally;
            tallies.Add(key, tally = charge.Limit.NewTally());
            byIdleness.Enqueue(key, nowMs + 1);
            return tally;
        }
    }
}
