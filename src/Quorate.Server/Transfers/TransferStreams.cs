using Quorate.Server.Deciding;

namespace Quorate.Server.Transfers;

/// <summary>Transfers as streams of the journal: <c>transfer/</c> and the id.</summary>
static class TransferStreams
{
    /// <summary>The decider, with external ids taken for ever.</summary>
    internal static Decider<TransferState, TransferCommand, TransferEvent> Decider { get; } = new(
        "transfer", TransferEvent.Catalog, TransferState.None, TransferDecider.Decide, TransferEvolution.Evolve, Claims);

    static IEnumerable<Claim> Claims(TransferState state, TransferEvent happened) =>
        happened is TransferEvent.Requested { Draft: { ExternalId: { } external } draft }
            ? [new("external_id", external, draft.Id.ToString())]
            : [];
}
