using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using Quorate.Chains;
using Quorate.Server.Ids;
using Quorate.Server.Nodes;
using Quorate.Server.Recording;
using Quorate.Server.Transfers;

namespace Quorate.Server.Sagas;

/// <summary>
/// Does what <see cref="TransferSaga"/> says, one step after the other, and writes down what came of each before the next.
/// It keeps nothing that matters: the waits between tries are in memory, and a server that begins anew tries at once.
/// </summary>
sealed class SagaRunner(
    TransferBook transfers, IReadOnlyDictionary<ChainId, ITransferDesk> desks, IWalletDirectory wallets, NodeFleet nodes, IWorkQueue queue,
    string server, SagaOptions options, TimeProvider time)
{
    readonly ConcurrentDictionary<string, int> failures = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<Address, ITransferDesk> used = [];

    DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Claims what is due and works on it, each by itself.</summary>
    /// <returns>How many were claimed.</returns>
    internal async Task<int> RunOnceAsync(CancellationToken cancellation)
    {
        var claimed = await queue.ClaimAsync(server, Now, options.Lease, options.MaxClaimed, cancellation).ConfigureAwait(false);
        await Task.WhenAll(claimed.Select(item => WorkAsync(item, cancellation))).ConfigureAwait(false);
        return claimed.Count;
    }

    /// <summary>Takes a transfer as far as it goes now.</summary>
    internal async Task WorkAsync(string item, CancellationToken cancellation)
    {
        DateTimeOffset? due;
        try
        {
            due = await AdvanceAsync(ResourceId.Parse(item), cancellation).ConfigureAwait(false);
            failures.TryRemove(item, out _);
        }
        catch (Exception e) when (e is StepFailedException or ChainException or Journal.JournalBusyException or Journal.JournalUnavailableException)
        {
            // The chain's node or the database is away: whatever was done stands, the rest is tried again.
            due = Now + BackOff(item);
        }
        if (due is { } at)
            await queue.ReturnAsync(item, server, at, cancellation).ConfigureAwait(false);
        else
            await queue.CompleteAsync(item, server, cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Puts the lanes in order that this server has used. What is left in a lane by a server that was killed does harm only
    /// to who uses the lane next, and who uses it tidies it.
    /// </summary>
    /// <param name="fill">Asks for what fills a gap that keeps others waiting.</param>
    /// <param name="cancellation">Gives up.</param>
    internal async Task TidyAsync(Func<LaneGap, Task> fill, CancellationToken cancellation)
    {
        foreach (var (account, desk) in used)
        {
            try
            {
                if (await desk.TidyAsync(account, HasEndedAsync, cancellation).ConfigureAwait(false) is { } gap)
                    await fill(gap).ConfigureAwait(false);
            }
            catch (ChainException)
            {
                // The next time.
            }
        }

        async Task<bool> HasEndedAsync(string holder) => ResourceId.TryParse(holder, out var id)
            && (await transfers.ReadAsync(id, cancellation).ConfigureAwait(false)) is { Phase: TransferPhase.Ended };
    }

    /// <summary>The same transaction at a higher fee, within what was approved.</summary>
    /// <returns>Why not; null where it is on its way.</returns>
    /// <exception cref="ChainException">It is too late, the limit on the fee too low, or the node fails.</exception>
    internal Task<Deciding.Refusal?> SpeedUpAsync(ResourceId id, CancellationToken cancellation) => ReplaceAsync(id, TransactionPurpose.Replacement, cancellation);

    /// <summary>Takes a transfer back: at once where nothing is on the network, else by a transaction that does nothing in its place.</summary>
    /// <returns>Why not; null where it is cancelled, or on its way.</returns>
    /// <exception cref="ChainException">It is too late, the limit on the fee too low, or the node fails.</exception>
    internal async Task<Deciding.Refusal?> CancelAsync(ResourceId id, string by, string reason, CancellationToken cancellation)
    {
        var (_, refusal) = await transfers.DecideAsync(id, new TransferCommand.Cancel(Now, by, reason), cancellation).ConfigureAwait(false);
        return refusal is { Code: "already_broadcast" } ? await ReplaceAsync(id, TransactionPurpose.Cancellation, cancellation).ConfigureAwait(false) : refusal;
    }

    async Task<Deciding.Refusal?> ReplaceAsync(ResourceId id, TransactionPurpose purpose, CancellationToken cancellation)
    {
        var state = await transfers.ReadAsync(id, cancellation).ConfigureAwait(false);
        var replaced = state.Transactions.Select((t, i) => (t, i)).LastOrDefault(x => x.t.IsLive && !x.t.Signatures.IsEmpty && !x.t.IsInBlock, (null!, -1)).Item2;
        if (replaced < 0)
            return new("nothing_to_replace", "Nothing of it is signed and in no block.");
        var (desk, wallet) = await FindAsync(state, cancellation).ConfigureAwait(false);
        var draft = await desk.ReplaceAsync(state, wallet, replaced, purpose == TransactionPurpose.Cancellation, cancellation).ConfigureAwait(false);
        var expires = Now + options.CancellationLifetime;
        var prepared = IntentMaker.Make(
            state, wallet, desk.Format, draft, purpose, replaced, expires > state.Draft!.ExpiresAt ? expires : state.Draft.ExpiresAt);
        return (await transfers.DecideAsync(id, new TransferCommand.Prepare(Now, prepared), cancellation).ConfigureAwait(false)).Refusal;
    }

    /// <summary>Step after step until there is nothing to do now.</summary>
    /// <returns>When to go on; null for never.</returns>
    async Task<DateTimeOffset?> AdvanceAsync(ResourceId id, CancellationToken cancellation)
    {
        var (hasTracked, hasJudged) = (false, false);
        for (var steps = 0; steps < options.MaxSteps; steps++)
        {
            var state = await transfers.ReadAsync(id, cancellation).ConfigureAwait(false);
            var step = TransferSaga.Next(state, Now, hasTracked, hasJudged, options);
            if (step is SagaStep.Wait wait)
                return wait.Until;
            if (step is SagaStep.Done)
                return null;
            hasTracked |= step is SagaStep.Track;
            hasJudged |= step is SagaStep.Judge;
            await DoAsync(id, state, step, cancellation).ConfigureAwait(false);
        }
        return Now;
    }

    Task DoAsync(ResourceId id, TransferState state, SagaStep step, CancellationToken cancellation) => step switch
    {
        SagaStep.Settle s => SettleAsync(id, state, s, cancellation),
        SagaStep.Plan s => PlanAsync(id, state, s, cancellation),
        SagaStep.Judge s => JudgeAsync(id, state, s, cancellation),
        SagaStep.Queue => SayAsync(id, new TransferCommand.Queue(Now, Now + options.QueueTimeout), cancellation),
        SagaStep.BeginSigning s => BeginSigningAsync(id, state, s, cancellation),
        SagaStep.AskNode s => AskNodeAsync(id, state, s, cancellation),
        SagaStep.GiveUpSigning s => SayAsync(id, EndSigning(s.Transaction, s.Attempt, SigningOutcome.Retry, "No answer in time."), cancellation),
        SagaStep.BeginBroadcast s => SayAsync(id, new TransferCommand.BeginBroadcast(
            Now, s.Transaction, state.Transactions[s.Transaction].SignedHash!.Value, Now + options.BroadcastTimeout), cancellation),
        SagaStep.Broadcast s => BroadcastAsync(id, state, s, cancellation),
        SagaStep.Track => TrackAsync(id, state, cancellation),
        SagaStep.Withdraw s => SayAsync(id, new TransferCommand.Withdraw(Now, s.Transaction, s.Reason), cancellation),
        SagaStep.Expire => SayAsync(id, new TransferCommand.Expire(Now), cancellation),
        SagaStep.Fail s => SayAsync(id, new TransferCommand.Fail(Now, s.Reason), cancellation),
        SagaStep.Drop => SayAsync(id, new TransferCommand.Drop(Now, "None of its transactions can confirm, and its time ran out."), cancellation),
        _ => throw new UnreachableException(step.GetType().Name),
    };

    async Task SettleAsync(ResourceId id, TransferState state, SagaStep.Settle step, CancellationToken cancellation)
    {
        var (desk, _) = await FindAsync(state, cancellation).ConfigureAwait(false);
        await desk.SettleAsync(state, step.Reservation, cancellation).ConfigureAwait(false);
        await SayAsync(id, new TransferCommand.Settle(Now, step.Reservation.Reservation.Id), cancellation).ConfigureAwait(false);
    }

    async Task PlanAsync(ResourceId id, TransferState state, SagaStep.Plan step, CancellationToken cancellation)
    {
        var (desk, wallet) = await FindAsync(state, cancellation).ConfigureAwait(false);
        var (reservations, refusal) = await desk.ReserveAsync(state, cancellation).ConfigureAwait(false);
        foreach (var reservation in reservations)
        {
            // Ended while the lane was asked: what was reserved is given back, here or by whoever tidies the lane.
            var (_, tooLate) = await transfers.DecideAsync(id, new TransferCommand.Reserve(Now, reservation), cancellation).ConfigureAwait(false);
            if (tooLate is { IsRetryable: false })
            {
                await desk.SettleAsync(state, new(reservation, ReservationOutcome.Release), cancellation).ConfigureAwait(false);
                throw new StepFailedException(tooLate.Detail);
            }
        }
        if (refusal is { IsFinal: true })
        {
            await SayAsync(id, new TransferCommand.Fail(Now, refusal.Reason), cancellation).ConfigureAwait(false);
            return;
        }
        if (refusal is not null)
            throw new StepFailedException(refusal.Reason);
        Draft draft;
        try
        {
            draft = await desk.BuildAsync(state, wallet, reservations, cancellation).ConfigureAwait(false);
        }
        catch (ChainException e) when (e.Error is ChainError.Unsupported or ChainError.Dust)
        {
            await SayAsync(id, new TransferCommand.Fail(Now, e.Message), cancellation).ConfigureAwait(false);
            return;
        }
        var prepared = IntentMaker.Make(state, wallet, desk.Format, draft, step.Purpose, null, state.Draft!.ExpiresAt);
        await SayAsync(id, new TransferCommand.Prepare(Now, prepared), cancellation).ConfigureAwait(false);
        foreach (var old in state.Reservations.Where(r => r.IsHeld && !draft.Uses.Contains(r.Reservation.Id)))
            await SayAsync(id, new TransferCommand.Release(Now, old.Reservation.Id), cancellation).ConfigureAwait(false);
    }

    async Task JudgeAsync(ResourceId id, TransferState state, SagaStep.Judge step, CancellationToken cancellation)
    {
        var (desk, wallet) = await FindAsync(state, cancellation).ConfigureAwait(false);
        var isLost = !state.Transactions[step.Transaction].IsExposed && !await desk.IsHeldAsync(state, step.Transaction, cancellation).ConfigureAwait(false);
        // Nobody should approve what can not be sent any more.
        if (isLost && !state.Transactions.Any(t => t.IsExposed && t.IsLive))
        {
            await PlanAsync(id, state, new(TransactionPurpose.Refresh), cancellation).ConfigureAwait(false);
            return;
        }
        var pinned = await wallets.PolicyAsync(cancellation).ConfigureAwait(false);
        var decision = PolicyPreview.Ask(state, step.Transaction, wallet, desk.Format, pinned, Now);
        await SayAsync(id, new TransferCommand.Judge(
            Now, step.Transaction, decision.Verdict, decision.Policy, PolicyPreview.Missing(decision), decision.ToString()), cancellation).ConfigureAwait(false);
    }

    async Task BeginSigningAsync(ResourceId id, TransferState state, SagaStep.BeginSigning step, CancellationToken cancellation)
    {
        var (desk, wallet) = await FindAsync(state, cancellation).ConfigureAwait(false);
        var current = state.Transactions[step.Transaction];
        var refusal = await desk.BindAsync(state, wallet, step.Transaction, cancellation).ConfigureAwait(false);
        if (refusal is not null && current.IsExposed)
            throw new StepFailedException($"{refusal}");
        if (refusal is not null && state.Transactions.Any(t => t.IsExposed && t.IsLive))
        {
            // A replacement that is not to be: what it was to replace goes on.
            await SayAsync(id, new TransferCommand.Withdraw(Now, step.Transaction, $"{refusal}"), cancellation).ConfigureAwait(false);
            return;
        }
        if (refusal is not null)
        {
            await PlanAsync(id, state, new(TransactionPurpose.Refresh), cancellation).ConfigureAwait(false);
            return;
        }
        var node = nodes.Choose(current.Prepared.IntentHash, step.Attempt);
        await SayAsync(id, new TransferCommand.BeginSigning(
            Now, step.Transaction, step.Attempt, node.ToString(), Now + options.SigningTimeout), cancellation).ConfigureAwait(false);
    }

    async Task AskNodeAsync(ResourceId id, TransferState state, SagaStep.AskNode step, CancellationToken cancellation)
    {
        var (desk, wallet) = await FindAsync(state, cancellation).ConfigureAwait(false);
        var prepared = state.Transactions[step.Transaction].Prepared;
        var approved = IntentMaker.ApprovedIndexOf(state, step.Transaction);
        var question = new SigningQuestion(
            Json(prepared), (int)prepared.Form, prepared.Unsigned.Bytes, PolicyPreview.Documents(state),
            approved == step.Transaction ? null : new(Json(state.Transactions[approved].Prepared), (int)prepared.Form, state.Transactions[approved].Prepared.Unsigned.Bytes));
        var answer = await nodes.SignAsync(nodes.Choose(prepared.IntentHash, step.Attempt), question, options.SigningTimeout, cancellation).ConfigureAwait(false);
        if (answer is NodeAnswer.Signed signed)
        {
            try
            {
                var bytes = desk.Format.Assemble(prepared.Unsigned.Bytes, wallet.Context, signed.Signatures);
                ImmutableArray<RecordedSignature> signatures =
                    [.. signed.Signatures.OrderBy(s => s.Index).Select(s => new RecordedSignature(s.Index, new(s.PublicKey), new(s.Signature), s.RecoveryId))];
                await SayAsync(id, new TransferCommand.Sign(Now, step.Transaction, step.Attempt, signatures, new Blob(bytes)), cancellation).ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (e is ArgumentException or FormatException)
            {
                answer = new NodeAnswer.Failed($"Signatures that are none: {e.Message}");
            }
        }
        var (outcome, reason) = OutcomeOf(answer, step.Attempt);
        await SayAsync(id, EndSigning(step.Transaction, step.Attempt, outcome, reason), cancellation).ConfigureAwait(false);
        if (outcome == SigningOutcome.Retry)
            throw new StepFailedException(reason);
    }

    /// <summary>One node's no is not all nodes' no: every one is asked before it counts.</summary>
    (SigningOutcome Outcome, string Reason) OutcomeOf(NodeAnswer answer, int attempt)
    {
        var isLast = attempt >= TransferDecider.MaxAttempts;
        return answer switch
        {
            NodeAnswer.Refused r when attempt >= nodes.Nodes.Length || isLast => (r.Reason switch
            {
                "NeedsApprovals" => SigningOutcome.NeedsApprovals,
                "Denied" or "NotAReplacement" => SigningOutcome.Denied,
                "Expired" => SigningOutcome.Expired,
                "Frozen" or "TooMany" or "ClockWentBack" or "UnknownWallet" or "UnknownChain" or "NoGenesis" when !isLast => SigningOutcome.Retry,
                _ => SigningOutcome.Failed,
            }, $"{r.Reason}: {r.Detail}"),
            NodeAnswer.Refused r => (SigningOutcome.Retry, $"{r.Reason}: {r.Detail}"),
            NodeAnswer.Failed f => (isLast ? SigningOutcome.Failed : SigningOutcome.Retry, f.Reason),
            NodeAnswer.Silent s => (isLast ? SigningOutcome.Failed : SigningOutcome.Retry, s.Why),
            _ => (SigningOutcome.Retry, "No signatures."),
        };
    }

    async Task BroadcastAsync(ResourceId id, TransferState state, SagaStep.Broadcast step, CancellationToken cancellation)
    {
        var (desk, _) = await FindAsync(state, cancellation).ConfigureAwait(false);
        TransferCommand said;
        try
        {
            said = new TransferCommand.AcceptBroadcast(Now, step.Transaction, await desk.SendAsync(state, step.Transaction, cancellation).ConfigureAwait(false));
        }
        catch (ChainException e) when (IsRefusal(e, state))
        {
            said = new TransferCommand.RefuseBroadcast(Now, step.Transaction, e.Message);
        }
        await SayAsync(id, said, cancellation).ConfigureAwait(false);
    }

    // What may be otherwise later is no refusal, as long as there is a later.
    bool IsRefusal(ChainException e, TransferState state) => e.Error is ChainError.Rejected or ChainError.Stale or ChainError.FeeTooLow or ChainError.Unsupported
        || (e.Error == ChainError.InsufficientFunds && Now >= state.Draft!.ExpiresAt);

    async Task TrackAsync(ResourceId id, TransferState state, CancellationToken cancellation)
    {
        var (desk, _) = await FindAsync(state, cancellation).ConfigureAwait(false);
        for (var i = 0; i < state.Transactions.Length; i++)
        {
            if (state.Phase == TransferPhase.Ended || !TransferSaga.IsTracked(state.Transactions[i]))
                continue;
            var seen = await desk.LookAsync(state, i, cancellation).ConfigureAwait(false);
            (state, _) = await transfers.DecideAsync(
                id, new TransferCommand.Track(Now, i, seen, options.Confirmations, options.FinalConfirmations), cancellation).ConfigureAwait(false);
            if (state.Phase != TransferPhase.Ended && state.Transactions[i] is { Stage: TransactionStage.Missing })
                await SendAgainAsync(desk, state, i, cancellation).ConfigureAwait(false);
        }
    }

    // The same bytes once more; what the network says to it shows at the next look.
    static async Task SendAgainAsync(ITransferDesk desk, TransferState state, int transaction, CancellationToken cancellation)
    {
        try
        {
            await desk.SendAsync(state, transaction, cancellation).ConfigureAwait(false);
        }
        catch (ChainException)
        {
        }
    }

    async Task<(ITransferDesk Desk, SigningWallet Wallet)> FindAsync(TransferState state, CancellationToken cancellation)
    {
        var draft = state.Draft!;
        if (!desks.TryGetValue(draft.Subject.Chain, out var desk) || await wallets.FindAsync(draft, cancellation).ConfigureAwait(false) is not { } wallet)
            throw new StepFailedException($"Nothing is known of {draft.Subject.Chain}, or of the keys of {draft.Wallet} there.");
        used.TryAdd(wallet.Context.Signer, desk);
        return (desk, wallet);
    }

    // What is refused because the state has moved on meanwhile is read anew with the next step; what is refused for long shows as a wait.
    async Task SayAsync(ResourceId id, TransferCommand command, CancellationToken cancellation)
    {
        var (_, refusal) = await transfers.DecideAsync(id, command, cancellation).ConfigureAwait(false);
        if (refusal is not null)
            throw new StepFailedException(refusal.ToString());
    }

    TransferCommand.EndSigning EndSigning(int transaction, int attempt, SigningOutcome outcome, string reason) => new(Now, transaction, attempt, outcome, reason);

    TimeSpan BackOff(string item)
    {
        var count = failures.AddOrUpdate(item, 1, (_, n) => Math.Min(n + 1, 30));
        var wait = options.FirstRetry * Math.Pow(2, count - 1);
        return wait < options.LastRetry ? wait : options.LastRetry;
    }

    static byte[] Json(PreparedTransaction prepared) => JsonSerializer.SerializeToUtf8Bytes(prepared.Intent, IntentMaker.JsonElementContract);

    /// <summary>A step was not done and may be done later. Caught where the transfer is returned to the queue.</summary>
    sealed class StepFailedException(string message) : Exception(message);
}
