namespace Quorate.Server.Relay;

/// <summary>A bucket that time refills: who takes more than is in it waits until it is filled again.</summary>
sealed class Pace(double perSecond, double burst, TimeProvider time)
{
    double taken;
    long at = time.GetTimestamp();

    /// <summary>Takes an amount, and says how long to wait for it.</summary>
    internal TimeSpan Take(double amount)
    {
        var now = time.GetTimestamp();
        taken = Math.Max(0, taken - (time.GetElapsedTime(at, now).TotalSeconds * perSecond)) + amount;
        at = now;
        return taken <= burst ? TimeSpan.Zero : TimeSpan.FromSeconds((taken - burst) / perSecond);
    }
}
