using System.Collections.Concurrent;
using Quorate.Journal;
using Quorate.Journal.Events;

namespace Quorate.Server.Lanes;

/// <summary>
/// Lanes of one kind over their streams: reads what is new, asks the decider, appends with the version that was seen, and
/// asks again where another server was quicker. So two servers never decide on the same state.
/// </summary>
/// <param name="log">The journal.</param>
/// <param name="catalog">The lanes' events.</param>
/// <param name="initial">A lane in which nothing has happened.</param>
/// <param name="evolve">A lane after an event.</param>
/// <param name="reserved">How many reservations stand in a lane, for <see cref="LaneMetrics"/>; null for what is not measured.</param>
/// <param name="known">Lanes whose log the beginning of this one is, with what they have in memory; null where there are none.</param>
sealed class LaneStreams<TState, TEvent>(
    IEventLog log, EventCatalog<TEvent> catalog, TState initial, Func<TState, TEvent, TState> evolve, Func<TState, int>? reserved = null,
    LaneStreams<TState, TEvent>? known = null)
    where TState : class
    where TEvent : class
{
    /// <summary>How often another server may be quicker in a row: with a few servers more is a fault, and an answer better than waiting.</summary>
    const int MaxTries = 32;

    /// <summary>Lanes whose state stays in memory; what is not there is read from its beginning.</summary>
    const int MaxKept = 4_096;

    sealed record Folded(TState State, long Version);

    readonly ConcurrentDictionary<string, Folded> kept = new(StringComparer.Ordinal);

    /// <summary>The same lanes over another log that begins with what is in this one; what is known here need not be read there.</summary>
    internal LaneStreams<TState, TEvent> Over(IEventLog other) => new(other, catalog, initial, evolve, known: this);

    /// <summary>A lane as it stands in the journal.</summary>
    internal async Task<TState> ReadAsync(string stream, CancellationToken cancellation) =>
        (await CatchUpAsync(stream, cancellation).ConfigureAwait(false)).State;

    /// <summary>Has a lane decide, and its events appended.</summary>
    /// <returns>The lane afterwards, and why nothing was done where it refuses.</returns>
    internal Task<(TState State, LaneRefusal? Refusal)> DecideAsync(string stream, Func<TState, LaneDecision<TEvent>> decide, CancellationToken cancellation) =>
        DecideAsync(stream, (state, _) => decide(state), cancellation);

    /// <summary>The same, where the decision is about a version, too.</summary>
    internal async Task<(TState State, LaneRefusal? Refusal)> DecideAsync(
        string stream, Func<TState, long, LaneDecision<TEvent>> decide, CancellationToken cancellation)
    {
        for (var tries = 0; tries < MaxTries; tries++)
        {
            var at = await CatchUpAsync(stream, cancellation).ConfigureAwait(false);
            var decision = decide(at.State, at.Version);
            if (decision.Refusal is { } refusal && reserved is not null)
                LaneMetrics.Refused(stream, refusal);
            if (decision.Refusal is not null || decision.Events.IsEmpty)
                return (at.State, decision.Refusal);
            try
            {
                var version = await log.AppendAsync(stream, at.Version, [.. decision.Events.Select(e => catalog.Encode(e))], cancellation).ConfigureAwait(false);
                var next = new Folded(decision.Events.Aggregate(at.State, evolve), version);
                Keep(stream, next);
                return (next.State, null);
            }
            catch (VersionConflictException)
            {
            }
        }
        return (kept.TryGetValue(stream, out var last) ? last.State : initial, LaneRefusal.Busy);
    }

    async Task<Folded> CatchUpAsync(string stream, CancellationToken cancellation)
    {
        var at = kept.GetValueOrDefault(stream) ?? known?.kept.GetValueOrDefault(stream) ?? new(initial, 0);
        var news = await log.ReadAsync(stream, at.Version, cancellation).ConfigureAwait(false);
        if (news.Count == 0)
            return at;
        at = news.Aggregate(at, (folded, recorded) => new(evolve(folded.State, catalog.Decode(recorded)), recorded.Version));
        Keep(stream, at);
        return at;
    }

    void Keep(string stream, Folded folded)
    {
        if (kept.Count >= MaxKept)
            kept.Clear();
        var latest = kept.AddOrUpdate(stream, folded, (_, other) => other.Version > folded.Version ? other : folded);
        if (reserved is not null)
            LaneMetrics.Seen(stream, reserved(latest.State));
    }
}
