using Google.Protobuf;
using Quorate.Rpc.Server;
using Quorate.Server.Access;
using Quorate.Server.Deciding;
using Quorate.Server.Governance;
using Quorate.Server.Ids;
using Quorate.Server.Recording;
using Quorate.Server.Sagas;
using Quorate.Server.Transfers;
using Quorate.Server.Views;
using Quorate.V1;

namespace Quorate.Server.Api;

/// <summary>quorate.v1.Transfers.</summary>
sealed class TransfersApi(ApiParts server)
{
    /// <summary>How long somebody who asks may wait for funds, or for a chain's node, before it fails.</summary>
    static readonly TimeSpan planning = TimeSpan.FromMinutes(30);

    readonly TransferRequests requests = new(server);
    readonly TransferMessages messages = new(new(server));

    public Task<Transfer> CreateTransfer(CreateTransferRequest request, ServerCallContext context) =>
        RestingAsync(context, async () => await CreateAsync(await requests.ReadAsync(request, context).ConfigureAwait(false), context).ConfigureAwait(false));

    public Task<Transfer> CreateTransaction(CreateTransactionRequest request, ServerCallContext context) =>
        RestingAsync(context, async () => await CreateAsync(await requests.ReadAsync(request, context).ConfigureAwait(false), context).ConfigureAwait(false));

    public Task<Transfer> CreateSignature(CreateSignatureRequest request, ServerCallContext context) =>
        RestingAsync(context, async () => await CreateAsync(await requests.ReadAsync(request, context).ConfigureAwait(false), context).ConfigureAwait(false));

    public Task<Preview> PreviewTransfer(CreateTransferRequest request, ServerCallContext context) =>
        Answers.Of(async () => await PreviewAsync(await requests.ReadAsync(request, context).ConfigureAwait(false), context).ConfigureAwait(false));

    public Task<Preview> PreviewTransaction(CreateTransactionRequest request, ServerCallContext context) =>
        Answers.Of(async () => await PreviewAsync(await requests.ReadAsync(request, context).ConfigureAwait(false), context).ConfigureAwait(false));

    public Task<Preview> PreviewSignature(CreateSignatureRequest request, ServerCallContext context) =>
        Answers.Of(async () => await PreviewAsync(await requests.ReadAsync(request, context).ConfigureAwait(false), context).ConfigureAwait(false));

    public Task<Transfer> GetTransfer(GetTransferRequest request, ServerCallContext context) => RestingAsync(context, async () =>
    {
        var (state, version) = await FindAsync(request.Transfer, context).ConfigureAwait(false);
        return messages.Of(state, version);
    });

    public Task<ListTransfersResponse> ListTransfers(ListTransfersRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var filter = new TransferFilter
        {
            Wallet = Answers.Text(request.Wallet), Vault = Answers.Text(request.Vault), Kind = Answers.Text(request.Kind), Address = Answers.Text(request.Address),
            Status = request.Status.Length == 0 ? null : Enum.GetValues<TransferStatus>().Where(s => SnakeCase.Text(s) == request.Status) is var found && found.Any()
                ? found.First() : throw Answers.Invalid("/status", "no status: docs/states.md."),
            From = request.Since?.ToDateTimeOffset(), Until = request.Until?.ToDateTimeOffset(), Text = Answers.Text(request.Text),
        };
        var (page, refusal) = await server.Store.History.ListAsync(
            filter, Answers.Rows(request.PageSize), Answers.Text(request.PageToken), context.CancellationToken).ConfigureAwait(false);
        if (page is null)
            throw Answers.Problem(refusal!);
        var response = new ListTransfersResponse { NextPageToken = page.NextPageToken ?? "" };
        response.Transfers.Add(page.Items.Select(messages.Of));
        return response;
    });

    public Task<Transfer> ApproveTransfer(ApproveTransferRequest request, ServerCallContext context) => RestingAsync(context, async () =>
    {
        var document = Answers.Json(request.Approval, "/approval");
        var (state, _) = await FindAsync(request.Transfer, context).ConfigureAwait(false);
        var intent = Approved(state);
        var (approval, refusal) = Documents.Verify(document, intent.Hash, intent.ExpiresAt, server.Deployment.Current.Membership, server.Now);
        return approval is null
            ? throw Answers.Problem(refusal!)
            : await DoAsync(state, new TransferCommand.Approve(server.Now, state.CurrentIndex, approval.Member, approval.Device, document), context).ConfigureAwait(false);
    });

    /// <summary>What approvals are of: the intent that the current transaction was approved as.</summary>
    internal static Policies.Intent Approved(TransferState state) => state.Current is { } current
        ? IntentMaker.Read(state.Transactions[current.ApprovedAs].Prepared)
        : throw Answers.Problem(new("wrong_state", "There is nothing to approve yet.", IsRetryable: true));

    public Task<Transfer> RejectTransfer(RejectTransferRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var (state, _) = await FindAsync(request.Transfer, context).ConfigureAwait(false);
        var member = Caller.Of(context).ActingAs(request.Member, "/member");
        if (!server.Deployment.Current.Membership.CanApprove(member))
            throw Answers.Problem(new("unknown_member", $"{member} approves nothing here."));
        return await DoAsync(state, new TransferCommand.Reject(server.Now, member, request.Reason), context).ConfigureAwait(false);
    });

    public Task<Transfer> CancelTransfer(CancelTransferRequest request, ServerCallContext context) => RestingAsync(context, async () =>
    {
        var (state, version) = await FindAsync(request.Transfer, context).ConfigureAwait(false);
        var expected = Answers.ExpectedVersion(context, version);
        await server.ChargeSignatureAsync(state.Draft!, context).ConfigureAwait(false);
        var by = Caller.Of(context).ActingAs(request.By, "/by");
        return await AfterAsync(state, await server.Changes.CancelAsync(state.Draft!.Id, by, request.Reason, context.CancellationToken, expected).ConfigureAwait(false), context).ConfigureAwait(false);
    });

    public Task<Transfer> SpeedUpTransfer(SpeedUpTransferRequest request, ServerCallContext context) => RestingAsync(context, async () =>
    {
        var (state, version) = await FindAsync(request.Transfer, context).ConfigureAwait(false);
        var expected = Answers.ExpectedVersion(context, version);
        await server.ChargeSignatureAsync(state.Draft!, context).ConfigureAwait(false);
        return await AfterAsync(state, await server.Changes.SpeedUpAsync(state.Draft!.Id, context.CancellationToken, expected).ConfigureAwait(false), context).ConfigureAwait(false);
    });

    public Task<Transfer> AccelerateTransfer(AccelerateTransferRequest request, ServerCallContext context) => RestingAsync(context, async () =>
    {
        var (state, _) = await FindAsync(request.Transfer, context).ConfigureAwait(false);
        var child = server.Chains.TryGetValue(state.Draft!.Subject.Chain, out var chain)
            ? await chain.ChildForAsync(state, context.CancellationToken).ConfigureAwait(false) : null;
        return child is null
            ? throw Answers.Problem(new("nothing_to_accelerate", "It has no change on its way that a child could spend."))
            : await CreateAsync(await requests.ReadAsync(state.Draft, child, request, context).ConfigureAwait(false), context).ConfigureAwait(false);
    });

    public Task<Transfer> WithdrawReplacement(WithdrawReplacementRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var (state, version) = await FindAsync(request.Transfer, context).ConfigureAwait(false);
        return await AfterAsync(state, await server.Changes.WithdrawAsync(state.Draft!.Id, request.Reason, context.CancellationToken, Answers.ExpectedVersion(context, version)).ConfigureAwait(false), context).ConfigureAwait(false);
    });

    public Task<Receipt> GetReceipt(GetReceiptRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var (state, _) = await FindAsync(request.Transfer, context).ConfigureAwait(false);
        var receipt = await server.Receipts.FindAsync(state.Draft!.Id.ToString(), context.CancellationToken).ConfigureAwait(false);
        return receipt is null
            ? throw Answers.Problem(new("no_receipt", "Nothing of it is signed, or too few nodes have stated their decisions yet.", IsRetryable: true))
            : new Receipt { Document = ByteString.CopyFrom(receipt.Write()) };
    });

    // Answers, and where the caller prefers to wait, not before it rests: until somebody has to approve, the chain has confirmed it, or it has ended.
    Task<Transfer> RestingAsync(ServerCallContext context, Func<Task<Transfer>> method) => Answers.Of(async () =>
    {
        var answer = await method().ConfigureAwait(false);
        if (Patience.Of(context) is not { } patience || !ResourceId.TryParse(answer.Id, out var id))
            return answer;
        var until = server.Now + patience;
        var (state, version) = await server.Store.Transfers.ReadAsync(answer.Id, context.CancellationToken).ConfigureAwait(false);
        while (!state.IsAtRest && until - server.Now is var left && left > TimeSpan.Zero
            && await server.Changed.WaitForAsync(id, version, left, context.CancellationToken).ConfigureAwait(false) > version)
            (state, version) = await server.Store.Transfers.ReadAsync(answer.Id, context.CancellationToken).ConfigureAwait(false);
        Patience.Applied(context, patience);
        return messages.Of(state, version);
    });

    async Task<Preview> PreviewAsync(TransferDraft draft, ServerCallContext context)
    {
        if (draft.ExternalId is { } external && await server.Store.OwnerAsync("external_id", external, context.CancellationToken).ConfigureAwait(false) is { } owner)
            throw Answers.Problem(Rules.Taken("external_id", owner));
        var (preview, refusal) = await server.Preview.AskAsync(new(server.Now, draft, server.Now + planning), context.CancellationToken).ConfigureAwait(false);
        return preview is null ? throw Answers.Problem(refusal!) : messages.Of(preview);
    }

    async Task<Transfer> CreateAsync(TransferDraft draft, ServerCallContext context)
    {
        await server.ChargeSignatureAsync(draft, context).ConfigureAwait(false);
        // Before there is anything to do: whoever does it finds where it comes from.
        await server.Store.Origins.NoteAsync(draft.Id.ToString(), context.CancellationToken).ConfigureAwait(false);
        context.HttpStatusCode = 201;
        return await server.Store.Transfers.DoAsync(draft.Id, new TransferCommand.Request(server.Now, draft, server.Now + planning), messages.Of, context).ConfigureAwait(false);
    }

    async Task<Transfer> DoAsync(TransferState state, TransferCommand command, ServerCallContext context)
    {
        await server.Store.Origins.NoteAsync(state.Draft!.Id.ToString(), context.CancellationToken).ConfigureAwait(false);
        return await server.Store.Transfers.DoAsync(state.Draft.Id, command, messages.Of, context).ConfigureAwait(false);
    }

    async Task<Transfer> AfterAsync(TransferState state, Refusal? refusal, ServerCallContext context)
    {
        if (refusal is not null)
            throw Answers.Problem(refusal);
        var (now, version) = await server.Store.Transfers.ReadAsync(state.Draft!.Id.ToString(), context.CancellationToken).ConfigureAwait(false);
        return messages.Of(now, version);
    }

    /// <summary>A transfer, transaction or signature.</summary>
    internal async Task<(TransferState State, long Version)> FindAsync(string text, ServerCallContext context, string pointer = "/transfer")
    {
        if (!ResourceId.TryParse(text, out var id) || id.Kind is not (ResourceKind.Transfer or ResourceKind.Transaction or ResourceKind.Signature))
            throw Answers.Invalid(pointer, "no id of a transfer, transaction or signature.");
        var (state, version) = await server.Store.Transfers.ReadAsync(id.ToString(), context.CancellationToken).ConfigureAwait(false);
        return version == 0 ? throw Answers.Problem(Rules.NotFound("transfer")) : (state, version);
    }
}
