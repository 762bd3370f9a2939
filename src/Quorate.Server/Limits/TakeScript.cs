using System.Globalization;
using StackExchange.Redis;

namespace Quorate.Server.Limits;

/// <summary>
/// All of a call's charges as one script, which Redis runs alone: what <see cref="TokenBucket"/> and <see cref="SlidingWindow"/>
/// do, in the same integers, by Redis's own clock. A key expires when its tally is as good as new.
/// </summary>
static class TakeScript
{
    /// <summary>
    /// KEYS: one for each charge. ARGV: kind (b or s), quota, window in ms and cost of each. Answers 1 or 0 for whether all was taken,
    /// then remaining, wait and more of each. A bucket is kept as debt and time, a window as slots and what each has.
    /// </summary>
    internal const string Text =
        """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local slotCount, graceMs = 24, 1000
        local charges, fits = {}, true

        local function lookBucket(c)
          local have = 3 * c.quota * c.window / 2 - c.debt
          local remaining = math.floor(have / c.window)
          local most = math.floor(3 * c.quota / 2)
          local missing = c.cost * c.window - have
          local wait = missing > 0 and math.ceil(missing / c.quota) or 0
          local more = remaining < most and math.ceil(((remaining + 1) * c.window - have) / c.quota) or 0
          return remaining, wait, more
        end

        local function lookWindow(c)
          local remaining, wait, more = c.quota, 0, 0
          for _, slot in ipairs(c.slots) do remaining = remaining - slot[2] end
          local missing = c.cost - remaining
          for _, slot in ipairs(c.slots) do
            if missing <= 0 then break end
            missing = missing - slot[2]
            wait = (slot[1] + slotCount + 1) * c.slotMs - c.at
          end
          if c.slots[1] then more = (c.slots[1][1] + slotCount + 1) * c.slotMs - c.at end
          return remaining, wait, more
        end

        for i, key in ipairs(KEYS) do
          local stored = redis.call('GET', key)
          local c = {
            isBucket = ARGV[4 * i - 3] == 'b', quota = tonumber(ARGV[4 * i - 2]), window = tonumber(ARGV[4 * i - 1]), cost = tonumber(ARGV[4 * i]), at = now
          }
          if c.isBucket then
            c.debt = 0
            if stored then
              local debt, at = string.match(stored, '^(%d+) (%d+)$')
              c.at = math.max(now, tonumber(at))
              c.debt = math.max(0, tonumber(debt) - (c.at - tonumber(at)) * c.quota)
            end
          else
            c.slotMs, c.slots = math.ceil(c.window / slotCount), {}
            if stored then
              local at, rest = string.match(stored, '^(%d+)(.*)$')
              c.at = math.max(now, tonumber(at))
              for slot, taken in string.gmatch(rest, '(%d+):(%d+)') do
                slot = tonumber(slot)
                if (slot + slotCount + 1) * c.slotMs > c.at then c.slots[#c.slots + 1] = { slot, tonumber(taken) } end
              end
            end
          end
          c.look = c.isBucket and lookBucket or lookWindow
          c.remaining, c.wait, c.more = c.look(c)
          fits = fits and c.wait == 0
          charges[i] = c
        end

        local answer = { fits and 1 or 0 }
        for i, c in ipairs(charges) do
          if fits then
            local value, ttl
            if c.isBucket then
              c.debt = c.debt + c.cost * c.window
              value, ttl = string.format('%.0f %.0f', c.debt, c.at), math.ceil(c.debt / c.quota)
            else
              local slot = math.floor(c.at / c.slotMs)
              local last = c.slots[#c.slots]
              if last and last[1] == slot then last[2] = last[2] + c.cost else c.slots[#c.slots + 1] = { slot, c.cost } end
              local parts = { string.format('%.0f', c.at) }
              for _, kept in ipairs(c.slots) do parts[#parts + 1] = string.format('%.0f:%.0f', kept[1], kept[2]) end
              value, ttl = table.concat(parts, ' '), (slot + slotCount + 1) * c.slotMs - c.at
            end
            redis.call('SET', KEYS[i], value, 'PX', string.format('%.0f', ttl + c.at - now + graceMs))
            c.cost = 0
            c.remaining, c.wait, c.more = c.look(c)
          end
          answer[#answer + 1], answer[#answer + 2], answer[#answer + 3] = c.remaining, c.wait, c.more
        end
        return answer
        """;

    /// <summary>
    /// The key of a charge's tally. The window is part of it, because what is kept is in units of the window; the braces put all keys
    /// of a cluster on one server.
    /// </summary>
    internal static RedisKey KeyOf(string prefix, in Charge charge) =>
        string.Create(CultureInfo.InvariantCulture, $"{{{prefix}:limits}}:{charge.Limit.Name}:{charge.Limit.WindowMs}:{charge.Of}");

    /// <summary>What the script is told of the charges.</summary>
    internal static RedisValue[] ArgumentsOf(ReadOnlySpan<Charge> charges)
    {
        var arguments = new RedisValue[4 * charges.Length];
        for (var i = 0; i < charges.Length; i++)
        {
            var limit = charges[i].Limit;
            (arguments[4 * i], arguments[4 * i + 1], arguments[4 * i + 2], arguments[4 * i + 3]) =
                (limit is Limit.Bucket ? "b" : "s", limit.Rate.Quota, limit.WindowMs, charges[i].Cost);
        }
        return arguments;
    }

    /// <summary>Reads what the script has answered.</summary>
    internal static Taken Read(long[] answer)
    {
        var standings = new Standing[answer.Length / 3];
        for (var i = 0; i < standings.Length; i++)
            standings[i] = new(answer[3 * i + 1], answer[3 * i + 2], answer[3 * i + 3]);
        return new(answer[0] == 1 ? TakenOutcome.Taken : TakenOutcome.Refused, System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(standings));
    }
}
