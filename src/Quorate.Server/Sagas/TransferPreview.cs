using Quorate.Chains;
using Quorate.Journal;
using Quorate.Server.Deciding;
using Quorate.Server.Lanes;
using Quorate.Server.Transfers;

namespace Quorate.Server.Sagas;

/// <summary>What would become of a request.</summary>
/// <param name="State">The transfer, as far as it would come without approvals and nodes.</param>
/// <param name="Problem">Why it would come no further for now; null where it would.</param>
sealed record Previewed(TransferState State, string? Problem);

/// <summary>
/// Takes a request through the steps that a real one takes until it waits for people: the same decider, desks and policy,
/// over a log that nobody else sees.
/// </summary>
sealed class TransferPreview(
    IEventLog log, IReadOnlyDictionary<ChainId, ITransferDesk> desks, IWalletDirectory wallets, SagaOptions options, TimeProvider time)
{
    /// <summary>Previews a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ChainException">The chain's node fails.</exception>
    /// <exception cref="VersionConflictException">Others were quicker time and again.</exception>
    internal async Task<(Previewed? Preview, Refusal? Refusal)> AskAsync(TransferCommand.Request request, CancellationToken cancellation)
    {
        var decision = TransferDecider.Decide(TransferState.None, request);
        if (decision.Refusal is { } refusal)
            return (null, refusal);
        var (id, draft) = (request.Draft.Id, new PreviewLog(log));
        await draft.AppendAsync(TransferBook.Name(id), 0, [.. decision.Events.Select(e => TransferEvent.Catalog.Encode(e))], cancellation).ConfigureAwait(false);
        var office = new TransferOffice(
            new(draft), desks.Where(d => d.Key == request.Draft.Subject.Chain).ToDictionary(d => d.Key, d => d.Value.Over(draft)), wallets, options, time);
        var planning = new PlanningSteps(office);
        string? problem = null;
        try
        {
            await planning.PlanAsync(id, await office.ReadAsync(id, cancellation).ConfigureAwait(false), TransactionPurpose.Original, cancellation).ConfigureAwait(false);
            var planned = await office.ReadAsync(id, cancellation).ConfigureAwait(false);
            if (planned.Current is not null)
                await planning.JudgeAsync(id, planned, new(planned.CurrentIndex), cancellation).ConfigureAwait(false);
        }
        catch (StepFailedException waits)
        {
            problem = waits.Message;
        }
        return (new(await office.ReadAsync(id, cancellation).ConfigureAwait(false), problem), null);
    }
}
