using Quorate.Journal;
using Quorate.Server.Ids;

namespace Quorate.Server.Events;

/// <summary>
/// Tells those who wait for a resource that its stream has moved, whoever has moved it: one follower of the journal for all
/// who wait. Waiting costs an entry in a table.
/// </summary>
sealed class ChangeWatch(EventStore journal, TimeProvider time)
{
    readonly Lock gate = new();
    readonly Dictionary<string, TaskCompletionSource> waiting = new(StringComparer.Ordinal);

    /// <summary>Waits until a resource's version is above what was seen; at most so long.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="afterVersion">The version seen; 0 for what may not exist yet.</param>
    /// <param name="timeout">How long at most.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The version now: above <paramref name="afterVersion"/>, or that where nothing has come in time.</returns>
    internal async Task<long> WaitForAsync(ResourceId resource, long afterVersion, TimeSpan timeout, CancellationToken cancellation)
    {
        var stream = ResourceStreams.Of(resource);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var delay = Task.Delay(timeout, time, over.Token);
        while (true)
        {
            // First in the table, then a look: what comes after the look finds the entry.
            var change = Enter(stream);
            var version = afterVersion;
            await foreach (var recorded in journal.ReadStreamAsync(stream, afterVersion, cancellation).ConfigureAwait(false))
                version = recorded.Version;
            if (version > afterVersion || delay.IsCompleted)
            {
                await over.CancelAsync().ConfigureAwait(false);
                cancellation.ThrowIfCancellationRequested();
                return version;
            }
            await Task.WhenAny(change, delay).ConfigureAwait(false);
        }
    }

    /// <summary>Follows the journal until cancelled. Who waits meanwhile without it is told when it begins.</summary>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        var head = await journal.HeadAsync(cancellation).ConfigureAwait(false);
        Release(null);
        await foreach (var page in journal.FollowAsync(head, cancellation).ConfigureAwait(false))
            foreach (var stream in page.Events.Select(e => e.Stream).Distinct(StringComparer.Ordinal))
                Release(stream);
    }

    Task Enter(string stream)
    {
        lock (gate)
        {
            if (!waiting.TryGetValue(stream, out var change))
                waiting.Add(stream, change = new(TaskCreationOptions.RunContinuationsAsynchronously));
            return change.Task;
        }
    }

    void Release(string? stream)
    {
        lock (gate)
        {
            foreach (var name in stream is null ? [.. waiting.Keys] : (string[])[stream])
                if (waiting.Remove(name, out var change))
                    change.SetResult();
        }
    }
}
