using Google.Protobuf.WellKnownTypes;
using Quorate.Policies;
using Quorate.Rpc.Server;
using Quorate.Server.Access;
using Quorate.Server.Recording;
using Quorate.Server.Sagas;
using Quorate.Server.Transfers;
using Quorate.Server.Views;
using Quorate.Server.Wallets;
using Quorate.V1;
using Intent = Quorate.V1.Intent;
using PendingApproval = Quorate.V1.PendingApproval;

namespace Quorate.Server.Api;

/// <summary>quorate.v1.Approvals.</summary>
sealed class ApprovalsApi(ApiParts server, TransfersApi transfers)
{
    // Where a transfer can be while its current transaction waits for approvals; beyond the first a cancellation waits, beside what it cancels.
    static readonly TransferStatus[] waiting =
        [TransferStatus.PendingApproval, TransferStatus.Queued, TransferStatus.Signing, TransferStatus.Signed, TransferStatus.Broadcast];

    WalletDirectory Wallets => new(server.Store, server.Deployment, server.Chains);

    public Task<ListPendingApprovalsResponse> ListPendingApprovals(ListPendingApprovalsRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var size = Answers.Rows(request.PageSize);
        if (size is < 1 or > TransferQuery.MaxPageSize)
            throw Answers.Invalid("/pageSize", $"a page has 1 to {TransferQuery.MaxPageSize}.");
        var member = Caller.Of(context).ActingAs("", "");
        var found = new List<PendingApproval>();
        if (server.Deployment.Current.Administrators.Members.Contains(member))
        {
            found.AddRange(Acts(member));
            await foreach (var order in CeremoniesAsync(member, context.CancellationToken).ConfigureAwait(false))
                if (found.Count <= size)
                    found.Add(order);
        }
        var isCut = false;
        foreach (var status in waiting)
        {
            var (page, _) = await server.Store.History.ListAsync(new() { Status = status }, TransferQuery.MaxPageSize, null, context.CancellationToken).ConfigureAwait(false);
            isCut |= page!.NextPageToken is not null;
            foreach (var row in page.Items.Where(r => status == TransferStatus.PendingApproval || r.SubStatus == SnakeCase.Text(SubStatus.Cancelling)))
                if (found.Count <= size && await TransferAsync(row.Id, member, context.CancellationToken).ConfigureAwait(false) is { } transfer)
                    found.Add(transfer);
        }
        var response = new ListPendingApprovalsResponse { Truncated = isCut || found.Count > size };
        response.Approvals.Add(found.Take(size));
        return response;
    });

    public Task<Intent> GetIntent(GetIntentRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var (state, _) = await transfers.FindAsync(request.Transfer, context).ConfigureAwait(false);
        var intent = TransfersApi.Approved(state);
        var index = state.Current!.ApprovedAs;
        var message = new Intent
        {
            Document = Answers.Document(state.Transactions[index].Prepared.Intent), Hash = intent.Hash.ToString(), Message = MessageOf(intent.Hash), Transaction = index,
            ExpireTime = Timestamp.FromDateTimeOffset(intent.ExpiresAt),
        };
        message.Approvers.Add(state.CurrentApprovals.Select(a => a.Member).Distinct(StringComparer.Ordinal));
        return message;
    });

    IEnumerable<PendingApproval> Acts(string member) => server.Deployment.Open
        .Where(a => !a.Act.IsTaken && a.Act.ExpiresAt > server.Now && a.Document.Number > server.Deployment.Current.Acts && a.Act.Approvals.All(given => given.Member != member))
        .Select(a => Pending(a.Act.Id.ToString(), "act", a.Act.Hash, $"act {a.Act.Number}: {SnakeCase.Text(a.Act.Kind)}", a.Act.ExpiresAt));

    async IAsyncEnumerable<PendingApproval> CeremoniesAsync(string member, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var id in await server.Store.Index.AllAsync("ceremony", isOpenOnly: true, cancellation).ConfigureAwait(false))
        {
            var order = (await server.Store.Ceremonies.ReadAsync(id, cancellation).ConfigureAwait(false)).State;
            if (order is { Outcome: null, Lead: null } && order.ExpiresAt > server.Now && order.Approvals.All(given => given.Member != member))
                yield return Pending(id, "ceremony", order.Hash, CeremonyOrder.Parse(Governance.Documents.Utf8(order.Order)).ToString(), order.ExpiresAt);
        }
    }

    // What nodes would say, with the approvals there are: whose is missing is the policy's word.
    async Task<PendingApproval?> TransferAsync(string id, string member, CancellationToken cancellation)
    {
        var state = (await server.Store.Transfers.ReadAsync(id, cancellation).ConfigureAwait(false)).State;
        if (state.Current is not { IsAllowed: false, Stage: TransactionStage.Prepared } current || state.ExpiryOf(current.Prepared) <= server.Now
            || await Wallets.FindAsync(state.Draft!, cancellation).ConfigureAwait(false) is not { } wallet)
            return null;
        var pinned = await Wallets.PolicyAsync(cancellation).ConfigureAwait(false);
        try
        {
            var decision = PolicyPreview.Ask(state, current.ApprovedAs, wallet, server.Chains[state.Draft!.Subject.Chain].Desk, pinned, server.Now);
            return decision.Verdict == Verdict.NeedsApprovals && decision.Outstanding.Any(o => o.Candidates.Contains(member))
                ? Pending(id, SnakeCase.Text(state.Draft.Id.Kind), TransfersApi.Approved(state).Hash, Words(state, current), state.ExpiryOf(current.Prepared))
                : null;
        }
        catch (FormatException)
        {
            // What does not decode is judged by nobody, and so waits for nobody.
            return null;
        }
    }

    static string Words(TransferState state, TransferTransaction current) => (current.Prepared.Purpose, state.Draft!.Subject) switch
    {
        (TransactionPurpose.Cancellation, _) => $"{state.Draft.Initiator} takes back what is on its way",
        (_, TransferSubject.Payment wish) => $"{state.Draft.Initiator} sends {wish.Amount} {wish.Asset} to {wish.To}",
        (_, TransferSubject.Message message) => $"{state.Draft.Initiator} has a message signed by {message.From} on {message.Chain}",
        _ => $"{state.Draft.Initiator} sends a transaction of their own from {state.Draft.Subject.From} on {state.Draft.Subject.Chain}",
    };

    static PendingApproval Pending(string subject, string kind, Digest hash, string summary, DateTimeOffset expiresAt) => new()
    {
        Subject = subject, Kind = kind, Hash = hash.ToString(), Message = MessageOf(hash), Summary = summary, ExpireTime = Timestamp.FromDateTimeOffset(expiresAt),
    };

    static string MessageOf(Digest hash) => Convert.ToHexStringLower(ApprovalSet.MessageFor(hash));
}
