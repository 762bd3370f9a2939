using Quorate.Server.Transfers;
using Xunit.Abstractions;

namespace Quorate.Server.Tests.Transfers;

/// <summary>What holds in every state that a transfer can get into.</summary>
public sealed class TransferSpaceTests(ITestOutputHelper output)
{
    static readonly TransferStatus[] ends =
    [
        TransferStatus.Finalized, TransferStatus.Denied, TransferStatus.Rejected, TransferStatus.Expired, TransferStatus.Cancelled,
        TransferStatus.Replaced, TransferStatus.Dropped, TransferStatus.Failed,
    ];

    static IEnumerable<TransferSpace> Spaces => [TransferSpace.Payments.Value, TransferSpace.TwoReservations.Value, TransferSpace.Messages.Value];

    [Fact]
    public void Every_status_is_reached_and_every_end()
    {
        foreach (var space in Spaces)
            output.WriteLine($"{space.States.Count} states, {space.Edges.Count} steps, {space.Standstills} commands without effect");
        Assert.Equal(Enum.GetValues<TransferStatus>(), Spaces.SelectMany(s => s.States.Values).Select(s => s.Status).Distinct().Order());
        Assert.Equal(Enum.GetValues<SubStatus>(), Spaces.SelectMany(s => s.SubStatuses).Distinct().Order());
        Assert.Equal(ends, TransferSpace.Payments.Value.States.Values.Where(s => s.End is not null).Select(s => s.Status).Distinct().Order());
    }

    [Fact]
    public void What_has_ended_stays_as_it_is_whatever_is_asked()
    {
        foreach (var space in Spaces)
            Assert.All(space.Edges.Where(e => space.States[e.From].End is not null), edge =>
            {
                Assert.All(edge.Events, e => Assert.IsType<TransferEvent.ReservationSettled>(e));
                Assert.Equal(space.States[edge.From].Status, space.States[edge.To].Status);
            });
    }

    [Fact]
    public void No_way_leads_from_denied_rejected_or_expired_to_a_signature()
    {
        foreach (var space in Spaces)
        {
            var next = space.Edges.ToLookup(e => e.From);
            var open = new Queue<string>(space.States.Where(s => s.Value.End is TransferStatus.Denied or TransferStatus.Rejected or TransferStatus.Expired).Select(s => s.Key));
            var seen = open.ToHashSet(StringComparer.Ordinal);
            Assert.NotEmpty(seen);
            while (open.TryDequeue(out var at))
                foreach (var edge in next[at])
                {
                    Assert.DoesNotContain(edge.Events, e => e is TransferEvent.SigningBegun or TransferEvent.TransactionSigned or TransferEvent.BroadcastBegun);
                    if (seen.Add(edge.To))
                        open.Enqueue(edge.To);
                }
        }
    }

    [Fact]
    public void One_transaction_is_only_ever_broadcast_as_the_same_bytes()
    {
        foreach (var space in Spaces)
            foreach (var edge in space.Edges)
            {
                var (before, after) = (space.States[edge.From], space.States[edge.To]);
                foreach (var begun in edge.Events.OfType<TransferEvent.BroadcastBegun>())
                    Assert.Equal(after.Transactions[begun.Transaction].SignedHash, begun.SignedHash);
                // What was signed once never becomes something else, so the equation holds along every way.
                for (var i = 0; i < before.Transactions.Length; i++)
                    if (before.Transactions[i].SignedHash is { } hash)
                        Assert.Equal(hash, after.Transactions[i].SignedHash);
            }
    }

    [Fact]
    public void Nothing_is_signed_that_was_not_allowed_and_queued()
    {
        foreach (var space in Spaces)
            foreach (var edge in space.Edges)
            {
                var (before, after) = (space.States[edge.From], space.States[edge.To]);
                Assert.True(before.Phase == TransferPhase.Executing || !edge.Events.Any(e => e is TransferEvent.SigningBegun or TransferEvent.TransactionSigned));
                foreach (var begun in edge.Events.OfType<TransferEvent.SigningBegun>())
                    Assert.True(before.Transactions[begun.Transaction].IsAllowed);
                for (var i = 0; i < before.Transactions.Length; i++)
                    if (after.Transactions[i].IsAllowed && !before.Transactions[i].IsAllowed)
                        Assert.Contains(edge.Events, e => e is TransferEvent.PolicyJudged { Verdict: Policies.Verdict.Allow });
                if (after.Phase == TransferPhase.Executing && before.Phase != TransferPhase.Executing)
                    Assert.Contains(edge.Events, e => e is TransferEvent.Queued or TransferEvent.TransactionTracked);
                if (edge.Events.Any(e => e is TransferEvent.Queued))
                    Assert.Equal(TransferPhase.Approved, before.Phase);
                if (after.Phase == TransferPhase.Approved && before.Phase != TransferPhase.Approved)
                    Assert.Contains(edge.Events, e => e is TransferEvent.PolicyJudged { Verdict: Policies.Verdict.Allow });
            }
    }

    [Fact]
    public void At_every_end_it_is_decided_what_becomes_of_every_reservation()
    {
        foreach (var space in Spaces)
            foreach (var ended in space.States.Values.Where(s => s.End is not null))
            {
                Assert.All(ended.Reservations, r => Assert.False(r.IsHeld));
                foreach (var due in ended.Due)
                    Assert.Single(TransferDecider.Decide(ended, new TransferCommand.Settle(TransferSamples.Noon, due.Reservation.Id)).Events);
            }
    }

    [Fact]
    public void What_may_be_signed_is_never_given_back_as_if_it_were_not()
    {
        foreach (var space in Spaces)
            foreach (var edge in space.Edges)
                foreach (var decided in edge.Events.OfType<TransferEvent.ReservationDecided>().Where(e => e.Outcome == ReservationOutcome.Release))
                {
                    var after = space.States[edge.To];
                    var isSettledOnChain = after.Transactions.Any(t => t.Stage is TransactionStage.Finalized or TransactionStage.Reverted);
                    Assert.True(isSettledOnChain || after.Transactions.All(t =>
                        !t.IsExposed || t.Stage == TransactionStage.Dead || !t.Prepared.Uses.Contains(decided.Id)), $"{edge.From} -> {edge.To}");
                }
    }

    [Fact]
    public void Two_transactions_that_do_not_conflict_are_never_signed_or_broadcast_while_both_may_confirm()
    {
        foreach (var space in Spaces)
            foreach (var edge in space.Edges)
                foreach (var index in edge.Events.Select(e => e switch
                {
                    TransferEvent.SigningBegun s => s.Transaction,
                    TransferEvent.BroadcastBegun b => b.Transaction,
                    _ => (int?)null,
                }).OfType<int>())
                {
                    var before = space.States[edge.From];
                    if (before.Transactions[index].Prepared.Purpose == TransactionPurpose.Refresh)
                        Assert.All(before.Transactions.Take(index), t => Assert.True(!t.IsLive || !t.IsExposed, edge.From));
                }
    }

    [Fact]
    public void From_every_state_there_is_a_way_to_an_end()
    {
        foreach (var space in Spaces)
        {
            var previous = space.Edges.ToLookup(e => e.To, e => e.From);
            var open = new Queue<string>(space.States.Where(s => s.Value.End is not null).Select(s => s.Key));
            var canEnd = open.ToHashSet(StringComparer.Ordinal);
            while (open.TryDequeue(out var at))
                foreach (var from in previous[at])
                    if (canEnd.Add(from))
                        open.Enqueue(from);
            Assert.All(space.States.Keys, s => Assert.Contains(s, canEnd));
        }
    }

    [Fact]
    public void A_command_that_was_carried_out_changes_nothing_when_it_is_sent_again()
    {
        foreach (var space in Spaces)
            Assert.Empty(space.NotRepeatable);
    }
}
