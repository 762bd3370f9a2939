using Quorate.Journal;
using Quorate.Node.Vault;

namespace Quorate.Node.Ceremonies;

/// <summary>
/// Everything of a node that makes and renews keys: it takes part when others lead, leads what it is handed, and finishes
/// what a crash has left, at the start and from time to time. Begins at once.
/// </summary>
sealed class NodeCeremonies : IAsyncDisposable
{
    readonly CancellationTokenSource closing = new();
    readonly TimeProvider time;
    readonly Task resuming;

    /// <param name="host">Its ceremonies; from now on its owner is this.</param>
    /// <param name="every">How often it looks for what is left open.</param>
    /// <param name="time">The node's clock.</param>
    internal NodeCeremonies(CeremonyHost host, TimeSpan every, TimeProvider time)
    {
        (Host, Desk, this.time) = (host, new(host), time);
        resuming = Task.Run(() => ResumeAsync(every));
    }

    internal CeremonyHost Host { get; }

    internal CeremonyDesk Desk { get; }

    async Task ResumeAsync(TimeSpan every)
    {
        using var timer = new PeriodicTimer(every, time);
        try
        {
            do
            {
                try
                {
                    await Host.ResumeAsync(closing.Token).ConfigureAwait(false);
                }
                catch (Exception problem) when (problem is JournalUnavailableException or VaultException or IOException or InvalidOperationException or FormatException)
                {
                    // A disk that is full, a vault that failed: what is open stays so until another time, or the next start.
                }
            }
            while (await timer.WaitForNextTickAsync(closing.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The node is closing.
        }
    }

    /// <summary>Gives up what runs, and waits for it. What has been attested stays so.</summary>
    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync().ConfigureAwait(false);
        await resuming.ConfigureAwait(false);
        await Desk.DisposeAsync().ConfigureAwait(false);
        await Host.DisposeAsync().ConfigureAwait(false);
        closing.Dispose();
    }
}
