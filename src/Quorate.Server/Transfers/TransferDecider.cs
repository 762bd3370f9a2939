using Quorate.Server.Deciding;

namespace Quorate.Server.Transfers;

/// <summary>
/// What happens to a transfer when something is asked of it: (state, command) to events or a refusal. Pure. docs/states.md
/// is generated from it, and all of its reachable states are walked through in the tests.
/// </summary>
static partial class TransferDecider
{
    /// <summary>Transactions of one transfer: the original, and what it took to get it through.</summary>
    internal const int MaxTransactions = 64;

    /// <summary>Reservations of one transfer.</summary>
    internal const int MaxReservations = 64;

    /// <summary>Approvals of one transfer, over all its intents: nodes read no more of one.</summary>
    internal const int MaxApprovals = 1_000;

    /// <summary>Tries to sign one transaction: nodes open no more sessions of an intent.</summary>
    internal const int MaxAttempts = 64;

    /// <summary>Longest time that may be asked for: nodes take no intent that is good for longer.</summary>
    internal static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(30);

    /// <summary>Decides.</summary>
    internal static Decision<TransferEvent> Decide(TransferState state, TransferCommand command)
    {
        if (command is TransferCommand.Request request)
            return Request(state, request);
        if (state.Draft is null)
            return new Refusal("not_found", "There is no such transfer.");
        if (command is TransferCommand.Settle settle)
            return Settle(state, settle);
        if (IsThere(state, command))
            return Decision<TransferEvent>.Nothing;
        if (state.Phase == TransferPhase.Ended)
            return new Refusal("transfer_ended", $"It has ended: {Recording.SnakeCase.Text(state.Status)}.");
        return command switch
        {
            TransferCommand.Submit c => Submit(state, c),
            TransferCommand.Reserve c => Reserve(state, c),
            TransferCommand.Release c => Release(state, c),
            TransferCommand.Prepare c => Prepare(state, c),
            TransferCommand.Withdraw c => Withdraw(state, c),
            TransferCommand.Judge c => Judge(state, c),
            TransferCommand.Approve c => Approve(state, c),
            TransferCommand.Reject c => Reject(state, c),
            TransferCommand.Queue c => Queue(state, c),
            TransferCommand.BeginSigning c => BeginSigning(state, c),
            TransferCommand.EndSigning c => EndSigning(state, c),
            TransferCommand.Sign c => Sign(state, c),
            TransferCommand.BeginBroadcast c => BeginBroadcast(state, c),
            TransferCommand.AcceptBroadcast c => AcceptBroadcast(state, c),
            TransferCommand.RefuseBroadcast c => RefuseBroadcast(state, c),
            TransferCommand.Track c => Track(state, c),
            TransferCommand.Cancel c => TakeBack(state, c.At, TransferStatus.Cancelled, c.Reason, c.By),
            TransferCommand.Expire c => Expire(state, c),
            TransferCommand.Fail c => TakeBack(state, c.At, TransferStatus.Failed, c.Reason, null),
            TransferCommand.Drop c => Drop(state, c),
            _ => throw new System.Diagnostics.UnreachableException(command.GetType().Name),
        };
    }

    static Decision<TransferEvent> Request(TransferState state, TransferCommand.Request c)
    {
        var draft = c.Draft;
        if (state.Draft is { } before)
            return before == draft ? Decision<TransferEvent>.Nothing : new Refusal("already_exists", $"{draft.Id} is another request.");
        if (draft.Id.Kind != TransferDraft.KindOf(draft.Subject))
            return new Refusal("wrong_id", $"{draft.Id} is no id for what is asked.");
        if (draft.ExpiresAt <= c.At || draft.ExpiresAt - c.At > MaxLifetime)
            return new Refusal("invalid_expiry", $"It may be good for up to {MaxLifetime.Days} days from now.");
        if (draft.Subject is TransferSubject.Message != draft.MaxFee is null)
            return new Refusal("invalid_fee", "What goes to a network names the most that it may cost, and a message costs nothing.");
        if (draft.MaxFee is { } fee && fee.Asset.Chain != draft.Subject.Chain)
            return new Refusal("invalid_fee", "The fee is paid on another chain.");
        var requested = new TransferEvent.Requested(c.At, draft);
        return c.PlanUntil is { } until ? Decision<TransferEvent>.Of(requested, new TransferEvent.Submitted(c.At, until)) : requested;
    }

    static Decision<TransferEvent> Submit(TransferState state, TransferCommand.Submit c) =>
        state.Phase != TransferPhase.Draft ? NotNow(state)
        : c.At >= state.Draft!.ExpiresAt ? Late(state.Draft.ExpiresAt)
        : new TransferEvent.Submitted(c.At, c.Until);

    // Whether the command's effect is there already: what a saga that was killed sends again.
    static bool IsThere(TransferState state, TransferCommand command) => command switch
    {
        TransferCommand.Submit => state.Phase is > TransferPhase.Draft and < TransferPhase.Ended,
        TransferCommand.Reserve c => state.Reservations.Any(r => r.Reservation == c.Reservation),
        TransferCommand.Release c => state.Reservations.Any(r => r.Reservation.Id == c.Reservation && !r.IsHeld),
        TransferCommand.Prepare c => state.Current is { IsLive: true } current && current.Prepared == c.Prepared,
        TransferCommand.Withdraw c => Of(state, c.Transaction)?.Stage == TransactionStage.Withdrawn,
        TransferCommand.Judge c => state.Judged is { } j && (j.Transaction, j.Verdict, j.Policy, j.Trace, j.Approvals) == (c.Transaction, c.Verdict, c.Policy, c.Trace, state.CurrentApprovals.Count()),
        TransferCommand.Approve c => state.Approvals.Any(a => (a.Transaction, a.Member, a.Device) == (c.Transaction, c.Member, c.Device)),
        TransferCommand.Queue => state.Phase == TransferPhase.Executing,
        TransferCommand.BeginSigning c => Of(state, c.Transaction) is { Stage: TransactionStage.Signing } t && t.Attempts == c.Attempt,
        TransferCommand.EndSigning c => Of(state, c.Transaction) is { } t && (t.Attempts > c.Attempt || (t.Attempts == c.Attempt && t.Stage != TransactionStage.Signing)),
        TransferCommand.Sign c => Of(state, c.Transaction) is { } t && !t.Signatures.IsEmpty && t.Signatures.SequenceEqual(c.Signatures),
        TransferCommand.BeginBroadcast c => Of(state, c.Transaction) is { WasBroadcast: true } t && t.SignedHash == c.SignedHash,
        TransferCommand.AcceptBroadcast c => Of(state, c.Transaction)?.TransactionId == c.TransactionId,
        TransferCommand.RefuseBroadcast c => Of(state, c.Transaction)?.Stage == TransactionStage.Refused,
        TransferCommand.Reject => state.End == TransferStatus.Rejected,
        TransferCommand.Cancel => state.End == TransferStatus.Cancelled,
        TransferCommand.Expire => state.End == TransferStatus.Expired,
        TransferCommand.Fail => state.End == TransferStatus.Failed,
        TransferCommand.Drop => state.End == TransferStatus.Dropped,
        _ => false,
    };

    static TransferTransaction? Of(TransferState state, int transaction) =>
        transaction >= 0 && transaction < state.Transactions.Length ? state.Transactions[transaction] : null;

    static Refusal NotNow(TransferState state) =>
        new("wrong_state", $"Not while it is {Recording.SnakeCase.Text(state.Status)}.");

    static Refusal Late(DateTimeOffset at) => new("expired", $"Its time was over at {at:u}.");

    static Refusal NoTransaction(int transaction) => new("unknown_transaction", $"It has no transaction {transaction} for that.");
}
