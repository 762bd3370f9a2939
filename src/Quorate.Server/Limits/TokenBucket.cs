namespace Quorate.Server.Limits;

/// <summary>
/// A token bucket in integers. A token is as many units as the window has milliseconds, and in a millisecond as many units
/// come back as the quota has tokens; so there is no rounding, however often it is looked at. What is kept is the debt: 0 is a
/// full bucket. The largest number is 1.5 × 10⁶ × 8.64 × 10⁷, which is exact in the doubles of a Lua script, too.
/// </summary>
sealed class TokenBucket(Limit.Bucket limit) : Tally
{
    readonly long unitsPerMs = limit.Rate.Quota;
    readonly long unitsPerToken = limit.WindowMs;
    long debt, atMs;

    // The window is whole seconds, so half of the product is whole.
    long Capacity => 3 * unitsPerMs * unitsPerToken / 2;

    internal override long IdleAtMs => atMs + CeilingOf(debt, unitsPerMs);

    internal override Standing Look(long nowMs, long cost)
    {
        var have = Capacity - DebtAt(nowMs);
        var remaining = have / unitsPerToken;
        return new(
            remaining, CeilingOf(cost * unitsPerToken - have, unitsPerMs),
            remaining == limit.Most ? 0 : CeilingOf((remaining + 1) * unitsPerToken - have, unitsPerMs));
    }

    internal override void Take(long nowMs, long cost) => (debt, atMs) = (DebtAt(nowMs) + cost * unitsPerToken, Math.Max(atMs, nowMs));

    internal override void GiveBack(long nowMs, long cost) => (debt, atMs) = (Math.Max(0, DebtAt(nowMs) - cost * unitsPerToken), Math.Max(atMs, nowMs));

    long DebtAt(long nowMs) => nowMs >= IdleAtMs ? 0 : debt - Math.Max(0, nowMs - atMs) * unitsPerMs;
}
