using System.Collections.Immutable;
using Quorate.Server.Governance;
using Quorate.Server.Ids;
using Quorate.Server.Nodes;
using Quorate.Server.Recording;
using Quorate.Server.Transfers;

namespace Quorate.Server.Sagas;

/// <summary>From what is approved to signatures: bound in its lane, written down, and a node asked.</summary>
sealed class SigningSteps(TransferOffice office, NodeFleet nodes, PlanningSteps planning)
{
    /// <summary>Binds it, and writes down which node is asked.</summary>
    internal async Task BeginAsync(ResourceId id, TransferState state, SagaStep.BeginSigning step, CancellationToken cancellation)
    {
        // Not a try that counts: another server may have the nodes, and if none has, they come back or the transfer's time ends.
        if (!nodes.IsAnyConnected)
            throw new StepFailedException("No node is connected to this server.");
        var (desk, wallet) = await office.FindAsync(state, cancellation).ConfigureAwait(false);
        var current = state.Transactions[step.Transaction];
        var refusal = await desk.BindAsync(state, wallet, step.Transaction, cancellation).ConfigureAwait(false);
        if (refusal is not null && current.IsExposed)
            throw new StepFailedException($"{refusal}");
        if (refusal is not null && state.Transactions.Any(t => t.IsExposed && t.IsLive))
        {
            // A replacement that is not to be: what it was to replace goes on.
            await office.SayAsync(id, new TransferCommand.Withdraw(office.Now, step.Transaction, $"{refusal}"), cancellation).ConfigureAwait(false);
            return;
        }
        if (refusal is not null)
        {
            await planning.PlanAsync(id, state, TransactionPurpose.Refresh, cancellation).ConfigureAwait(false);
            return;
        }
        var node = nodes.Choose(current.Prepared.IntentHash, step.Attempt);
        await office.SayAsync(id, new TransferCommand.BeginSigning(
            office.Now, step.Transaction, step.Attempt, node.ToString(), office.Now + office.Options.SigningTimeout), cancellation).ConfigureAwait(false);
    }

    /// <summary>Asks the node, and writes down what it says.</summary>
    internal async Task AskAsync(ResourceId id, TransferState state, SagaStep.AskNode step, CancellationToken cancellation)
    {
        var (desk, wallet) = await office.FindAsync(state, cancellation).ConfigureAwait(false);
        var prepared = state.Transactions[step.Transaction].Prepared;
        var question = QuestionOf(state, step.Transaction);
        var answer = await nodes.SignAsync(nodes.Choose(prepared.IntentHash, step.Attempt), question, office.Options.SigningTimeout, cancellation).ConfigureAwait(false);
        if (answer is NodeAnswer.Signed signed)
        {
            try
            {
                var bytes = desk.Assemble(prepared, wallet, signed.Signatures);
                ImmutableArray<RecordedSignature> signatures =
                    [.. signed.Signatures.OrderBy(s => s.Index).Select(s => new RecordedSignature(s.Index, new(s.PublicKey), new(s.Signature), s.RecoveryId))];
                await office.SayAsync(id, new TransferCommand.Sign(
                    office.Now, step.Transaction, step.Attempt, signatures, bytes is { } b ? new Blob(b) : null), cancellation).ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (e is ArgumentException or FormatException)
            {
                answer = new NodeAnswer.Failed($"Signatures that are none: {e.Message}");
            }
        }
        var (outcome, reason) = OutcomeOf(answer, step.Attempt);
        await office.SayAsync(id, new TransferCommand.EndSigning(office.Now, step.Transaction, step.Attempt, outcome, reason), cancellation).ConfigureAwait(false);
        if (outcome == SigningOutcome.Retry)
            throw new StepFailedException(reason);
    }

    static SigningQuestion QuestionOf(TransferState state, int transaction)
    {
        var prepared = state.Transactions[transaction].Prepared;
        var approved = IntentMaker.ApprovedIndexOf(state, transaction);
        var original = state.Transactions[approved].Prepared;
        return new(
            Documents.Utf8(prepared.Intent), (int)prepared.Form, prepared.Unsigned.Bytes, Documents.Array(state.CurrentApprovals.Select(a => a.Document)),
            approved == transaction ? null : new(Documents.Utf8(original.Intent), (int)original.Form, original.Unsigned.Bytes));
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
}
