using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using Quorate.Cryptography.Secrets;
using Quorate.Journal;
using Quorate.Server.Api;
using Quorate.Server.Store;

namespace Quorate.Server.Webhooks;

/// <summary>
/// One server's deliveries: claims lanes that are due, endpoint by endpoint, and tries what is pending in each in its order.
/// An endpoint has its own bound, so one that is slow or dead keeps nobody waiting but itself.
/// </summary>
/// <param name="store">Events and endpoints.</param>
/// <param name="queue">What is due.</param>
/// <param name="sender">Sends.</param>
/// <param name="secret">Signs.</param>
/// <param name="server">This server's name in the queue.</param>
/// <param name="options">How much, how often, how long.</param>
/// <param name="random">For the waits.</param>
/// <param name="time">The clock.</param>
/// <param name="report">Told what has failed beside the tries themselves; null to tell nobody.</param>
sealed class WebhookDispatch(
    ServerStore store, DeliveryQueue queue, WebhookSender sender, WebhookSecret secret, string server, WebhookOptions options, IRandom random, TimeProvider time,
    Action<string, Exception>? report = null)
{
    /// <summary>Deliveries of one lane that are looked at together.</summary>
    const int LanePage = 16;

    /// <summary>How long a lane waits whose endpoint is paused, or whose event cannot be read yet.</summary>
    static readonly TimeSpan notNow = TimeSpan.FromSeconds(5);

    /// <summary>How long a lane waits that this server has no key for: another server may have it, or somebody rolls the key.</summary>
    static readonly TimeSpan noKey = TimeSpan.FromMinutes(1);

    readonly Lock gate = new();
    readonly Dictionary<string, EndpointGate> gates = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<Task, byte> running = new();
    volatile TaskCompletionSource woken = NewSignal();

    /// <summary>Something may be due. Cheap, and never needed.</summary>
    internal void Wake() => woken.TrySetResult();

    /// <summary>Works until cancelled. What is under way then is interrupted and given back.</summary>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (!cancellation.IsCancellationRequested)
            {
                // Before the question: what comes after it wakes the next.
                if (woken.Task.IsCompleted)
                    woken = NewSignal();
                await BeginDueAsync(cancellation).ConfigureAwait(false);
                using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                await Task.WhenAny(woken.Task, Task.Delay(options.PollEvery, time, over.Token)).ConfigureAwait(false);
                await over.CancelAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            await Task.WhenAll(running.Keys).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Claims what is due and tries it, until all of that is done for now; how many lanes.</summary>
    internal async Task<int> RunOnceAsync(CancellationToken cancellation)
    {
        var claimed = await BeginDueAsync(cancellation).ConfigureAwait(false);
        await Task.WhenAll(running.Keys).ConfigureAwait(false);
        return claimed;
    }

    async Task<int> BeginDueAsync(CancellationToken cancellation)
    {
        var count = 0;
        foreach (var (webhook, failingSince) in await queue.DueAsync(time.GetUtcNow(), cancellation).ConfigureAwait(false))
        {
            var free = Free(webhook);
            if (free <= 0)
                continue;
            var lanes = await queue.ClaimAsync(webhook, server, time.GetUtcNow(), options.Lease, free, cancellation).ConfigureAwait(false);
            count += lanes.Count;
            foreach (var resource in lanes)
            {
                lock (gate)
                    gates[webhook].Busy++;
                var work = Task.Run(() => WorkAsync(webhook, resource, failingSince, cancellation), CancellationToken.None);
                running.TryAdd(work, 0);
                _ = work.ContinueWith(done => running.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }
        return count;
    }

    // One lane. It is given back whatever happens, and a database that is away leaves it to the end of its lease.
    async Task WorkAsync(string webhook, string resource, DateTimeOffset? failingSince, CancellationToken cancellation)
    {
        try
        {
            var due = await AdvanceAsync(webhook, resource, failingSince, cancellation).ConfigureAwait(false);
            if (due is { } at)
                await queue.ReturnAsync(webhook, resource, server, at, CancellationToken.None).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await ReturnNowAsync(webhook, resource).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is DbException or TimeoutException or IOException or JournalUnavailableException or JournalBusyException or JournalCorruptException)
        {
            report?.Invoke(webhook, problem);
        }
        finally
        {
            lock (gate)
                gates[webhook].Busy--;
            Wake();
        }
    }

    async Task ReturnNowAsync(string webhook, string resource)
    {
        try
        {
            await queue.ReturnAsync(webhook, resource, server, time.GetUtcNow(), CancellationToken.None).ConfigureAwait(false);
        }
        catch (DbException problem)
        {
            report?.Invoke(webhook, problem);
        }
    }

    /// <summary>Tries what is pending in a lane; when it is due again, null where it was given back already.</summary>
    async Task<DateTimeOffset?> AdvanceAsync(string webhook, string resource, DateTimeOffset? failingSince, CancellationToken cancellation)
    {
        var begun = time.GetUtcNow();
        var (hook, _) = await store.Webhooks.ReadAsync(webhook, cancellation).ConfigureAwait(false);
        if (hook.IsPaused || hook.IsRemoved)
            return begun + notNow;
        var pending = await queue.PendingAsync(webhook, resource, LanePage, cancellation).ConfigureAwait(false);
        for (var i = 0; i < pending.Count; i++)
        {
            // A lease that is half over is given back, so that nobody else tries what this one is at.
            if (i > 0 && time.GetUtcNow() - begun > options.Lease / 2)
                return time.GetUtcNow();
            var isLast = i == pending.Count - 1 && pending.Count < LanePage;
            if (await store.Events.FindAsync(pending[i].Position, cancellation).ConfigureAwait(false) is not { } happened)
                return time.GetUtcNow() + notNow;
            var attempt = await sender.SendAsync(hook, secret, happened.Id.ToString(), EventMessages.Json(happened), cancellation).ConfigureAwait(false);
            if (attempt is null)
            {
                report?.Invoke(webhook, new InvalidOperationException($"This server's webhook secret is not the one that {webhook} has its keys from; roll its key."));
                return time.GetUtcNow() + noKey;
            }
            var wait = attempt.IsDelivered ? null : RetrySchedule.After(pending[i].Tries + 1, attempt, options, random);
            var state = attempt.IsDelivered ? DeliveryState.Delivered : wait is null ? DeliveryState.GivenUp : DeliveryState.Pending;
            await queue.RecordAsync(webhook, pending[i], attempt, state, server, isLast && state != DeliveryState.Pending ? resource : null, CancellationToken.None).ConfigureAwait(false);
            var mayGoOn = Note(webhook, attempt.IsDelivered);
            await PauseAsync(webhook, attempt, failingSince, cancellation).ConfigureAwait(false);
            if (state == DeliveryState.Pending)
                return attempt.At + attempt.Latency + wait!.Value;
            if (isLast)
                return null;
            if (!mayGoOn)
                return time.GetUtcNow();
        }
        if (pending.Count > 0)
            return time.GetUtcNow();
        await queue.CompleteAsync(webhook, resource, server, CancellationToken.None).ConfigureAwait(false);
        return null;
    }

    // Visibly, in the journal: what is pending stays so until somebody lets it go on.
    async Task PauseAsync(string webhook, Attempt attempt, DateTimeOffset? failingSince, CancellationToken cancellation)
    {
        var reason = attempt.IsGone ? "The endpoint answered 410 Gone."
            : !attempt.IsDelivered && failingSince is { } since && attempt.At - since >= options.PausedAfter
                ? string.Create(CultureInfo.InvariantCulture, $"It has taken nothing since {since:yyyy-MM-dd HH:mm} UTC: {attempt.Error}{(attempt.Status is { } status ? $" {status}" : "")}.")
                : null;
        if (reason is not null)
            await store.Webhooks.DoAsync(webhook, new WebhookCommand.Pause(time.GetUtcNow(), true, reason), cancellation: cancellation).ConfigureAwait(false);
    }

    int Free(string webhook)
    {
        lock (gate)
        {
            if (!gates.TryGetValue(webhook, out var own))
                gates.Add(webhook, own = new(options));
            return own.Free(time.GetUtcNow());
        }
    }

    bool Note(string webhook, bool isDelivered)
    {
        lock (gate)
            return gates[webhook].Note(isDelivered, time.GetUtcNow());
    }

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
