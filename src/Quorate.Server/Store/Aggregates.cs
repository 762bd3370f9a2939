using Quorate.Journal;
using Quorate.Journal.Events;
using Quorate.Server.Deciding;

namespace Quorate.Server.Store;

/// <summary>What came of a command.</summary>
/// <param name="State">The state now.</param>
/// <param name="Version">Its version.</param>
/// <param name="Events">What happened; none where it was there already or refused.</param>
/// <param name="Refusal">Why not; null where accepted.</param>
sealed record Outcome<TState, TEvent>(TState State, long Version, IReadOnlyList<TEvent> Events, Refusal? Refusal)
{
    /// <summary>Whether it was carried out, now or before.</summary>
    internal bool IsAccepted => Refusal is null;
}

/// <summary>
/// Deciders over the journal: read, decide, append with the version that was read. Where somebody else was faster it is
/// read and decided anew, which is safe because nothing but the decision depends on it.
/// </summary>
sealed class Aggregates<TState, TCommand, TEvent>(EventStore store, Decider<TState, TCommand, TEvent> decider)
    where TEvent : class
{
    /// <summary>Tries before a command gives up: on a stream that so many write to, somebody else gets through each time.</summary>
    internal const int MaxTries = 16;

    readonly StreamFold<TState, TEvent> fold = new(store, decider.Catalog, decider.Initial, decider.Evolve);
    readonly StreamFold<string?, ClaimEvent> claims = new(store, ClaimEvent.Catalog, null, ClaimEvent.Evolve);

    /// <summary>The state of one of them now, and its version.</summary>
    internal Task<StreamFold<TState, TEvent>.Folded> ReadAsync(string id, CancellationToken cancellation = default) =>
        fold.ReadAsync(decider.StreamOf(id), cancellation);

    /// <summary>Carries a command out.</summary>
    /// <param name="id">Of what.</param>
    /// <param name="command">The command.</param>
    /// <param name="expectedVersion">The version the caller has seen, where it minds; otherwise null.</param>
    /// <param name="beside">
    /// Appends to other streams that belong to it, all or none: a place in a lane, an idempotency key. They are made for what will have been done.
    /// </param>
    /// <param name="cancellation">Takes it back while nothing is written.</param>
    /// <exception cref="VersionConflictException">A stream of <paramref name="beside"/> is at another version, or a stream changes all the time.</exception>
    /// <exception cref="JournalUnavailableException">As for an append.</exception>
    /// <exception cref="JournalBusyException">As for an append.</exception>
    internal async Task<Outcome<TState, TEvent>> DoAsync(
        string id, TCommand command, long? expectedVersion = null, Func<Outcome<TState, TEvent>, IReadOnlyList<StreamAppend>>? beside = null,
        CancellationToken cancellation = default)
    {
        var stream = decider.StreamOf(id);
        for (var tries = 1; ; tries++)
        {
            var (state, version) = await fold.ReadAsync(stream, cancellation).ConfigureAwait(false);
            if (expectedVersion is { } expected && expected != version)
                return new(state, version, [], Rules.VersionMismatch(version, expected));
            var decision = decider.Decide(state, command);
            if (decision.Refusal is not null || decision.Events.IsEmpty)
                return new(state, version, [], decision.Refusal);

            var (appends, taken) = await WithClaimsAsync(state, decision.Events, cancellation).ConfigureAwait(false);
            if (taken is not null)
                return new(state, version, [], taken);
            appends.Insert(0, new(stream, version, [.. decision.Events.Select(e => decider.Catalog.Encode(e))]));
            var done = new Outcome<TState, TEvent>(decision.Events.Aggregate(state, decider.Evolve), version + decision.Events.Length, decision.Events, null);
            appends.AddRange(beside?.Invoke(done) ?? []);
            try
            {
                await store.AppendAsync(appends, cancellation).ConfigureAwait(false);
                return done;
            }
            catch (VersionConflictException conflict) when (tries < MaxTries && IsOurs(conflict, stream))
            {
                // Decide anew on what is there now.
            }
        }
    }

    static bool IsOurs(VersionConflictException conflict, string stream) =>
        conflict.Stream == stream || conflict.Stream.StartsWith("claim/", StringComparison.Ordinal);

    async Task<(List<StreamAppend> Appends, Refusal? Taken)> WithClaimsAsync(TState state, IReadOnlyList<TEvent> events, CancellationToken cancellation)
    {
        var appends = new List<StreamAppend>();
        if (decider.Claims is null)
            return (appends, null);
        foreach (var happened in events)
        {
            foreach (var claim in decider.Claims(state, happened))
            {
                var (owner, version) = await claims.ReadAsync(claim.Stream, cancellation).ConfigureAwait(false);
                if (claim.IsReleased ? owner != claim.Owner : owner == claim.Owner)
                    continue;
                if (!claim.IsReleased && owner is not null)
                    return (appends, Rules.Taken(claim.Space, owner));
                ClaimEvent change = claim.IsReleased ? new ClaimEvent.ClaimReleased(claim.Owner) : new ClaimEvent.Claimed(claim.Space, claim.Key, claim.Owner);
                appends.Add(new(claim.Stream, version, [ClaimEvent.Catalog.Encode(change)]));
            }
        }
        return (appends, null);
    }
}
