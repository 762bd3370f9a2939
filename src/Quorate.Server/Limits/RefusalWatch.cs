namespace Quorate.Server.Limits;

/// <summary>
/// Notices callers who go on asking for too much. A caller's window begins with its first refusal; the refusal that makes them enough is the one
/// to report, and the rest of the window's are not. Thread-safe.
/// </summary>
/// <param name="alert">How many in how long.</param>
/// <param name="time">The clock.</param>
sealed class RefusalWatch(Rate alert, TimeProvider time)
{
    /// <summary>Callers that are watched at a time. Windows that are over make room; while there is none, further callers are not watched.</summary>
    internal const int MaxCallers = 10_000;

    readonly Lock gate = new();
    readonly Dictionary<string, (long Begun, int Refusals)> callers = new(StringComparer.Ordinal);

    /// <summary>Notes a refusal; true for the one to report.</summary>
    internal bool Note(string caller)
    {
        lock (gate)
        {
            var now = time.GetTimestamp();
            if (!callers.TryGetValue(caller, out var seen) || IsOver(seen.Begun))
            {
                if (callers.Count >= MaxCallers && seen.Refusals == 0 && !MakeRoom())
                    return false;
                seen = (now, 0);
            }
            callers[caller] = seen = (seen.Begun, seen.Refusals + 1);
            return seen.Refusals == alert.Quota;
        }
    }

    bool IsOver(long begun) => time.GetElapsedTime(begun) >= alert.Window;

    bool MakeRoom()
    {
        foreach (var (caller, seen) in callers)
            if (IsOver(seen.Begun))
                callers.Remove(caller);
        return callers.Count < MaxCallers;
    }
}
