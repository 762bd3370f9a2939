using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace Quorate.Rpc.Framing;

/// <summary>The header grpc-timeout: at most eight digits and a unit, H M S m u n (gRPC over HTTP/2, "Timeout").</summary>
static class GrpcTimeout
{
    internal const string Header = "grpc-timeout";

    const int DigitsMax = 8;
    const long ValueMax = 99_999_999;

    /// <summary>What a timer can wait for; a deadline beyond it, some 49 days, is none.</summary>
    internal static readonly TimeSpan TimerMax = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    /// <summary>The finest unit in which the time fits, rounded up; what is over already is one nanosecond.</summary>
    internal static string Format(TimeSpan timeout)
    {
        if (timeout <= TimeSpan.Zero)
            return "1n";
        ReadOnlySpan<(long Ticks, char Unit)> units =
        [
            (TimeSpan.TicksPerMicrosecond, 'u'), (TimeSpan.TicksPerMillisecond, 'm'), (TimeSpan.TicksPerSecond, 'S'),
            (TimeSpan.TicksPerMinute, 'M'), (TimeSpan.TicksPerHour, 'H'),
        ];
        foreach (var (ticks, unit) in units)
        {
            var value = timeout.Ticks / ticks + (timeout.Ticks % ticks == 0 ? 0 : 1);
            if (value <= ValueMax)
                return value.ToString(CultureInfo.InvariantCulture) + unit;
        }
        return "99999999H";
    }

    /// <summary>Reads the header's values; without any the timeout is <paramref name="otherwise"/>.</summary>
    internal static bool TryRead(StringValues header, TimeSpan? otherwise, out TimeSpan? timeout)
    {
        timeout = otherwise;
        if (header is not [{ } text, ..])
            return true;
        var isValid = TryParse(text, out var parsed);
        timeout = parsed;
        return isValid;
    }

    /// <summary>Reads a timeout; longer ones than <see cref="TimeSpan"/> holds are its maximum.</summary>
    internal static bool TryParse(string text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > DigitsMax + 1
            || !long.TryParse(text.AsSpan(..^1), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            return false;
        long ticksPerUnit;
        switch (text[^1])
        {
            case 'n': timeout = TimeSpan.FromTicks((value + 99) / 100); return true;
            case 'u': ticksPerUnit = TimeSpan.TicksPerMicrosecond; break;
            case 'm': ticksPerUnit = TimeSpan.TicksPerMillisecond; break;
            case 'S': ticksPerUnit = TimeSpan.TicksPerSecond; break;
            case 'M': ticksPerUnit = TimeSpan.TicksPerMinute; break;
            case 'H': ticksPerUnit = TimeSpan.TicksPerHour; break;
            default: return false;
        }
        timeout = value > TimeSpan.MaxValue.Ticks / ticksPerUnit ? TimeSpan.MaxValue : TimeSpan.FromTicks(value * ticksPerUnit);
        return true;
    }
}
