using System.Security.Cryptography;
using Quorate.Policies;
using Quorate.Server.Deciding;

namespace Quorate.Server.Transfers;

/// <summary>Signing and broadcasting.</summary>
static partial class TransferDecider
{
    static Decision<TransferEvent> BeginSigning(TransferState state, TransferCommand.BeginSigning c)
    {
        if (state.Phase != TransferPhase.Executing)
            return NotNow(state);
        if (state.Current is not { Stage: TransactionStage.Prepared } current || c.Transaction != state.CurrentIndex)
            return NoTransaction(c.Transaction);
        if (c.At >= state.ExpiryOf(current.Prepared))
            return Late(state.ExpiryOf(current.Prepared));
        if (!current.IsAllowed)
            return new Refusal("not_approved", "The policy has not said yes to it.", IsRetryable: true);
        if (RepeatsWhatLives(state, c.Transaction))
            return MayConfirm;
        if (c.Attempt != current.Attempts + 1)
            return new Refusal("wrong_attempt", $"The next try is {current.Attempts + 1}.");
        return c.Attempt > MaxAttempts
            ? new Refusal("too_many_attempts", $"{MaxAttempts} tries were made to sign it.")
            : new TransferEvent.SigningBegun(c.At, c.Transaction, c.Attempt, c.Node, c.Until);
    }

    static Decision<TransferEvent> EndSigning(TransferState state, TransferCommand.EndSigning c)
    {
        if (Of(state, c.Transaction) is not { Stage: TransactionStage.Signing } signing || c.Attempt != signing.Attempts)
            return NoTransaction(c.Transaction);
        var ended = new TransferEvent.SigningEnded(c.At, c.Transaction, c.Attempt, c.Outcome, c.Reason);
        if (c.Outcome == SigningOutcome.Retry)
            return ended;
        if (!IsAlone(state, c.Transaction))
            return Decision<TransferEvent>.Of(ended, new TransferEvent.TransactionWithdrawn(c.At, c.Transaction, c.Reason));
        TransferStatus? end = c.Outcome switch
        {
            SigningOutcome.Denied => TransferStatus.Denied,
            SigningOutcome.Expired => TransferStatus.Expired,
            SigningOutcome.Failed => TransferStatus.Failed,
            _ => null,
        };
        return end is { } status ? Decision<TransferEvent>.Of([ended, .. End(state, c.At, status, c.Reason, null)]) : ended;
    }

    static Decision<TransferEvent> Sign(TransferState state, TransferCommand.Sign c)
    {
        if (Of(state, c.Transaction) is not { Stage: TransactionStage.Signing or TransactionStage.Prepared } signing
            || c.Attempt < 1 || c.Attempt > signing.Attempts)
            return Of(state, c.Transaction) is { Signatures.IsEmpty: false }
                ? new Refusal("already_signed", "It has other signatures, and keeps them.")
                : NoTransaction(c.Transaction);
        if (state.Phase != TransferPhase.Executing)
            return NotNow(state);
        if (c.Signatures.IsDefaultOrEmpty)
            return new Refusal("no_signatures", "There are no signatures.");
        if (c.Signed is null != state.IsMessage)
            return new Refusal("wrong_form", "A transaction has bytes for the network, and a message has none.");
        Digest? hash = c.Signed is { } signed ? new(SHA256.HashData(signed.Bytes.Span)) : null;
        var happened = new TransferEvent.TransactionSigned(c.At, c.Transaction, c.Attempt, c.Signatures, c.Signed, hash);
        return state.IsMessage
            ? Decision<TransferEvent>.Of([happened, .. End(state, c.At, TransferStatus.Signed, "signed", null)])
            : happened;
    }

    static Decision<TransferEvent> BeginBroadcast(TransferState state, TransferCommand.BeginBroadcast c)
    {
        if (Of(state, c.Transaction) is not { SignedHash: { } hash } signed)
            return NoTransaction(c.Transaction);
        if (hash != c.SignedHash)
            return new Refusal("other_bytes", $"The bytes that were signed for it are {hash}, and no others are broadcast.");
        if (RepeatsWhatLives(state, c.Transaction))
            return MayConfirm;
        return signed.Stage == TransactionStage.Signed && state.Phase == TransferPhase.Executing
            ? new TransferEvent.BroadcastBegun(c.At, c.Transaction, hash, c.Until)
            : NotNow(state);
    }

    static Decision<TransferEvent> AcceptBroadcast(TransferState state, TransferCommand.AcceptBroadcast c)
    {
        if (Of(state, c.Transaction) is not { WasBroadcast: true } broadcast)
            return NoTransaction(c.Transaction);
        if (broadcast.TransactionId is { } id)
            return new Refusal("other_id", $"The network knows it as {id}.");
        return broadcast.Stage is TransactionStage.Broadcasting or TransactionStage.Refused
            ? new TransferEvent.BroadcastAccepted(c.At, c.Transaction, c.TransactionId)
            : NotNow(state);
    }

    static Decision<TransferEvent> RefuseBroadcast(TransferState state, TransferCommand.RefuseBroadcast c) =>
        Of(state, c.Transaction) is { Stage: TransactionStage.Broadcasting }
            ? new TransferEvent.BroadcastRefused(c.At, c.Transaction, c.Reason)
            : NotNow(state);

    static Refusal MayConfirm => new("may_be_signed", "An earlier transaction that it does not conflict with may confirm.", IsRetryable: true);

    // A transaction was made because another was dead, and a reorganisation has brought that one back: both would count.
    static bool RepeatsWhatLives(TransferState state, int transaction) =>
        state.Transactions[transaction].Prepared.Purpose == TransactionPurpose.Refresh
        && state.Transactions.Take(transaction).Any(t => t.IsLive && t.IsExposed);
}
