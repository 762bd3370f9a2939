using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Quorate.Journal.Projections;
using Quorate.Server.Nodes;
using Quorate.Server.Sagas;
using Quorate.Server.Store;

namespace Quorate.Server.Telemetry;

/// <summary>
/// What a server shows of itself while this is there. What its database has to be asked for is asked from time to time, and
/// only while somebody listens; a scrape is answered with what was found last.
/// </summary>
sealed class ServerMeasures : IDisposable
{
    readonly Meter meter = new(ServerTelemetry.Name);
    readonly ServerStore store;
    readonly TimeProvider time;
    readonly ObservableGauge<long> depth;
    volatile Sample? last;

    /// <param name="Lags">How far each read model is behind.</param>
    /// <param name="Work">What waits in the queue.</param>
    sealed record Sample(ImmutableArray<(string Name, ProjectionLag Lag)> Lags, WorkDepth Work);

    internal ServerMeasures(ServerStore store, SagaLoop loop, NodeWatch nodes, TimeProvider time)
    {
        (this.store, this.time) = (store, time);
        IEnumerable<Measurement<T>> Lags<T>(Func<ProjectionLag, T> of) where T : struct =>
            last is { } sample ? sample.Lags.Select(l => new Measurement<T>(of(l.Lag), new KeyValuePair<string, object?>("projection", l.Name))) : [];
        IEnumerable<Measurement<T>> Work<T>(Func<WorkDepth, T> of) where T : struct => last is { } sample ? [new(of(sample.Work))] : [];
        meter.CreateObservableGauge("quorate.projection.lag.events", () => Lags(lag => lag.Events), null, "Events that a read model has not taken in yet.");
        meter.CreateObservableGauge("quorate.projection.lag.time", () => Lags(lag => lag.Time.TotalSeconds), "s", "Age of the oldest event that a read model has not taken in yet.");
        depth = meter.CreateObservableGauge("quorate.saga.queue.depth", () => Work(work => work.All), "{transfer}", "Transfers that are under way.");
        meter.CreateObservableGauge("quorate.saga.queue.due", () => Work(work => work.Due), "{transfer}", "Transfers that nobody has claimed and that could go on now.");
        meter.CreateObservableGauge("quorate.saga.queue.oldest.due.age", () => Work(work => work.OldestDue.TotalSeconds), "s", "How long the oldest of them has been due.");
        meter.CreateObservableGauge("quorate.saga.failing", () => loop.Failing, "{transfer}", "Transfers that have failed at this server five times in a row or more.");
        meter.CreateObservableGauge("quorate.nodes.answering", () => nodes.Latest.Count, "{node}", "Nodes that have answered the last question for their status.");
        meter.CreateObservableGauge("quorate.nodes.needed", () => nodes.Needed, "{node}", "Nodes that it takes to sign for the wallet that takes most.");
    }

    /// <summary>Asks the database, if anybody wants to know.</summary>
    internal async Task SampleAsync(CancellationToken cancellation)
    {
        if (depth.Enabled)
            last = new(await LagsAsync(store, cancellation).ConfigureAwait(false), await store.Work.DepthAsync(time.GetUtcNow(), cancellation).ConfigureAwait(false));
    }

    internal static async Task<ImmutableArray<(string Name, ProjectionLag Lag)>> LagsAsync(ServerStore store, CancellationToken cancellation)
    {
        var lags = ImmutableArray.CreateBuilder<(string, ProjectionLag)>();
        foreach (var projector in store.Projectors)
            lags.Add((projector.Name, await projector.LagAsync(cancellation).ConfigureAwait(false)));
        return lags.ToImmutable();
    }

    /// <summary>No more.</summary>
    public void Dispose() => meter.Dispose();
}
