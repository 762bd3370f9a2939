using System.Diagnostics;
using Quorate.Server.Ids;
using Quorate.Server.Nodes;
using Quorate.Server.Telemetry;
using Quorate.Server.Transfers;

namespace Quorate.Server.Sagas;

/// <summary>
/// Does what <see cref="TransferSaga"/> says, one step after the other, and writes down what came of each before the next.
/// It keeps nothing.
/// </summary>
sealed class SagaRunner(TransferOffice office, NodeFleet nodes, TransferOrigins? origins = null)
{
    readonly PlanningSteps planning = new(office);
    readonly SigningSteps signing = new(office, nodes, new(office));
    readonly NetworkSteps network = new(office);

    /// <summary>Takes a transfer as far as it goes now.</summary>
    /// <returns>When to go on; null for never.</returns>
    /// <exception cref="StepFailedException">A step was not done and may be done later; so with what the chain's node and the journal throw.</exception>
    internal async Task<DateTimeOffset?> AdvanceAsync(ResourceId id, CancellationToken cancellation)
    {
        var (hasTracked, hasJudged) = (false, false);
        using var trace = new SagaTrace(id, origins);
        for (var steps = 0; steps < office.Options.MaxSteps; steps++)
        {
            cancellation.ThrowIfCancellationRequested();
            var state = await office.ReadAsync(id, cancellation).ConfigureAwait(false);
            var step = TransferSaga.Next(state, office.Now, hasTracked, hasJudged, office.Options);
            if (step is SagaStep.Wait wait)
                return wait.Until;
            if (step is SagaStep.Done)
                return null;
            hasTracked |= step is SagaStep.Track;
            hasJudged |= step is SagaStep.Judge;
            await trace.DoAsync(step, () => DoAsync(id, state, step, cancellation), cancellation).ConfigureAwait(false);
        }
        return office.Now;
    }

    Task DoAsync(ResourceId id, TransferState state, SagaStep step, CancellationToken cancellation)
    {
        var now = office.Now;
        return step switch
        {
            SagaStep.Plan s => planning.PlanAsync(id, state, s.Purpose, cancellation),
            SagaStep.Judge s => planning.JudgeAsync(id, state, s, cancellation),
            SagaStep.Settle s => planning.SettleAsync(id, state, s, cancellation),
            SagaStep.BeginSigning s => signing.BeginAsync(id, state, s, cancellation),
            SagaStep.AskNode s => signing.AskAsync(id, state, s, cancellation),
            SagaStep.Broadcast s => network.BroadcastAsync(id, state, s, cancellation),
            SagaStep.Track => network.TrackAsync(id, state, cancellation),
            _ => office.SayAsync(id, CommandOf(step, state, now), cancellation),
        };
    }

    // Steps that are done when they are written down.
    TransferCommand CommandOf(SagaStep step, TransferState state, DateTimeOffset now) => step switch
    {
        SagaStep.Queue => new TransferCommand.Queue(now, now + office.Options.QueueTimeout),
        SagaStep.GiveUpSigning s => new TransferCommand.EndSigning(now, s.Transaction, s.Attempt, SigningOutcome.Retry, "No answer in time."),
        SagaStep.BeginBroadcast s => new TransferCommand.BeginBroadcast(
            now, s.Transaction, state.Transactions[s.Transaction].SignedHash!.Value, now + office.Options.BroadcastTimeout),
        SagaStep.Withdraw s => new TransferCommand.Withdraw(now, s.Transaction, s.Reason),
        SagaStep.Expire => new TransferCommand.Expire(now),
        SagaStep.Fail s => new TransferCommand.Fail(now, s.Reason),
        SagaStep.Drop => new TransferCommand.Drop(now, "None of its transactions can confirm, and its time ran out."),
        _ => throw new UnreachableException(step.GetType().Name),
    };
}
