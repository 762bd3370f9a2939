using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Quorate.Chains;
using Quorate.Policies;
using Quorate.Server.Recording;

namespace Quorate.Server.Transfers;

/// <summary>How a try to sign ended without signatures.</summary>
[JsonConverter(typeof(SnakeCase<SigningOutcome>))]
enum SigningOutcome
{
    /// <summary>May be tried again: nodes away, a quorum that failed, no answer.</summary>
    Retry = 1,

    /// <summary>Nodes want more approvals than the server's copy of the policy.</summary>
    NeedsApprovals = 2,

    /// <summary>The nodes' policy says no.</summary>
    Denied = 3,

    /// <summary>The nodes say that its time is over.</summary>
    Expired = 4,

    /// <summary>It will never be signed, for another reason.</summary>
    Failed = 5,
}

/// <summary>
/// What can be asked of a transfer. Closed. Each may be sent again after a crash: where its effect is there already it
/// gives no events. <paramref name="At"/> is the time by the caller's clock.
/// </summary>
abstract record TransferCommand(DateTimeOffset At)
{
    /// <summary>Write it down; and with <paramref name="PlanUntil"/> let it go ahead at once, so that no crash leaves a draft that nobody submits.</summary>
    internal sealed record Request(DateTimeOffset At, TransferDraft Draft, DateTimeOffset? PlanUntil = null) : TransferCommand(At);

    /// <summary>Let it go ahead. To be planned until <paramref name="Until"/>.</summary>
    internal sealed record Submit(DateTimeOffset At, DateTimeOffset Until) : TransferCommand(At);

    /// <summary>Note what is kept for it. To be sent before, or with, the reservation itself.</summary>
    internal sealed record Reserve(DateTimeOffset At, Reservation Reservation) : TransferCommand(At);

    /// <summary>Give a reservation back that no live transaction rests on.</summary>
    internal sealed record Release(DateTimeOffset At, string Reservation) : TransferCommand(At);

    /// <summary>What was decided about a reservation has been done where it is kept.</summary>
    internal sealed record Settle(DateTimeOffset At, string Reservation) : TransferCommand(At);

    /// <summary>A further transaction, as <paramref name="Prepared"/> says.</summary>
    internal sealed record Prepare(DateTimeOffset At, PreparedTransaction Prepared) : TransferCommand(At);

    /// <summary>
    /// Give the current transaction up, where another of the transfer goes on: a replacement or cancellation that nobody wants
    /// any more. At any time while no node was asked to sign it, and when its time is over.
    /// </summary>
    internal sealed record Withdraw(DateTimeOffset At, int Transaction, string Reason) : TransferCommand(At);

    /// <summary>What the policy says about the current transaction with the approvals there are.</summary>
    internal sealed record Judge(
        DateTimeOffset At, int Transaction, Verdict Verdict, Digest Policy, ImmutableArray<string> Outstanding, string Trace) : TransferCommand(At);

    /// <summary>A member's approval, verified by the caller; nodes verify for themselves.</summary>
    internal sealed record Approve(DateTimeOffset At, int Transaction, string Member, string Device, JsonElement Approval) : TransferCommand(At);

    /// <summary>A member's no.</summary>
    internal sealed record Reject(DateTimeOffset At, string Member, string Reason) : TransferCommand(At);

    /// <summary>Wait for a turn, until <paramref name="Until"/>.</summary>
    internal sealed record Queue(DateTimeOffset At, DateTimeOffset Until) : TransferCommand(At);

    /// <summary>Ask a node to sign. To be on disk before it is asked. <paramref name="Attempt"/> counts from 1.</summary>
    internal sealed record BeginSigning(DateTimeOffset At, int Transaction, int Attempt, string Node, DateTimeOffset Until) : TransferCommand(At);

    /// <summary>A try ended without signatures.</summary>
    internal sealed record EndSigning(DateTimeOffset At, int Transaction, int Attempt, SigningOutcome Outcome, string Reason) : TransferCommand(At);

    /// <summary>The signatures; with them the bytes for the network, null for messages. They may come after their try was given up.</summary>
    internal sealed record Sign(
        DateTimeOffset At, int Transaction, int Attempt, ImmutableArray<RecordedSignature> Signatures, Blob? Signed) : TransferCommand(At);

    /// <summary>Give the bytes with this hash to the network. To be on disk before that is done.</summary>
    internal sealed record BeginBroadcast(DateTimeOffset At, int Transaction, Digest SignedHash, DateTimeOffset Until) : TransferCommand(At);

    /// <summary>The network took it.</summary>
    internal sealed record AcceptBroadcast(DateTimeOffset At, int Transaction, string TransactionId) : TransferCommand(At);

    /// <summary>The network refuses it for good and does not have it. Whatever may be otherwise later is no command.</summary>
    internal sealed record RefuseBroadcast(DateTimeOffset At, int Transaction, string Reason) : TransferCommand(At);

    /// <summary>What the chain shows of a transaction now.</summary>
    /// <param name="At">The time.</param>
    /// <param name="Transaction">Which.</param>
    /// <param name="Seen">What the adapter says.</param>
    /// <param name="Confirmations">How many make it confirmed.</param>
    /// <param name="FinalConfirmations">How many make a failure on the chain final; success has a state of its own.</param>
    internal sealed record Track(
        DateTimeOffset At, int Transaction, TransactionStatus Seen, ulong Confirmations, ulong FinalConfirmations) : TransferCommand(At);

    /// <summary>Take it back, while nothing of it is on the network or being signed.</summary>
    internal sealed record Cancel(DateTimeOffset At, string By, string Reason) : TransferCommand(At);

    /// <summary>Its time is over.</summary>
    internal sealed record Expire(DateTimeOffset At) : TransferCommand(At);

    /// <summary>It can not be done; nothing of it is on the network or being signed.</summary>
    internal sealed record Fail(DateTimeOffset At, string Reason) : TransferCommand(At);

    /// <summary>None of its transactions can confirm, and no further one will be made.</summary>
    internal sealed record Drop(DateTimeOffset At, string Reason) : TransferCommand(At);
}
