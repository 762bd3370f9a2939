using System.Collections.Immutable;
using Quorate.Policies;
using Quorate.Server.Governance;
using Quorate.Server.Transfers;

namespace Quorate.Server.Sagas;

/// <summary>What nodes will probably say: the same policy over the same effects and approvals. Nodes have counters of their own, and the last word.</summary>
static class PolicyPreview
{
    /// <summary>Asks the policy about a transfer's transaction, with the approvals that have come.</summary>
    /// <exception cref="FormatException">The transaction does not decode.</exception>
    internal static Decision Ask(
        TransferState transfer, int transaction, SigningWallet wallet, ITransferDesk desk, PinnedPolicy pinned, DateTimeOffset now)
    {
        var prepared = transfer.Transactions[transaction].Prepared;
        var intent = IntentMaker.Read(prepared);
        var effects = desk.Read(prepared.Form, prepared.Unsigned.Bytes, wallet.Context).Effects;
        var approvals = ApprovalSet.Verify(intent, ApprovalJson.Parse(Documents.Array(transfer.CurrentApprovals.Select(a => a.Document))), pinned.Membership, PasskeyCounters.Empty, now);
        return pinned.Policy.Evaluate(intent, effects, approvals, pinned.Counters, now);
    }

    /// <summary>What is missing, a line each.</summary>
    internal static ImmutableArray<string> Missing(Decision decision) => [.. decision.Outstanding.Select(o => o.ToString())];
}
