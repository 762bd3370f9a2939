namespace Quorate.Server.Limits;

/// <summary>
/// A sliding window in slots of a twenty-fourth of its length. What was taken counts until the whole slot is older than the
/// window: so never more than the quota in any stretch of its length, and what was taken comes back at most one slot later
/// than it had to. At most 25 slots are kept, whatever the quota.
/// </summary>
sealed class SlidingWindow(Limit.Sliding limit) : Tally
{
    /// <summary>Into how many slots a window is cut.</summary>
    internal const int Slots = 24;

    readonly List<(long Slot, long Taken)> slots = [];
    readonly long slotMs = CeilingOf(limit.WindowMs, Slots);
    long atMs;

    internal override long IdleAtMs => slots.Count == 0 ? 0 : LeavesAtMs(slots[^1].Slot);

    internal override Standing Look(long nowMs, long cost)
    {
        nowMs = Math.Max(nowMs, atMs);
        var remaining = (long)limit.Rate.Quota;
        var first = FirstAt(nowMs);
        for (var i = first; i < slots.Count; i++)
            remaining -= slots[i].Taken;
        var (missing, wait) = (cost - remaining, 0L);
        for (var i = first; missing > 0 && i < slots.Count; i++)
            (missing, wait) = (missing - slots[i].Taken, LeavesAtMs(slots[i].Slot) - nowMs);
        return new(remaining, wait, first == slots.Count ? 0 : LeavesAtMs(slots[first].Slot) - nowMs);
    }

    internal override void Take(long nowMs, long cost)
    {
        atMs = Math.Max(nowMs, atMs);
        slots.RemoveRange(0, FirstAt(atMs));
        var slot = atMs / slotMs;
        if (slots.Count > 0 && slots[^1].Slot == slot)
            slots[^1] = (slot, slots[^1].Taken + cost);
        else
            slots.Add((slot, cost));
    }

    // From the newest slots: what is given back was taken a moment ago.
    internal override void GiveBack(long nowMs, long cost)
    {
        for (var i = slots.Count - 1; cost > 0 && i >= 0; i--)
        {
            var given = Math.Min(cost, slots[i].Taken);
            (slots[i], cost) = ((slots[i].Slot, slots[i].Taken - given), cost - given);
        }
    }

    long LeavesAtMs(long slot) => (slot + Slots + 1) * slotMs;

    int FirstAt(long nowMs)
    {
        var first = 0;
        while (first < slots.Count && LeavesAtMs(slots[first].Slot) <= nowMs)
            first++;
        return first;
    }
}
