using System.Collections.Immutable;
using Quorate.Journal;
using Quorate.Policies;
using Quorate.Server.Governance;
using Quorate.Server.Nodes;
using Quorate.Server.Sagas;
using Quorate.Server.Store;
using Quorate.Server.Transfers;

namespace Quorate.Server.Audit;

/// <summary>
/// Asks the nodes that have signed something for their signed decisions, keeps them in the journal, and makes receipts of
/// them (docs/spec/receipts.md). Soon after the signature: a node that is lost later can no longer say what it did.
/// </summary>
sealed class ReceiptKeeping(ServerStore store, DeploymentBook deployment, INodeLine line, TimeSpan timeout, TimeProvider time)
{
    /// <summary>What the streams of receipts begin with.</summary>
    internal const string Prefix = "receipt/";

    /// <summary>Receipts that are gathered in one round.</summary>
    const int MaxAtOnce = 64;

    long after;

    /// <summary>One round over what is due; what can not be had now comes again when all others have had their turn.</summary>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        var due = await store.ReceiptsDue.ListAsync(after, MaxAtOnce, cancellation).ConfigureAwait(false);
        after = due.Count < MaxAtOnce ? 0 : due[^1].Position;
        await Task.WhenAll(due.Select(d => GatherAsync(d.Transfer, d.Transaction, cancellation))).ConfigureAwait(false);
    }

    /// <summary>The receipt of what a transfer has signed last.</summary>
    /// <returns>Null where nothing is signed, or too few nodes have stated their decisions yet.</returns>
    internal async Task<Receipt?> FindAsync(string transfer, CancellationToken cancellation)
    {
        var state = (await store.Transfers.ReadAsync(transfer, cancellation).ConfigureAwait(false)).State;
        var all = (await ReadAsync(transfer, cancellation).ConfigureAwait(false)).All;
        var kept = all.LastOrDefault(k => state.Transactions[k.Transaction].IsLive) ?? all.LastOrDefault();
        return kept is null ? null : await WriteAsync(state, kept, cancellation).ConfigureAwait(false);
    }

    async Task GatherAsync(string transfer, int transaction, CancellationToken cancellation)
    {
        var state = (await store.Transfers.ReadAsync(transfer, cancellation).ConfigureAwait(false)).State;
        var intent = IntentMaker.Read(state.Transactions[transaction].Prepared);
        var genesis = deployment.Current.Genesis;
        var answers = await Task.WhenAll(genesis.Nodes.Select(async node =>
            (node, Signed: await line.DecisionAsync(node.Id, intent.RequestId, timeout, cancellation).ConfigureAwait(false)))).ConfigureAwait(false);
        var kept = ImmutableArray.CreateBuilder<KeptDecision>();
        ulong acts = 0;
        foreach (var (node, signed) in answers)
        {
            // Who allowed it and lent no share states nothing that a receipt needs.
            if (signed is null || Open(signed) is not { Sessions: > 0 } decision || !decision.Node.Equals(node.Id) || decision.Intent != intent.Hash)
                continue;
            kept.Add(new(new(signed.Document), new(signed.Signature)));
            acts = Math.Max(acts, decision.Acts);
        }
        var wallet = (await store.Wallets.ReadAsync(state.Draft!.Wallet.ToString(), cancellation).ConfigureAwait(false)).State;
        if (kept.Count < (wallet.Keys?.Keys.Max(k => k.Threshold) ?? int.MaxValue))
            return;
        var (all, version) = await ReadAsync(transfer, cancellation).ConfigureAwait(false);
        if (all.Any(k => k.Transaction == transaction))
            return;
        try
        {
            await store.Journal.AppendAsync(
                Prefix + transfer, version, [DecisionsGathered.Catalog.Encode(new(time.GetUtcNow(), transaction, acts, kept.ToImmutable()))], cancellation).ConfigureAwait(false);
        }
        catch (VersionConflictException)
        {
            // Another server was quicker, and has the same.
        }
    }

    async Task<(List<DecisionsGathered> All, long Version)> ReadAsync(string transfer, CancellationToken cancellation)
    {
        var (all, version) = (new List<DecisionsGathered>(), 0L);
        await foreach (var recorded in store.Journal.ReadStreamAsync(Prefix + transfer, cancellation: cancellation).ConfigureAwait(false))
        {
            all.Add(DecisionsGathered.Catalog.Decode(recorded));
            version = recorded.Version;
        }
        return (all, version);
    }

    async Task<Receipt> WriteAsync(TransferState state, DecisionsGathered kept, CancellationToken cancellation)
    {
        var (index, signed) = (kept.Transaction, state.Transactions[kept.Transaction]);
        var approved = IntentMaker.ApprovedIndexOf(state, index);
        return new()
        {
            Deployment = deployment.Current.Genesis.Hash,
            Acts = await ActsAsync(kept.Acts, cancellation).ConfigureAwait(false),
            Signed = RequestOf(signed.Prepared),
            Approved = approved == index ? null : RequestOf(state.Transactions[approved].Prepared),
            Approvals = [.. Documents.Read(state.Approvals.Where(a => a.Transaction == signed.ApprovedAs).Select(a => new Deciding.GatheredApproval(a.Member, a.Device, a.Document)))],
            Decisions = [.. kept.Decisions.Select(d => new SignedDecision(d.Document.Bytes, d.Signature.Bytes))],
            Signatures = [.. signed.Signatures.Select(s => new ReceiptSignature(s.Index, s.Value.Bytes))],
        };
    }

    async Task<ImmutableArray<ReceiptAct>> ActsAsync(ulong count, CancellationToken cancellation)
    {
        await deployment.RefreshAsync(cancellation).ConfigureAwait(false);
        return [.. deployment.Taken.TakeWhile(a => a.Document.Number <= count).Select(a => new ReceiptAct(a.Document, [.. Documents.Read(a.Act.Approvals)]))];
    }

    static ReceiptRequest RequestOf(PreparedTransaction prepared) => new(IntentMaker.Read(prepared), prepared.Form.ToString(), prepared.Unsigned.Bytes);

    static NodeDecision? Open(SignedDecision signed)
    {
        try
        {
            return signed.Open();
        }
        catch (DocumentException)
        {
            return null;
        }
    }
}
