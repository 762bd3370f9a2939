using System.Collections.Immutable;
using Quorate.Policies;

namespace Quorate.Server.Transfers;

/// <summary>How far a transfer has come before its transactions decide where it stands.</summary>
enum TransferPhase
{
    None = 0,
    Draft = 1,
    Planning = 2,
    Approving = 3,
    Approved = 4,
    Executing = 5,
    Ended = 6,
}

/// <summary>What the policy said last, of a transaction with so many approvals.</summary>
sealed record Judged(int Transaction, Verdict Verdict, Digest Policy, ImmutableArray<string> Outstanding, string Trace, int Approvals);

/// <summary>
/// A transfer, transaction or signature as its events make it. Immutable. While it is executed its status is that of the
/// transaction that has come furthest, so that a reorganisation shows by itself.
/// </summary>
sealed record TransferState
{
    /// <summary>The state of one that does not exist.</summary>
    internal static TransferState None { get; } = new();

    /// <summary>What was asked; null for one that does not exist.</summary>
    internal TransferDraft? Draft { get; init; }

    internal TransferPhase Phase { get; init; }

    /// <summary>Its transactions in the order they were made. The last is the current one.</summary>
    internal ImmutableArray<TransferTransaction> Transactions { get; init; } = [];

    internal ImmutableArray<NotedReservation> Reservations { get; init; } = [];

    /// <summary>Every approval that came.</summary>
    internal ImmutableArray<GivenApproval> Approvals { get; init; } = [];

    internal Judged? Judged { get; init; }

    /// <summary>When the step that is under way should be over; null where nothing is waited for.</summary>
    internal DateTimeOffset? StepUntil { get; init; }

    /// <summary>When it was asked for.</summary>
    internal DateTimeOffset RequestedAt { get; init; }

    /// <summary>How it ended; null while it has not.</summary>
    internal TransferStatus? End { get; init; }

    /// <summary>Why, in words.</summary>
    internal string? EndReason { get; init; }

    /// <summary>The foreign transaction that took its place, where known.</summary>
    internal string? ReplacedBy { get; init; }

    /// <summary>How often the chain took back what it had shown.</summary>
    internal int Reorgs { get; init; }

    /// <summary>Whether the last thing the chain showed was taken back and has not come again.</summary>
    internal bool IsReorganised { get; init; }

    /// <summary>Whether it is a message, which ends when it is signed.</summary>
    internal bool IsMessage => Draft?.Subject is TransferSubject.Message;

    /// <summary>The transaction made last; null before the first.</summary>
    internal TransferTransaction? Current => Transactions.IsEmpty ? null : Transactions[^1];

    /// <summary>The current transaction's place.</summary>
    internal int CurrentIndex => Transactions.Length - 1;

    /// <summary>Approvals that count for the current transaction: to be handed to the policy and to the nodes.</summary>
    internal IEnumerable<GivenApproval> CurrentApprovals => Approvals.Where(a => a.Transaction == Current?.ApprovedAs);

    /// <summary>Reservations of which something is to be done where they are kept: what to compensate, and what is used up.</summary>
    internal IEnumerable<NotedReservation> Due => Reservations.Where(r => r.IsDue);

    /// <summary>
    /// From when on a transaction is neither approved nor signed any more: the transfer's own time, but for what cancels, whose
    /// intent has a time of its own. What is on the network can stay there for longer than anybody has thought.
    /// </summary>
    internal DateTimeOffset ExpiryOf(PreparedTransaction prepared) =>
        prepared is { Purpose: TransactionPurpose.Cancellation, ExpiresAt: { } own } ? own : Draft!.ExpiresAt;

    /// <summary>Whether nodes are signing one of its transactions.</summary>
    internal bool IsBeingSigned => Transactions.Any(t => t.Stage == TransactionStage.Signing);

    /// <summary>Whether the network has one of its transactions, or may.</summary>
    internal bool IsOnNetwork => Transactions.Any(t => t.IsOnNetwork);

    /// <summary>The live transaction that has come furthest; null where there is none.</summary>
    internal TransferTransaction? Leading => Transactions.Where(t => t.IsLive).MaxBy(t => Rank(t.Stage));

    /// <summary>Whether it waits for people, who have done nothing about it since, or has nothing more to wait for but further blocks.</summary>
    internal bool IsAtRest => Phase == TransferPhase.Ended || Leading is { Stage: TransactionStage.Confirmed or TransactionStage.Finalized }
        || (Judged is { Verdict: Verdict.NeedsApprovals } judged && judged.Transaction == CurrentIndex && judged.Approvals == CurrentApprovals.Count()
            && Current is { Stage: TransactionStage.Prepared, IsAllowed: false });

    /// <summary>Where it stands.</summary>
    internal TransferStatus Status => Phase switch
    {
        TransferPhase.Ended => End!.Value,
        TransferPhase.Executing => StatusOf(Leading?.Stage),
        TransferPhase.Approved => TransferStatus.Approved,
        TransferPhase.Approving => TransferStatus.PendingApproval,
        TransferPhase.Planning => TransferStatus.PendingPolicy,
        _ => TransferStatus.Draft,
    };

    /// <summary>What is special about that.</summary>
    internal SubStatus SubStatus => Phase != TransferPhase.Executing ? SubStatus.None : Leading switch
    {
        null => SubStatus.Lapsed,
        { Stage: TransactionStage.Reverted } => SubStatus.Reverted,
        { IsInBlock: true, Prepared.Purpose: TransactionPurpose.Cancellation } => SubStatus.Cancelling,
        { IsInBlock: true } => SubStatus.None,
        _ when IsReorganised => SubStatus.Reorganised,
        { Stage: TransactionStage.Prepared, IsExposed: true } => SubStatus.RetryingSignature,
        _ when Current!.IsLive && Current.Prepared.Purpose == TransactionPurpose.Cancellation => SubStatus.Cancelling,
        _ when Current!.Prepared.Purpose == TransactionPurpose.Replacement && Current.Stage <= TransactionStage.Signed => SubStatus.Replacing,
        { Stage: TransactionStage.Broadcasting } => SubStatus.Broadcasting,
        { Stage: TransactionStage.Refused } => SubStatus.BroadcastRefused,
        { Stage: TransactionStage.Missing } => SubStatus.Missing,
        _ => SubStatus.None,
    };

    /// <summary>How far a stage is on the way to the end.</summary>
    internal static int Rank(TransactionStage stage) => stage switch
    {
        TransactionStage.Prepared => 0,
        TransactionStage.Signing => 1,
        TransactionStage.Refused => 2,
        TransactionStage.Signed => 3,
        TransactionStage.Broadcasting => 4,
        TransactionStage.Missing => 5,
        TransactionStage.Broadcast => 6,
        TransactionStage.Reverted => 7,
        TransactionStage.Confirming => 8,
        TransactionStage.Confirmed => 9,
        TransactionStage.Finalized => 10,
        _ => -1,
    };

    static TransferStatus StatusOf(TransactionStage? stage) => stage switch
    {
        null or TransactionStage.Prepared => TransferStatus.Queued,
        TransactionStage.Signing => TransferStatus.Signing,
        TransactionStage.Signed or TransactionStage.Refused or TransactionStage.Broadcasting => TransferStatus.Signed,
        TransactionStage.Broadcast or TransactionStage.Missing => TransferStatus.Broadcast,
        TransactionStage.Reverted or TransactionStage.Confirming => TransferStatus.Confirming,
        TransactionStage.Confirmed => TransferStatus.Confirmed,
        _ => TransferStatus.Finalized,
    };
}
