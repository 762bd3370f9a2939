namespace Quorate.Server.Limits;

/// <summary>How a limit stands.</summary>
/// <param name="Remaining">What could be taken at once.</param>
/// <param name="WaitMs">Milliseconds until what was asked for fits; 0 where it fits now.</param>
/// <param name="MoreMs">Milliseconds until <paramref name="Remaining"/> is more; 0 where nothing is used up.</param>
readonly record struct Standing(long Remaining, long WaitMs, long MoreMs);

/// <summary>
/// What has been taken under one limit by one caller, wallet, address or message. It knows no clock: the time is milliseconds
/// from any beginning, and one that goes back stands still. Not thread-safe.
/// </summary>
abstract class Tally
{
    /// <summary>How it stands, and whether a cost fits. Changes nothing.</summary>
    internal abstract Standing Look(long nowMs, long cost);

    /// <summary>Takes a cost, which fits.</summary>
    internal abstract void Take(long nowMs, long cost);

    /// <summary>Gives a cost back that was taken and turned out not to be owed.</summary>
    internal abstract void GiveBack(long nowMs, long cost);

    /// <summary>The time from which on it is as good as new, if nothing more is taken: whoever forgets it then gives nothing away.</summary>
    internal abstract long IdleAtMs { get; }

    private protected static long CeilingOf(long amount, long by) => amount <= 0 ? 0 : (amount - 1) / by + 1;
}
