using Quorate.Chains;
using Quorate.Journal;
using Quorate.Node.Telemetry;
using Quorate.Policies;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Gate;

/// <summary>
/// The only way to a share: it judges requests by the release rule (docs/spec/release.md) and records what it answers before
/// it answers. Thread-safe.
/// </summary>
sealed class ReleaseGate(NodeJournal journal, IReadOnlyDictionary<ChainId, ChainJudge> judges, TimeProvider time)
{
    /// <summary>Rules on a request. A permit is on disk when this returns.</summary>
    /// <exception cref="JournalUnavailableException">The record could not be made; then nothing was permitted.</exception>
    internal async Task<Ruling> RuleAsync(SigningRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        var stream = NodeJournal.StreamOf(request.Intent.RequestId);
        if (request.Original is not { } original)
        {
            using var alone = await journal.TakeStreamAsync(stream, cancellation).ConfigureAwait(false);
            return await RuleAloneAsync(request, stream, null, cancellation).ConfigureAwait(false);
        }
        var approved = NodeJournal.StreamOf(original.Intent.RequestId);
        if (approved == stream)
            return new Ruling.Refused(Refusal.NotAReplacement, "A replacement is a request of its own.");
        if (Judgement.WhyNotOriginal(request) is { } other)
            return other;
        // In the order of their names, whichever replaces which: so nobody waits for somebody who waits for him.
        var isFirst = string.CompareOrdinal(approved, stream) < 0;
        using var first = await journal.TakeStreamAsync(isFirst ? approved : stream, cancellation).ConfigureAwait(false);
        using var second = await journal.TakeStreamAsync(isFirst ? stream : approved, cancellation).ConfigureAwait(false);
        // A node of another quorum may not have seen what was approved: it judges that first, as if it were asked for.
        var ruling = await RuleAloneAsync(request.Approved, approved, null, cancellation).ConfigureAwait(false);
        return ruling is Ruling.Refused ? ruling : await RuleAloneAsync(request, stream, approved, cancellation).ConfigureAwait(false);
    }

    async Task<Ruling> RuleAloneAsync(SigningRequest request, string stream, string? approvedStream, CancellationToken cancellation)
    {
        using var trace = NodeTelemetry.BeginGate("judge", request.Intent.RequestId);
        var (before, version) = await ReadAsync(request.Intent, cancellation).ConfigureAwait(false);
        var approved = approvedStream is null ? default : await ReadAsync(request.Original!.Intent, cancellation).ConfigureAwait(false);
        Ruling ruling;
        List<Task> written = [];
        using (var turn = await journal.TakeTurnAsync(cancellation).ConfigureAwait(false))
        {
            await ReleaseExpiredAsync(turn, cancellation).ConfigureAwait(false);
            (ruling, var record) = Judgement.Rule(journal.State, request, before, judges, time.GetUtcNow(), approved.State);
            if (record is NodeEvent.SigningAllowed { At: var at } && approvedStream is not null)
                written.Add(turn.Enqueue(approvedStream, approved.Version, new NodeEvent.ReplacementAllowed(
                    at, request.Original!.Intent.Hash.ToString(), request.Intent.Hash.ToString())));
            if (record is not null)
                written.Add(turn.Enqueue(stream, version, record));
        }
        await Task.WhenAll(written).ConfigureAwait(false);
        NodeTelemetry.Ruled(trace, "judge", (ruling as Ruling.Refused)?.Reason);
        return ruling;
    }

    /// <summary>
    /// Asks once more whether a share may be lent, for one session on one input, and records that it is about to be: from
    /// here on a signature may exist, and what it costs is spent.
    /// </summary>
    /// <param name="permit">What <see cref="RuleAsync"/> gave.</param>
    /// <param name="input">Which of its inputs.</param>
    /// <param name="session">The session's id, which all parties have contributed to and no other session has.</param>
    /// <param name="quorum">Who takes part.</param>
    /// <param name="cancellation">Gives up before it is recorded.</param>
    /// <returns>Null where the share may be lent now.</returns>
    /// <exception cref="ArgumentException">The permit has no such input, or is not this node's.</exception>
    internal async Task<Ruling.Refused?> OpenSessionAsync(
        Ruling.Permit permit, int input, SessionId session, PartySet quorum, CancellationToken cancellation)
    {
        var intent = permit.Intent;
        if (!permit.Inputs.Any(i => i.Index == input))
            throw new ArgumentException($"{intent} has no input {input}.", nameof(input));
        var stream = NodeJournal.StreamOf(intent.RequestId);
        using var trace = NodeTelemetry.BeginGate("lend", intent.RequestId);
        using var alone = await journal.TakeStreamAsync(stream, cancellation).ConfigureAwait(false);
        var (request, version) = await ReadAsync(intent, cancellation).ConfigureAwait(false);
        Ruling.Refused? refused;
        var written = Task.CompletedTask;
        using (var turn = await journal.TakeTurnAsync(cancellation).ConfigureAwait(false))
        {
            (refused, var record) = Judgement.Lend(journal.State, request, intent, new(input, session, quorum), time.GetUtcNow());
            if (record is not null)
                written = turn.Enqueue(stream, version, record);
        }
        await written.ConfigureAwait(false);
        NodeTelemetry.Ruled(trace, "lend", refused?.Reason);
        return refused;
    }

    /// <summary>Records how a session ended.</summary>
    /// <param name="permit">What was signed, or was to be.</param>
    /// <param name="input">Which of its inputs.</param>
    /// <param name="session">The session.</param>
    /// <param name="signature">The signature; null where there is none.</param>
    /// <param name="fault">What went wrong, in words; null where nothing did.</param>
    /// <param name="cancellation">Gives up.</param>
    internal async Task EndSessionAsync(
        Ruling.Permit permit, int input, SessionId session, ReadOnlyMemory<byte>? signature, string? fault, CancellationToken cancellation)
    {
        var intent = permit.Intent;
        var stream = NodeJournal.StreamOf(intent.RequestId);
        using var alone = await journal.TakeStreamAsync(stream, cancellation).ConfigureAwait(false);
        Task written;
        using (var turn = await journal.TakeTurnAsync(cancellation).ConfigureAwait(false))
            written = turn.Enqueue(stream, EventStore.AnyVersion, new NodeEvent.SessionEnded(
                journal.State.TimeToRecord(time.GetUtcNow()), intent.Hash.ToString(), input, session.ToString(), signature?.ToArray(), fault));
        await written.ConfigureAwait(false);
    }

    /// <summary>What the node has pinned and counted, as it is now.</summary>
    internal NodeState State => journal.State;

    /// <summary>What is recorded of an intent's request.</summary>
    internal Task<(RequestState State, long Version)> ReadAsync(Intent intent, CancellationToken cancellation) =>
        journal.FoldAsync(NodeJournal.StreamOf(intent.RequestId), RequestState.Unknown, (state, happened) => state.Evolve(happened), cancellation);

    // What was allowed and has expired without a session will never have one, and its charges are free.
    async Task ReleaseExpiredAsync(NodeJournal.Turn turn, CancellationToken cancellation)
    {
        if (journal.State.Now(time.GetUtcNow()) is not { } now)
            return;
        foreach (var (hash, pending) in journal.State.Pending.Where(pair => now >= pair.Value.ExpiresAt).ToArray())
            await turn.AppendAsync(NodeJournal.StreamOf(pending.Request), EventStore.AnyVersion,
                new NodeEvent.SigningReleased(now.ToUnixTimeSeconds(), hash, "expired"), cancellation).ConfigureAwait(false);
    }
}
