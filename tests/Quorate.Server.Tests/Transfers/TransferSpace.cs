using Quorate.Chains;
using Quorate.Policies;
using Quorate.Server.Recording;
using Quorate.Server.Transfers;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.Transfers;

/// <summary>
/// Every state that a transfer can get into, with every step between them, found by trying all commands in all of them.
/// Bounds: so many transactions, two tries to sign each, one or two reservations; times are before and
/// behind the expiry. Two states are one where no decision can tell them apart.
/// </summary>
sealed class TransferSpace
{
    internal sealed record Edge(string From, string To, TransferCommand Command, IReadOnlyList<TransferEvent> Events);

    readonly int transactions;
    readonly Reservation[] reservations;
    readonly TransferDraft draft;

    internal Dictionary<string, TransferState> States { get; } = new(StringComparer.Ordinal);

    internal List<Edge> Edges { get; } = [];

    internal HashSet<SubStatus> SubStatuses { get; } = [];

    /// <summary>Commands that did something again when they were sent again.</summary>
    internal HashSet<string> NotRepeatable { get; } = [];

    /// <summary>Commands that a state answered with nothing or a refusal.</summary>
    internal long Standstills { get; private set; }

    internal static Lazy<TransferSpace> Payments { get; } = new(() => new(Payment(), 2, Nonce()));

    internal static Lazy<TransferSpace> TwoReservations { get; } = new(() => new(Payment(), 1, Nonce(), new("funds", ReservationKind.Funds, "lane/a", [], Ether, 1_000)));

    internal static Lazy<TransferSpace> Messages { get; } = new(() => new(Message(), 2));

    TransferSpace(TransferDraft draft, int transactions, params Reservation[] reservations)
    {
        (this.draft, this.transactions, this.reservations) = (draft, transactions, reservations);
        var start = TransferEvolution.Evolve(TransferState.None, new TransferEvent.Requested(Noon, draft));
        var open = new Queue<string>([Remember(start)]);
        while (open.TryDequeue(out var from))
        {
            var state = States[from];
            foreach (var command in Commands(state))
            {
                var events = TransferDecider.Decide(state, command).Events;
                if (events.IsEmpty)
                {
                    Standstills++;
                    continue;
                }
                var next = events.Aggregate(state, TransferEvolution.Evolve);
                var to = Key(next);
                SubStatuses.Add(next.SubStatus);
                if (!TransferDecider.Decide(next, command).Events.IsEmpty)
                    NotRepeatable.Add($"{command.GetType().Name}: {from} -> {to}");
                if (States.TryAdd(to, next))
                    open.Enqueue(to);
                if (to != from)
                    Edges.Add(new(from, to, command, events));
            }
        }
    }

    string Remember(TransferState state)
    {
        var key = Key(state);
        States.Add(key, state);
        return key;
    }

    // What was counted or said for people decides nothing, and neither does which block it is, how often it was tried, nor
    // what the policy said once that has been acted upon.
    internal static string Key(TransferState s) => string.Join('|',
        s.Phase, s.End, s.Phase < TransferPhase.Approved && s.Judged is { } j ? $"{j.Transaction}{j.Verdict}" : "",
        string.Join(',', s.Transactions.Select(t =>
            $"{t.Prepared.Purpose}{t.Prepared.Replaces}{t.Stage}{t.IsExposed}{t.ApprovedAs}{t.IsAllowed}{t.WasBroadcast}{t.SignedHash}{t.TransactionId}{t.Prepared.Uses.Length}")),
        string.Join(',', s.Reservations.Select(r => $"{r.Reservation.Id}{r.Outcome}{r.IsSettled}")));

    IEnumerable<TransferCommand> Commands(TransferState state) => Commands(state, Noon).Concat(Commands(state, Expiry).Where(IsTold));

    // Of the time after the expiry, what asks for it; the rest is decided alike.
    static bool IsTold(TransferCommand command) => command is TransferCommand.Expire or TransferCommand.Submit or TransferCommand.Judge or TransferCommand.Approve
        or TransferCommand.Queue or TransferCommand.BeginSigning or TransferCommand.Prepare;

    IEnumerable<TransferCommand> Commands(TransferState state, DateTimeOffset at)
    {
        var until = at.AddMinutes(1);
        yield return new TransferCommand.Submit(at, until);
        foreach (var reservation in reservations)
        {
            yield return new TransferCommand.Reserve(at, reservation);
            yield return new TransferCommand.Release(at, reservation.Id);
            yield return new TransferCommand.Settle(at, reservation.Id);
        }
        yield return new TransferCommand.Reject(at, "bob", "no");
        yield return new TransferCommand.Queue(at, until);
        yield return new TransferCommand.Cancel(at, "alice", "changed my mind");
        yield return new TransferCommand.Expire(at);
        yield return new TransferCommand.Fail(at, "no funds");
        yield return new TransferCommand.Drop(at, "no more");
        if (state.Transactions.Length < transactions)
            foreach (var prepared in Preparations(state))
                yield return new TransferCommand.Prepare(at, prepared);
        foreach (var later in (DateTimeOffset[])[at, Expiry, CancellationExpiry])
            yield return new TransferCommand.Withdraw(later, state.CurrentIndex, "not wanted");
        for (var i = 0; i < state.Transactions.Length; i++)
            foreach (var command in Commands(state, i, at, until))
                yield return command;
    }

    IEnumerable<PreparedTransaction> Preparations(TransferState state)
    {
        var number = state.Transactions.Length;
        string[] held = [.. state.Reservations.Where(r => r.IsHeld).Select(r => r.Reservation.Id)];
        foreach (var purpose in Enum.GetValues<TransactionPurpose>())
            foreach (var replaces in Enumerable.Range(-1, number + 1))
                foreach (var uses in held.Length == 0 || transactions > 1 ? [held] : (string[][])[held, []])
                    yield return Prepared(number, purpose, replaces < 0 ? null : replaces, 10, state.IsMessage, uses);
    }

    IEnumerable<TransferCommand> Commands(TransferState state, int i, DateTimeOffset at, DateTimeOffset until)
    {
        foreach (var verdict in Enum.GetValues<Verdict>())
            yield return new TransferCommand.Judge(at, i, verdict, Hash("policy"), [], "trace");
        if (state.Approvals.IsEmpty)
            yield return new TransferCommand.Approve(at, i, "bob", "phone", Json("{}"));
        var tried = state.Transactions[i].Attempts;
        for (var attempt = Math.Max(1, tried); attempt <= Math.Min(2, tried + 1); attempt++)
        {
            yield return new TransferCommand.BeginSigning(at, i, attempt, "node", until);
            foreach (var outcome in Enum.GetValues<SigningOutcome>())
                yield return new TransferCommand.EndSigning(at, i, attempt, outcome, "fault");
            // Other signatures are offered to what has some.
            foreach (var signature in state.Transactions[i].Signatures.IsEmpty ? (string[])["a"] : ["a", "b"])
                yield return new TransferCommand.Sign(at, i, attempt, [Signature(signature)], state.IsMessage ? null : new Blob(System.Text.Encoding.UTF8.GetBytes($"{i}{signature}")));
        }
        foreach (var signature in (string[])["a", "b"])
            yield return new TransferCommand.BeginBroadcast(at, i, Hash($"{i}{signature}"), until);
        yield return new TransferCommand.AcceptBroadcast(at, i, $"id {i}");
        yield return new TransferCommand.RefuseBroadcast(at, i, "no");
        foreach (var seen in Sights(state))
            yield return new TransferCommand.Track(at, i, seen, 3, 10);
    }

    static IEnumerable<TransactionStatus> Sights(TransferState state)
    {
        yield return new(TransactionState.Unknown);
        yield return new(TransactionState.Pending);
        yield return new(TransactionState.Confirmed, "b", 1, 1);
        yield return new(TransactionState.Confirmed, "b", 1, 3);
        yield return new(TransactionState.Confirmed, "c", 1, 3);
        yield return new(TransactionState.Finalized, "b", 1, 20);
        yield return new(TransactionState.Failed, "b", 1, 1);
        yield return new(TransactionState.Failed, "b", 1, 10);
        yield return new(TransactionState.Dead);
        yield return new(TransactionState.Dead, ReplacedBy: "foreign");
        foreach (var ours in state.Transactions.Select(t => t.TransactionId).OfType<string>())
            yield return new(TransactionState.Dead, ReplacedBy: ours);
    }
}
