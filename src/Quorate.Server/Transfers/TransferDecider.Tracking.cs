using Quorate.Chains;
using Quorate.Server.Deciding;

namespace Quorate.Server.Transfers;

/// <summary>What the chain shows.</summary>
static partial class TransferDecider
{
    static Decision<TransferEvent> Track(TransferState state, TransferCommand.Track c)
    {
        if (state.IsMessage)
            return NotNow(state);
        // Whoever took part in signing can broadcast: what is signed may be on the chain before it was given to it from here.
        if (Of(state, c.Transaction) is not { IsExposed: true, Stage: not (TransactionStage.Signing or TransactionStage.Withdrawn) } before)
            return NoTransaction(c.Transaction);
        if (before.Signatures.IsEmpty && c.Seen.State != TransactionState.Dead)
            return NoTransaction(c.Transaction);
        // What was seen before says nothing new, unless it has come to be final meanwhile: a failure has no stage of its own for that.
        if (StageOf(state, before, c) is not { } stage
            || (stage == before.Stage && c.Seen.BlockHash == before.BlockHash && (stage != TransactionStage.Reverted || EndOf(state, before, stage, c) is null)))
            return Decision<TransferEvent>.Nothing;

        var isInBlock = stage is TransactionStage.Confirming or TransactionStage.Reverted or TransactionStage.Confirmed or TransactionStage.Finalized;
        var isReorg = before.IsInBlock
            ? !isInBlock || c.Seen.BlockHash != before.BlockHash || TransferState.Rank(stage) < TransferState.Rank(before.Stage)
            : !before.IsLive && stage is not (TransactionStage.Dead or TransactionStage.Superseded);
        var tracked = new TransferEvent.TransactionTracked(
            c.At, c.Transaction, stage, isInBlock ? c.Seen.BlockHash : null, isInBlock ? c.Seen.BlockHeight : null, c.Seen.Reason, isReorg);
        // What was thought dead is alive: what was to do the same once more must not be signed.
        TransferEvent[] withdrawn = isReorg && !before.IsLive && state.Current is { Stage: TransactionStage.Prepared, Prepared.Purpose: TransactionPurpose.Refresh }
            ? [new TransferEvent.TransactionWithdrawn(c.At, state.CurrentIndex, "what it was to repeat is alive")]
            : [];
        return EndOf(state, before, stage, c) is { } end
            ? Decision<TransferEvent>.Of([.. withdrawn, tracked, .. End(state, c.At, end, c.Seen.Reason ?? "as the chain shows", null,
                end == TransferStatus.Replaced ? c.Seen.ReplacedBy : null, winner: isInBlock ? c.Transaction : null)])
            : Decision<TransferEvent>.Of([.. withdrawn, tracked]);
    }

    /// <summary>The stage that what was seen makes; null where it says nothing new.</summary>
    static TransactionStage? StageOf(TransferState state, TransferTransaction before, TransferCommand.Track c) => c.Seen.State switch
    {
        TransactionState.Unknown => before.IsInBlock || before.Stage is TransactionStage.Broadcast ? TransactionStage.Missing : null,
        TransactionState.Pending => TransactionStage.Broadcast,
        TransactionState.Confirmed => c.Seen.Confirmations >= c.Confirmations ? TransactionStage.Confirmed : TransactionStage.Confirming,
        TransactionState.Finalized => TransactionStage.Finalized,
        TransactionState.Failed => TransactionStage.Reverted,
        TransactionState.Dead when c.Seen.ReplacedBy is { } by && state.Transactions.Any(t => t.TransactionId == by) => TransactionStage.Superseded,
        TransactionState.Dead => TransactionStage.Dead,
        _ => null,
    };

    static TransferStatus? EndOf(TransferState state, TransferTransaction before, TransactionStage stage, TransferCommand.Track c)
    {
        var isCancellation = before.Prepared.Purpose == TransactionPurpose.Cancellation;
        return stage switch
        {
            TransactionStage.Finalized => isCancellation ? TransferStatus.Cancelled : TransferStatus.Finalized,
            // A cancellation has done its work when it has used what it conflicts over.
            TransactionStage.Reverted when c.Seen.Confirmations >= c.FinalConfirmations => isCancellation ? TransferStatus.Cancelled : TransferStatus.Failed,
            TransactionStage.Dead when c.Seen.ReplacedBy is not null && !state.Transactions.Any(t => t != before && t.IsLive) => TransferStatus.Replaced,
            _ => null,
        };
    }
}
