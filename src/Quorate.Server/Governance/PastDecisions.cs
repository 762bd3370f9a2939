using Quorate.Chains;
using Quorate.Policies;
using Quorate.Server.Hosting;
using Quorate.Server.Sagas;
using Quorate.Server.Store;
using Quorate.Server.Transfers;
using Quorate.Server.Views;

namespace Quorate.Server.Governance;

/// <summary>What was decided about an intent of a transfer, last.</summary>
/// <param name="Transfer">The transfer's id.</param>
/// <param name="Intent">What was approved.</param>
/// <param name="Case">The question and the answer, for a replay.</param>
sealed record PastDecision(string Transfer, Digest Intent, PolicyCase Case);

/// <summary>
/// Decisions of the past for a draft to be tried on: what a node would have been asked, put together anew from the recorded
/// intent and from what its bytes do. What the request had wished for has no part in it.
/// </summary>
sealed class PastDecisions(ServerStore store, IWalletDirectory wallets, IReadOnlyDictionary<ChainId, ChainConnection> chains)
{
    /// <summary>Transfers of one replay at most: each is read from the journal, and what it signed decoded.</summary>
    internal const int MaxTransfers = 5_000;

    /// <summary>The decisions about the newest transfers of a time, in the order in which they were made.</summary>
    /// <param name="since">Requested at or after; null for all.</param>
    /// <param name="until">Requested before; null for all.</param>
    /// <param name="maxTransfers">1 to <see cref="MaxTransfers"/>.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The decisions, what none could be made of and why, and whether there are more transfers.</returns>
    internal async Task<(IReadOnlyList<PastDecision> Decisions, IReadOnlyList<(string Transfer, string Reason)> Skipped, bool IsTruncated)> ReadAsync(
        DateTimeOffset? since, DateTimeOffset? until, int maxTransfers, CancellationToken cancellation)
    {
        var (decisions, skipped, filter) = (new List<PastDecision>(), new List<(string, string)>(), new TransferFilter { From = since, Until = until });
        string? token = null;
        for (var left = maxTransfers; left > 0; left -= TransferQuery.MaxPageSize)
        {
            var (page, _) = await store.History.ListAsync(filter, Math.Min(left, TransferQuery.MaxPageSize), token, cancellation).ConfigureAwait(false);
            foreach (var row in page!.Items)
                if (await ReadAsync(row.Id, decisions, cancellation).ConfigureAwait(false) is { } reason)
                    skipped.Add((row.Id, reason));
            token = page.NextPageToken;
            if (token is null)
                break;
        }
        return ([.. decisions.OrderBy(d => d.Case.At)], skipped, token is not null);
    }

    async Task<string?> ReadAsync(string id, List<PastDecision> decisions, CancellationToken cancellation)
    {
        var (state, said) = (TransferState.None, new Dictionary<int, (DateTimeOffset At, Verdict Verdict, HashSet<string> Approvers)>());
        await foreach (var recorded in store.Journal.ReadStreamAsync(TransferStreams.Decider.StreamOf(id), cancellation: cancellation).ConfigureAwait(false))
        {
            var happened = TransferEvent.Catalog.Decode(recorded);
            state = TransferStreams.Decider.Evolve(state, happened);
            if (happened is TransferEvent.PolicyJudged judged)
                Say(judged.Transaction, judged.At, judged.Verdict);
            // The nodes have the last word, where it is about the policy.
            else if (happened is TransferEvent.SigningEnded { Outcome: SigningOutcome.Denied or SigningOutcome.NeedsApprovals } ended)
                Say(ended.Transaction, ended.At, ended.Outcome == SigningOutcome.Denied ? Verdict.Deny : Verdict.NeedsApprovals);
        }
        // What goes on under the approvals of another was never judged by rules.
        var own = said.Where(s => state.Transactions[s.Key].ApprovedAs == s.Key).OrderBy(s => s.Key).ToArray();
        if (own.Length == 0)
            return "Nothing of it was judged.";
        if (await wallets.FindAsync(state.Draft!, cancellation).ConfigureAwait(false) is not { } wallet)
            return $"Its wallet has no keys here, or {state.Draft!.Subject.Chain} is no chain of this server.";
        foreach (var (transaction, (at, verdict, approvers)) in own)
        {
            var prepared = state.Transactions[transaction].Prepared;
            try
            {
                var intent = IntentMaker.Read(prepared);
                var effects = chains[state.Draft!.Subject.Chain].Desk.Read(prepared.Form, prepared.Unsigned.Bytes, wallet.Context).Effects;
                decisions.Add(new(id, intent.Hash, new()
                {
                    Name = intent.RequestId, At = at, Request = PolicyRequest.From(intent, effects), Approvers = approvers, Expected = verdict,
                }));
            }
            catch (FormatException wrong)
            {
                return wrong.Message;
            }
        }
        return null;

        void Say(int transaction, DateTimeOffset at, Verdict verdict) => said[transaction] =
            (at, verdict, state.Approvals.Where(a => a.Transaction == transaction).Select(a => a.Member).ToHashSet(StringComparer.Ordinal));
    }
}
