using System.Runtime.CompilerServices;
using Quorate.Journal;
using Quorate.Server.Deciding;

namespace Quorate.Server.Events;

/// <summary>
/// Public events as they come. A reader has a page in hand and no more: what it has not taken is in the database. It is
/// woken as soon as this process has applied something to the read model, and looks by itself for what another has.
/// </summary>
/// <param name="journal">The journal, whose head no token is beyond.</param>
/// <param name="query">The read model.</param>
/// <param name="time">The clock for what is not woken.</param>
sealed class EventFeed(EventStore journal, EventQuery query, TimeProvider time)
{
    /// <summary>Events in hand at once.</summary>
    const int PageSize = 100;

    /// <summary>How long a reader rests that nobody wakes.</summary>
    static readonly TimeSpan rest = TimeSpan.FromMilliseconds(250);

    TaskCompletionSource moved = NewSignal();

    /// <summary>Events, and the position up to which they are all there are of the filter.</summary>
    internal sealed record Batch(IReadOnlyList<PublicEvent> Events, long UpTo);

    /// <summary>The read model has moved.</summary>
    internal void Wake() => Interlocked.Exchange(ref moved, NewSignal()).TrySetResult();

    /// <summary>Where a reader without a token begins: behind what there is now.</summary>
    internal async Task<ResumeToken> NowAsync(CancellationToken cancellation) =>
        await query.LastAsync(cancellation).ConfigureAwait(false) is { } last ? ResumeToken.Behind(last) : ResumeToken.Beginning;

    /// <summary>Where a reader begins that wants what has happened since a time.</summary>
    internal async Task<ResumeToken> SinceAsync(DateTimeOffset since, CancellationToken cancellation) =>
        await query.FindAsync(await query.BeforeAsync(since, cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false) is { } before
            ? ResumeToken.Behind(before) : ResumeToken.Beginning;

    /// <summary>Reads a token, and compares it with this journal.</summary>
    internal async Task<(ResumeToken Token, Refusal? Refusal)> ResumeAsync(string text, CancellationToken cancellation)
    {
        if (!ResumeToken.TryParse(text, out var token))
            return (default, new("invalid_resume_token", "That is no token of an event."));
        if (token == ResumeToken.Beginning)
            return (token, null);
        while (true)
        {
            var signal = Volatile.Read(ref moved).Task;
            if (token.Position > (await journal.HeadAsync(cancellation).ConfigureAwait(false)).Position)
                return (default, new("resume_token_ahead", "The token is of an event that has not happened: of another server's database, or of this one before it was restored."));
            if (await query.FindAsync(token.Position, cancellation).ConfigureAwait(false) is { } last)
                return ResumeToken.Behind(last) == token ? (token, null) : (default, Foreign);
            if (await query.HeadAsync(cancellation).ConfigureAwait(false) >= token.Position)
                return (default, Foreign);
            // The event has happened, and this server's read model has not come to it: it was just begun, or is made anew.
            await RestAsync(signal, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Events behind a position, for ever, in batches; empty ones where the journal has moved and nothing of the filter happened.</summary>
    /// <param name="after">The position.</param>
    /// <param name="filter">Which events; its times are left to <see cref="SinceAsync"/>.</param>
    /// <param name="cancellation">Ends it, as the only thing that does.</param>
    internal async IAsyncEnumerable<Batch> FollowAsync(long after, EventFilter filter, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            // Taken before looking, so that nothing comes between the look and the rest.
            var signal = Volatile.Read(ref moved).Task;
            var head = await query.HeadAsync(cancellation).ConfigureAwait(false);
            if (head <= after)
            {
                await RestAsync(signal, cancellation).ConfigureAwait(false);
                continue;
            }
            var events = await query.ReadAsync(filter, after, head, PageSize, cancellation).ConfigureAwait(false);
            after = events.Count == PageSize ? events[^1].Position : head;
            yield return new(events, after);
        }
    }

    async Task RestAsync(Task signal, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAny(signal, Task.Delay(rest, time, over.Token)).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
    }

    static Refusal Foreign => new("resume_token_foreign", "The token is of an event of another history than this server's.");

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
