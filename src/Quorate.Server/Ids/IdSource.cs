using Quorate.Cryptography.Secrets;

namespace Quorate.Server.Ids;

/// <summary>
/// Draws ids: UUIDs of version 7, RFC 9562 section 5.7. Ids of one source ascend: within a millisecond, and while the
/// clock is behind what it has shown, the twelve bits after the time count on (section 6.2, method 1). Thread-safe.
/// </summary>
sealed class IdSource(TimeProvider time, IRandom random)
{
    const int CounterBits = 12;

    readonly Lock gate = new();
    long last;

    /// <summary>A new id of a kind.</summary>
    internal ResourceId Next(ResourceKind kind) => new(kind, Next());

    /// <summary>A new UUID of version 7.</summary>
    internal Guid Next()
    {
        Span<byte> bytes = stackalloc byte[16];
        random.Fill(bytes);
        var ticks = TickAfter(((bytes[6] & 0x07) << 8) | bytes[7]);
        for (var i = 0; i < 6; i++)
            bytes[i] = (byte)((ticks >> (CounterBits + 40 - 8 * i)) & 0xff);
        bytes[6] = (byte)(0x70 | ((ticks >> 8) & 0x0f));
        bytes[7] = (byte)(ticks & 0xff);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new(bytes, bigEndian: true);
    }

    // Milliseconds and counter as one number. A new millisecond's counter begins at random in its lower half, so that it
    // has room, and overflows into the next millisecond.
    long TickAfter(int seed)
    {
        var now = (time.GetUtcNow().ToUnixTimeMilliseconds() << CounterBits) | (uint)seed;
        lock (gate)
            return last = (now >> CounterBits) > (last >> CounterBits) ? now : last + 1;
    }
}
