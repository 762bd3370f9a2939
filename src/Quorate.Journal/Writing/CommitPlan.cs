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
    readonly List<(AppendRequest Request, AppendResult? Result, Exception? Failure)> outcomes = [];

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
        foreach (var (request, result, failure) in outcomes)
        {
            if (failure is not null)
                request.Fail(failure);
            else
                request.Complete(result!);
        }
    }

    void Take(AppendRequest request, Dictionary<string, long> versions, long microseconds)
    {
        var version = versions.GetValueOrDefault(request.Stream);
        if (request.ExpectedVersion != EventStore.AnyVersion && request.ExpectedVersion != version)
        {
            outcomes.Add((request, null, new VersionConflictException(request.Stream, request.ExpectedVersion, version)));
            return;
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

        var first = Head.Position + 1;
        foreach (var next in request.Events)
            events.Add(Chained(request.Stream, ++version, next, microseconds));
        versions[request.Stream] = version;
        outcomes.Add((request, new(request.Stream, version, first, Head), null));
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
