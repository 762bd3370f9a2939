using Quorate.Server.Transfers;

namespace Quorate.Server.Sagas;

/// <summary>
/// What a transfer needs next: a pure function of where it stands and the time. The state is the transfer's own stream and
/// nothing else, so a server that was killed leaves nothing behind that another would have to know.
/// </summary>
static class TransferSaga
{
    /// <summary>The next step.</summary>
    /// <param name="s">The transfer.</param>
    /// <param name="now">The time.</param>
    /// <param name="hasTracked">Whether the chain was asked since it was claimed.</param>
    /// <param name="hasJudged">Whether the policy was.</param>
    /// <param name="o">How long things may take.</param>
    internal static SagaStep Next(TransferState s, DateTimeOffset now, bool hasTracked, bool hasJudged, SagaOptions o)
    {
        // What was decided about reservations is done first, ended or not: compensation waits for nothing.
        if (s.Due.FirstOrDefault() is { } due)
            return new SagaStep.Settle(due);
        if (s.Phase is TransferPhase.None or TransferPhase.Draft or TransferPhase.Ended)
            return new SagaStep.Done();
        var expires = s.Draft!.ExpiresAt;
        if (now >= expires && !s.IsOnNetwork && !s.IsBeingSigned)
            return s.Phase == TransferPhase.Executing && s.Leading is null ? new SagaStep.Drop() : new SagaStep.Expire();
        // What is signed can be on the chain whatever else is going on, and whoever sent it.
        if (!hasTracked && s.Transactions.Any(IsTracked))
            return new SagaStep.Track();
        return s.Phase switch
        {
            TransferPhase.Planning => Planning(s, now),
            // What was to be approved can never confirm: whoever took part in signing it before it took more approvals can tell.
            TransferPhase.Approving or TransferPhase.Approved when s.Leading is null => new SagaStep.Plan(TransactionPurpose.Refresh),
            TransferPhase.Approving => hasJudged ? new SagaStep.Wait(Earlier(now + o.ApprovalsEvery, expires)) : new SagaStep.Judge(s.CurrentIndex),
            TransferPhase.Approved => new SagaStep.Queue(),
            _ => Executing(s, now, hasJudged, o),
        };
    }

    /// <summary>Whether the chain may show a transaction.</summary>
    internal static bool IsTracked(TransferTransaction t) =>
        t.IsLive && !t.Signatures.IsEmpty && t.Stage is not (TransactionStage.Signed or TransactionStage.Signing);

    static SagaStep Planning(TransferState s, DateTimeOffset now)
    {
        if (s.Current is { IsLive: true })
            return new SagaStep.Judge(s.CurrentIndex);
        return s.StepUntil is { } until && now >= until
            ? new SagaStep.Fail("It could not be planned in time.")
            : new SagaStep.Plan(s.Transactions.IsEmpty ? TransactionPurpose.Original : TransactionPurpose.Refresh);
    }

    static SagaStep Executing(TransferState s, DateTimeOffset now, bool hasJudged, SagaOptions o)
    {
        if (s.Leading is null)
            return new SagaStep.Plan(TransactionPurpose.Refresh);
        // Where the last was given up, the one before it goes on from where it was left.
        var index = s.Transactions.Length - 1;
        while (!s.Transactions[index].IsLive)
            index--;
        var current = s.Transactions[index];
        switch (current.Stage)
        {
            // Nobody signs it any more. What is on the network beside it is followed, and another may take its place.
            case TransactionStage.Prepared when now >= s.ExpiryOf(current.Prepared):
                return new SagaStep.Withdraw(index, "Its time ran out.");
            // A transaction that takes approvals of its own, while another is on the network: until it has them, that one is followed.
            case TransactionStage.Prepared when !current.IsAllowed:
                return hasJudged ? new SagaStep.Wait(now + o.TrackEvery) : new SagaStep.Judge(index);
            case TransactionStage.Prepared:
                return new SagaStep.BeginSigning(index, current.Attempts + 1);
            case TransactionStage.Signing:
                return s.StepUntil is { } until && now >= until
                    ? new SagaStep.GiveUpSigning(index, current.Attempts)
                    : new SagaStep.AskNode(index, current.Attempts);
            case TransactionStage.Signed:
                return new SagaStep.BeginBroadcast(index);
            case TransactionStage.Broadcasting:
                return new SagaStep.Broadcast(index);
            default:
                return new SagaStep.Wait(now + o.TrackEvery);
        }
    }

    static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
