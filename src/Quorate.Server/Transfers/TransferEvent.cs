using System.Collections.Immutable;
using System.Text.Json;
using Quorate.Journal.Events;
using Quorate.Policies;
using Quorate.Server.Recording;

namespace Quorate.Server.Transfers;

/// <summary>What has happened to a transfer. Closed. Each carries the time it was decided at.</summary>
abstract record TransferEvent(DateTimeOffset At)
{
    /// <summary>Somebody wants it.</summary>
    internal sealed record Requested(DateTimeOffset At, TransferDraft Draft) : TransferEvent(At);

    /// <summary>It is to go ahead; planned by <paramref name="Until"/>.</summary>
    internal sealed record Submitted(DateTimeOffset At, DateTimeOffset Until) : TransferEvent(At);

    /// <summary>Something is kept for it.</summary>
    internal sealed record ReservationNoted(DateTimeOffset At, Reservation Reservation) : TransferEvent(At);

    /// <summary>It is settled what becomes of a reservation; to be done where it is kept.</summary>
    internal sealed record ReservationDecided(DateTimeOffset At, string Id, ReservationOutcome Outcome) : TransferEvent(At);

    /// <summary>That has been done.</summary>
    internal sealed record ReservationSettled(DateTimeOffset At, string Id) : TransferEvent(At);

    /// <summary>It has a further transaction. <paramref name="KeepsApprovals"/> where those of the one before are good for it.</summary>
    internal sealed record TransactionPrepared(DateTimeOffset At, PreparedTransaction Prepared, bool KeepsApprovals) : TransferEvent(At);

    /// <summary>A transaction was given up before there was a signature.</summary>
    internal sealed record TransactionWithdrawn(DateTimeOffset At, int Transaction, string Reason) : TransferEvent(At);

    /// <summary>The policy was asked about a transaction, with the approvals there are.</summary>
    internal sealed record PolicyJudged(
        DateTimeOffset At, int Transaction, Verdict Verdict, Digest Policy, ImmutableArray<string> Outstanding, string Trace) : TransferEvent(At);

    /// <summary>A member has approved a transaction's intent.</summary>
    internal sealed record ApprovalGiven(DateTimeOffset At, int Transaction, string Member, string Device, JsonElement Approval) : TransferEvent(At);

    /// <summary>It waits for its turn to be signed.</summary>
    internal sealed record Queued(DateTimeOffset At, DateTimeOffset Until) : TransferEvent(At);

    /// <summary>A node is asked to sign: from here on a signature may exist.</summary>
    internal sealed record SigningBegun(DateTimeOffset At, int Transaction, int Attempt, string Node, DateTimeOffset Until) : TransferEvent(At);

    /// <summary>A try has ended without signatures.</summary>
    internal sealed record SigningEnded(DateTimeOffset At, int Transaction, int Attempt, SigningOutcome Outcome, string Reason) : TransferEvent(At);

    /// <summary>The signatures are there, and with them the bytes for the network.</summary>
    internal sealed record TransactionSigned(
        DateTimeOffset At, int Transaction, int Attempt, ImmutableArray<RecordedSignature> Signatures, Blob? Signed, Digest? SignedHash) : TransferEvent(At);

    /// <summary>The bytes with this hash are about to be given to the network.</summary>
    internal sealed record BroadcastBegun(DateTimeOffset At, int Transaction, Digest SignedHash, DateTimeOffset Until) : TransferEvent(At);

    /// <summary>The network has it.</summary>
    internal sealed record BroadcastAccepted(DateTimeOffset At, int Transaction, string TransactionId) : TransferEvent(At);

    /// <summary>The network refuses it for good.</summary>
    internal sealed record BroadcastRefused(DateTimeOffset At, int Transaction, string Reason) : TransferEvent(At);

    /// <summary>The chain shows a transaction elsewhere than before. <paramref name="IsReorg"/> where what it had shown was taken back.</summary>
    internal sealed record TransactionTracked(
        DateTimeOffset At, int Transaction, TransactionStage Stage, string? BlockHash, ulong? BlockHeight, string? Reason, bool IsReorg) : TransferEvent(At);

    /// <summary>Nothing more will happen to it, but that reservations are settled.</summary>
    internal sealed record Ended(DateTimeOffset At, TransferStatus Status, string Reason, string? By, string? ReplacedBy) : TransferEvent(At);

    internal static EventCatalog<TransferEvent> Catalog { get; } = new EventCatalogBuilder<TransferEvent>()
        .AddJson("transfer-requested", 1, TransferJson.Default.Requested)
        .AddJson("transfer-submitted", 1, TransferJson.Default.Submitted)
        .AddJson("transfer-reservation-noted", 1, TransferJson.Default.ReservationNoted)
        .AddJson("transfer-reservation-decided", 1, TransferJson.Default.ReservationDecided)
        .AddJson("transfer-reservation-settled", 1, TransferJson.Default.ReservationSettled)
        .AddJson("transfer-transaction-prepared", 1, TransferJson.Default.TransactionPrepared)
        .AddJson("transfer-transaction-withdrawn", 1, TransferJson.Default.TransactionWithdrawn)
        .AddJson("transfer-policy-judged", 1, TransferJson.Default.PolicyJudged)
        .AddJson("transfer-approval-given", 1, TransferJson.Default.ApprovalGiven)
        .AddJson("transfer-queued", 1, TransferJson.Default.Queued)
        .AddJson("transfer-signing-begun", 1, TransferJson.Default.SigningBegun)
        .AddJson("transfer-signing-ended", 1, TransferJson.Default.SigningEnded)
        .AddJson("transfer-transaction-signed", 1, TransferJson.Default.TransactionSigned)
        .AddJson("transfer-broadcast-begun", 1, TransferJson.Default.BroadcastBegun)
        .AddJson("transfer-broadcast-accepted", 1, TransferJson.Default.BroadcastAccepted)
        .AddJson("transfer-broadcast-refused", 1, TransferJson.Default.BroadcastRefused)
        .AddJson("transfer-transaction-tracked", 1, TransferJson.Default.TransactionTracked)
        .AddJson("transfer-ended", 1, TransferJson.Default.Ended)
        .Build();
}
