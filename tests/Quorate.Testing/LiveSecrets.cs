using Quorate.Cryptography.Secrets;

namespace Quorate.Testing;

/// <summary>
/// Counts the secrets that are alive in the process. Tests that use it run alone, in a collection without parallelism.
/// </summary>
public sealed class LiveSecrets
{
    readonly long before;

    /// <summary>Remembers the present count, once forgotten secrets of earlier tests have been collected.</summary>
    public LiveSecrets()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        before = SecretCount.Live;
    }

    /// <summary>Secrets that have come to life since then and have not been wiped.</summary>
    public long More => SecretCount.Live - before;
}
