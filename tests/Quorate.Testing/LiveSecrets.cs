using Quorate.Cryptography.Secrets;
using Xunit;

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

    /// <summary>
    /// Abandons a run after no message, one message, and so on until it has ended: nothing may be left each time.
    /// </summary>
    /// <param name="begin">Starts the run afresh.</param>
    /// <param name="atLeast">Messages that it must take, or too little has been tried.</param>
    public static void AbandonEverywhere(Func<Simulation> begin, int atLeast)
    {
        var live = new LiveSecrets();
        for (var messages = 0; ; messages++)
        {
            using (var run = begin())
            {
                for (var i = 0; i < messages; i++)
                    if (!run.Deliver())
                    {
                        Assert.True(messages > atLeast, $"Only {messages} messages.");
                        return;
                    }
            }
            Assert.Equal(0, live.More);
        }
    }
}
