using System.Text.Json.Nodes;
using Quorate.Server.Recording;
using Quorate.Server.Transfers;

namespace Quorate.Server.Events;

/// <summary>What callers hear of transfers, transactions and signatures. One machine, one set of names; the resource's id says which of the three it is.</summary>
static class TransferEvents
{
    static readonly RulesOf<TransferEvent> transfers = new(TransferEvent.Catalog, "transfer");

    /// <summary>The rules.</summary>
    internal static IEnumerable<EventRule> Rules =>
    [
        transfers.On<TransferEvent.Requested>("transfer-requested", "transfer.requested", "It was asked for.",
            ("chain", e => Text(e.Draft.Subject.Chain)), ("asset", e => Payment(e) is { } p ? Text(p.Asset) : null), ("amount", e => Payment(e) is { } p ? Text(p.Amount) : null),
            ("from", e => Text(e.Draft.Subject.From)), ("to", e => Text(Payment(e)?.To)), ("initiator", e => Text(e.Draft.Initiator)), ("externalId", e => Text(e.Draft.ExternalId))),
        transfers.On<TransferEvent.Submitted>("transfer-submitted", "transfer.submitted", "It is to go ahead."),
        transfers.On<TransferEvent.TransactionPrepared>("transfer-transaction-prepared", "transfer.prepared", "A transaction for it was built: the first, one anew, a replacement or a cancellation.",
            ("purpose", e => SnakeCase.Text(e.Prepared.Purpose)), ("replaces", e => e.Prepared.Replaces), ("intentHash", e => Text(e.Prepared.IntentHash)),
            ("maxFee", e => Text(e.Prepared.MaxFee)), ("keepsApprovals", e => e.KeepsApprovals)),
        transfers.On<TransferEvent.TransactionWithdrawn>("transfer-transaction-withdrawn", "transfer.withdrawn", "A transaction of it was given up before there was a signature.",
            ("transaction", e => e.Transaction), ("reason", e => Text(e.Reason))),
        transfers.On<TransferEvent.PolicyJudged>("transfer-policy-judged", "transfer.judged", "The policy was asked about a transaction, with the approvals there are.",
            ("transaction", e => e.Transaction), ("verdict", e => SnakeCase.Text(e.Verdict)), ("policy", e => Text(e.Policy)),
            ("outstanding", e => new JsonArray([.. e.Outstanding.Select(o => Text(o))]))),
        transfers.On<TransferEvent.ApprovalGiven>("transfer-approval-given", "transfer.approval_given", "A member has approved a transaction.",
            ("transaction", e => e.Transaction), ("member", e => Text(e.Member)), ("device", e => Text(e.Device))),
        transfers.On<TransferEvent.Queued>("transfer-queued", "transfer.queued", "It waits for its turn to be signed."),
        transfers.On<TransferEvent.SigningBegun>("transfer-signing-begun", "transfer.signing", "Nodes were asked to sign.",
            ("transaction", e => e.Transaction), ("attempt", e => e.Attempt), ("node", e => Text(e.Node))),
        transfers.On<TransferEvent.SigningEnded>("transfer-signing-ended", "transfer.signing_ended", "A try to sign has ended without signatures.",
            ("transaction", e => e.Transaction), ("attempt", e => e.Attempt), ("outcome", e => SnakeCase.Text(e.Outcome)), ("reason", e => Text(e.Reason))),
        transfers.On<TransferEvent.TransactionSigned>("transfer-transaction-signed", "transfer.signed", "A transaction or message has its signatures.",
            ("transaction", e => e.Transaction), ("attempt", e => e.Attempt), ("signedHash", e => Text(e.SignedHash))),
        transfers.On<TransferEvent.BroadcastBegun>("transfer-broadcast-begun", "transfer.broadcasting", "A transaction is about to be given to the network.",
            ("transaction", e => e.Transaction), ("signedHash", e => Text(e.SignedHash))),
        transfers.On<TransferEvent.BroadcastAccepted>("transfer-broadcast-accepted", "transfer.broadcast", "The network has a transaction.",
            ("transaction", e => e.Transaction), ("transactionId", e => Text(e.TransactionId))),
        transfers.On<TransferEvent.BroadcastRefused>("transfer-broadcast-refused", "transfer.broadcast_refused", "The network refuses a transaction for good.",
            ("transaction", e => e.Transaction), ("reason", e => Text(e.Reason))),
        transfers.OnAny<TransferEvent.TransactionTracked>("transfer-transaction-tracked", tracked, NameOf,
            ("transaction", e => e.Transaction), ("stage", e => SnakeCase.Text(e.Stage)), ("blockHash", e => Text(e.BlockHash)), ("blockHeight", e => e.BlockHeight is { } height ? Text(height) : null),
            ("reason", e => Text(e.Reason)), ("isReorganisation", e => e.IsReorg)),
        transfers.OnAny<TransferEvent.Ended>("transfer-ended",
            ends.Select(end => (NameOf(end.Key), end.Value)), e => NameOf(e.Status),
            ("reason", e => Text(e.Reason)), ("by", e => Text(e.By)), ("replacedBy", e => Text(e.ReplacedBy))),
    ];

    static readonly (string Name, string Summary)[] tracked =
    [
        ("transfer.confirming", "A transaction is in a block."), ("transfer.confirmed", "A transaction has as many confirmations as asked for."),
        ("transfer.reverted", "A transaction is in a block, without effect."), ("transfer.missing", "The network does not show a transaction any more."),
        ("transfer.pending", "The network has a transaction in no block."), ("transfer.transaction_final", "A transaction is in a block for good."),
        ("transfer.transaction_dead", "A transaction can never confirm."), ("transfer.reorganised", "What the chain had shown was taken back."),
    ];

    static readonly Dictionary<TransferStatus, string> ends = new()
    {
        [TransferStatus.Signed] = "The end of a signature: the message is signed.", [TransferStatus.Finalized] = "The end: it was carried out and can not go back any more.",
        [TransferStatus.Denied] = "The end: a policy said no.", [TransferStatus.Rejected] = "The end: an approver said no.",
        [TransferStatus.Expired] = "The end: its time ran out before it was on the network.", [TransferStatus.Cancelled] = "The end: it was taken back.",
        [TransferStatus.Replaced] = "The end: something that is not of it took its place on the chain.", [TransferStatus.Dropped] = "The end: none of its transactions can ever confirm.",
        [TransferStatus.Failed] = "The end: it could not be done, or the chain carried it out without effect.",
    };

    // A message has its signature before it ends, and is told of both.
    static string NameOf(TransferStatus end) => end == TransferStatus.Signed ? "transfer.completed" : $"transfer.{SnakeCase.Text(end)}";

    // A reorganisation is what matters of it, wherever it leads.
    static string NameOf(TransferEvent.TransactionTracked e) => e.IsReorg ? "transfer.reorganised" : e.Stage switch
    {
        TransactionStage.Confirming => "transfer.confirming",
        TransactionStage.Confirmed => "transfer.confirmed",
        TransactionStage.Reverted => "transfer.reverted",
        TransactionStage.Missing => "transfer.missing",
        TransactionStage.Finalized => "transfer.transaction_final",
        TransactionStage.Dead or TransactionStage.Superseded => "transfer.transaction_dead",
        _ => "transfer.pending",
    };

    static TransferSubject.Payment? Payment(TransferEvent.Requested e) => e.Draft.Subject as TransferSubject.Payment;

    static JsonValue? Text<T>(T value) => value?.ToString() is { } text ? JsonValue.Create(text) : null;
}
