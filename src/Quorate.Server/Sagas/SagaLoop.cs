using System.Collections.Concurrent;
using System.Data.Common;
using Quorate.Chains;
using Quorate.Journal;
using Quorate.Server.Ids;
using Quorate.Server.Telemetry;

namespace Quorate.Server.Sagas;

/// <summary>
/// One server's work on transfers: claims what is due, works on some at a time, gives back what is done for now. What fails,
/// of a transfer or of the queue, is tried again later and longer with every time; nothing but a cancellation ends it.
/// </summary>
/// <param name="runner">Takes one transfer as far as it goes.</param>
/// <param name="tidying">Puts lanes in order.</param>
/// <param name="queue">Which transfers want to be looked at.</param>
/// <param name="server">This server's name in the queue.</param>
/// <param name="options">How long things may take.</param>
/// <param name="time">The clock.</param>
/// <param name="report">Told what has failed, with the transfer it was about, or null; null to tell nobody.</param>
sealed class SagaLoop(
    SagaRunner runner, LaneTidying tidying, IWorkQueue queue, string server, SagaOptions options, TimeProvider time, Action<string?, Exception>? report = null)
{
    readonly ConcurrentDictionary<string, int> failures = new(StringComparer.Ordinal);
    volatile TaskCompletionSource woken = NewSignal();

    /// <summary>Transfers that have failed here five times in a row or more.</summary>
    internal int Failing => failures.Count(f => f.Value >= 5);

    /// <summary>Something may be due: to be called where the projection of work has moved. Cheap, and never needed.</summary>
    internal void Wake() => woken.TrySetResult();

    /// <summary>
    /// Works until cancelled. Then nothing more is claimed; what is under way has <see cref="SagaOptions.StopWithin"/> to come
    /// to where it can be left, and is interrupted after that, and all of it is given back. Returns, and does not throw.
    /// </summary>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        using var interrupt = new CancellationTokenSource();
        using var stop = cancellation.UnsafeRegister(_ => interrupt.CancelAfter(options.StopWithin), null);
        var running = new HashSet<Task>();
        var tidy = Task.CompletedTask;
        var nextTidy = time.GetUtcNow() + options.TidyEvery;
        var idle = 0;
        while (!cancellation.IsCancellationRequested)
        {
            // Before the question: what happens after it wakes the next.
            if (woken.Task.IsCompleted)
                woken = NewSignal();
            running.RemoveWhere(t => t.IsCompleted);
            var free = options.MaxClaimed - running.Count;
            var claimed = free > 0 ? await ClaimAsync(free, cancellation).ConfigureAwait(false) : [];
            foreach (var item in claimed ?? [])
                running.Add(Task.Run(() => WorkAsync(item, interrupt.Token), CancellationToken.None));
            if (tidy.IsCompleted && time.GetUtcNow() >= nextTidy)
            {
                tidy = Task.Run(() => TidyAsync(interrupt.Token), CancellationToken.None);
                nextTidy = time.GetUtcNow() + options.TidyEvery;
            }
            // A queue that fails is asked less often. One that gave all there was room for may have more as soon as there is room.
            idle = claimed is null ? Math.Min(idle + 1, 30) : 0;
            if (claimed is null || claimed.Count < free || free == 0)
                await PauseAsync(idle > 0 ? BackOff(idle) : options.PollEvery, free == 0 ? running : [], cancellation).ConfigureAwait(false);
        }
        await Task.WhenAll([.. running, tidy]).ConfigureAwait(false);
    }

    /// <summary>Claims what is due and works on it, each by itself, until all of it is done for now.</summary>
    /// <returns>How many were claimed.</returns>
    internal async Task<int> RunOnceAsync(CancellationToken cancellation)
    {
        var claimed = await ClaimAsync(options.MaxClaimed, cancellation).ConfigureAwait(false) ?? [];
        await Task.WhenAll(claimed.Select(item => WorkAsync(item, cancellation))).ConfigureAwait(false);
        return claimed.Count;
    }

    /// <summary>Takes one transfer as far as it goes, and gives it back. Throws nothing: what fails is due again later.</summary>
    async Task WorkAsync(string item, CancellationToken interrupt)
    {
        DateTimeOffset? due;
        string? fullLane = null;
        try
        {
            due = await runner.AdvanceAsync(ResourceId.Parse(item), interrupt).ConfigureAwait(false);
            failures.TryRemove(item, out _);
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            due = time.GetUtcNow();
        }
        catch (StepFailedException waiting) when (waiting.FullLane is not null)
        {
            // Nothing has failed: it is not its turn.
            failures.TryRemove(item, out _);
            (due, fullLane) = (time.GetUtcNow() + options.PlaceEvery, waiting.FullLane);
        }
        catch (Exception e)
        {
            // The chain's node or the database is away: whatever was done stands, the rest is tried again. What nobody has
            // thought of happens to one transfer, and the others go on.
            ServerTelemetry.Retried(IsExpected(e));
            if (!IsExpected(e))
                report?.Invoke(item, e);
            due = time.GetUtcNow() + BackOff(failures.AddOrUpdate(item, 1, (_, n) => Math.Min(n + 1, 30)));
        }
        try
        {
            // Not given up with the work: who stops gives back what he has.
            if (due is { } at)
                await queue.ReturnAsync(item, server, at, fullLane, CancellationToken.None).ConfigureAwait(false);
            else
                await queue.CompleteAsync(item, server, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (IsOfDatabase(e))
        {
            // The lease ends by itself, and whoever claims it then finds it as it stands.
            report?.Invoke(item, e);
        }
    }

    async Task<IReadOnlyList<string>?> ClaimAsync(int limit, CancellationToken cancellation)
    {
        try
        {
            return await queue.ClaimAsync(server, time.GetUtcNow(), options.Lease, limit, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return [];
        }
        catch (Exception e) when (IsOfDatabase(e))
        {
            report?.Invoke(null, e);
            return null;
        }
    }

    async Task TidyAsync(CancellationToken interrupt)
    {
        try
        {
            await tidying.TidyAsync(interrupt).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            // The next time.
            report?.Invoke(null, e);
        }
    }

    // Until something is woken, a place is free, or so long.
    async Task PauseAsync(TimeSpan most, IEnumerable<Task> running, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAny([woken.Task, Task.Delay(most, time, over.Token), .. running]).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
    }

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    TimeSpan BackOff(int count)
    {
        var wait = options.FirstRetry * Math.Pow(2, count - 1);
        return wait < options.LastRetry ? wait : options.LastRetry;
    }

    static bool IsExpected(Exception e) => e is StepFailedException or ChainException || IsOfDatabase(e);

    // SQLite that is busy, a connection to PostgreSQL that is lost, a pool that is empty, a journal that is neither.
    static bool IsOfDatabase(Exception e) => e is DbException or TimeoutException or IOException or JournalBusyException or JournalUnavailableException;
}
