using Quorate.Journal.Chain;
using Quorate.Journal.Storage;

namespace Quorate.Journal.Writing;

/// <summary>
/// What becomes of a batch of appends, decided against the state of the journal: pure, so that it can be decided again
/// when the database lost the first attempt. One append's conflict does not touch the others of the batch.
/// </summary>
sealed class CommitPlan
{
    readonly List<RecordedEvent> events = [];
    readonly List<StoredSnapshot> snapshots = [];
    readonly List<(AppendRequest Request, IReadOnlyList<AppendResult>? Results, Exception? Failure)> outcomes = [];

    CommitPlan(Head head) => Head = head;

    /// <summary>The journal's head when the plan has been written.</summary>
    internal Head Head { get; private set; }

    /// <summary>The rows.</summary>
    internal WritePlan Rows => new(events, snapshots);

    /// <summary>Plans the requests in their order.</summary>
    /// <param name="journal">The journal's id.</param>
    /// <param name="state">Its end, and the versions of the requests' streams.</param>
    /// <param name="requests">The batch.</param>
    /// <param name="microseconds">The time to record.</param>
    internal static CommitPlan Make(Guid journal, JournalState state, IReadOnlyList<AppendRequest> requests, long microseconds)
    {
        var plan = new CommitPlan(new(journal, state.Position, state.Hash ?? HashChain.Genesis(journal)));
        var versions = new Dictionary<string, long>(state.Versions, StringComparer.Ordinal);
        foreach (var request in requests)
            plan.Take(request, versions, microseconds);
        return plan;
    }

    /// <summary>Tells everybody, once the rows are on disk.</summary>
    internal void Complete()
    {
        foreach (var (request, results, failure) in outcomes)
        {
            if (failure is not null)
                request.Fail(failure);
            else
                request.Complete(results!);
        }
    }

    void Take(AppendRequest request, Dictionary<string, long> versions, long microseconds)
    {
        foreach (var part in request.Parts)
        {
            var actual = versions.GetValueOrDefault(part.Stream);
            if (part.ExpectedVersion != EventStore.AnyVersion && part.ExpectedVersion != actual)
            {
                outcomes.Add((request, null, new VersionConflictException(part.Stream, part.ExpectedVersion, actual)));
                return;
            }
        }
        if (request.Snapshot is { } snapshot)
        {
            var actual = versions.GetValueOrDefault(snapshot.Stream);
            if (snapshot.Version > actual)
            {
                outcomes.Add((request, null, new VersionConflictException(snapshot.Stream, snapshot.Version, actual)));
                return;
            }
            snapshots.Add(new(snapshot.Stream, snapshot.Version, snapshot.Type, snapshot.SchemaVersion, Head.Position + 1, snapshot.State.ToArray()));
        }

        var results = new AppendResult[request.Parts.Count];
        for (var i = 0; i < results.Length; i++)
        {
            var (stream, version, first) = (request.Parts[i].Stream, versions.GetValueOrDefault(request.Parts[i].Stream), Head.Position + 1);
            foreach (var next in request.Parts[i].Events)
                events.Add(Chained(stream, ++version, next, microseconds));
            versions[stream] = version;
            results[i] = new(stream, version, first, Head);
        }
        outcomes.Add((request, results, null));
    }

    RecordedEvent Chained(string stream, long version, NewEvent next, long microseconds)
    {
        var position = Head.Position + 1;
        RecordedEvent Recorded(ChainHash hash) => new()
        {
            Position = position, Stream = stream, Version = version, Id = next.Id, Type = next.Type,
            SchemaVersion = next.SchemaVersion, RecordedMicroseconds = microseconds, Payload = next.Payload, Hash = hash,
        };
        var hash = HashChain.Link(Head.Hash, position, HashChain.Digest(Recorded(default)));
        Head = Head with { Position = position, Hash = hash };
        return Recorded(hash);
    }
}
