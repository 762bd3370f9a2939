using Quorate.Server.Deciding;
using Quorate.Server.Ids;
using Quorate.Server.Lanes;
using Quorate.Server.Transfers;

namespace Quorate.Server.Sagas;

/// <summary>
/// Transfers that have been asked for, over their streams, read and decided as lanes are. Asked for they are elsewhere, in one
/// place: <see cref="Store.ServerStore.Transfers"/>, which takes external ids in the same commit.
/// </summary>
sealed class TransferBook(IEventLog log)
{
    readonly LaneStreams<TransferState, TransferEvent> streams = new(log, TransferEvent.Catalog, TransferState.None, TransferEvolution.Evolve);

    /// <summary>The stream of a transfer.</summary>
    internal static string Name(ResourceId id) => TransferStreams.Decider.StreamOf(id.ToString());

    /// <summary>A transfer as it stands.</summary>
    internal Task<TransferState> ReadAsync(ResourceId id, CancellationToken cancellation) => streams.ReadAsync(Name(id), cancellation);

    /// <summary>Has a transfer decide, and its events appended.</summary>
    /// <param name="id">Which.</param>
    /// <param name="command">What is asked of it.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="expectedVersion">The version that whoever asks has seen, where he minds; otherwise null.</param>
    /// <returns>The transfer afterwards, and why nothing was done where it refuses.</returns>
    /// <exception cref="ArgumentException">A request, whose external id nobody would guard here.</exception>
    internal async Task<(TransferState State, Refusal? Refusal)> DecideAsync(
        ResourceId id, TransferCommand command, CancellationToken cancellation, long? expectedVersion = null)
    {
        if (command is TransferCommand.Request)
            throw new ArgumentException("A transfer is asked for where its external id is taken with it.", nameof(command));
        Refusal? refusal = null;
        var (state, lost) = await streams.DecideAsync(Name(id), (s, version) =>
        {
            var decision = expectedVersion is { } expected && expected != version
                ? Rules.VersionMismatch(version, expected) : TransferDecider.Decide(s, command);
            refusal = decision.Refusal;
            return new LaneDecision<TransferEvent>(decision.Events, refusal is null ? null : LaneRefusal.NotHeld);
        }, cancellation).ConfigureAwait(false);
        return (state, refusal ?? (lost is null ? null : new("busy", "Others have been quicker time and again.", IsRetryable: true)));
    }
}
