using Quorate.Client.Calls;
using Quorate.V1;

namespace Quorate.Client.Services;

/// <summary>Transfers, raw transactions and messages: what a wallet is asked to sign, from the request to the final block.</summary>
public sealed class TransfersClient : ServiceClient
{
    internal TransfersClient(ApiCalls calls)
        : base(calls, TransfersReflection.Descriptor.Services[0])
    {
    }

    /// <summary>An amount of an asset to an address; the server builds the transaction.</summary>
    public Task<Transfer> CreateTransferAsync(CreateTransferRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<CreateTransferRequest, Transfer>(request, options, cancellation);

    /// <summary>A transaction that the caller has built, in the chain's own form.</summary>
    public Task<Transfer> CreateTransactionAsync(CreateTransactionRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<CreateTransactionRequest, Transfer>(request, options, cancellation);

    /// <summary>A message to be signed, for nobody's network.</summary>
    public Task<Transfer> CreateSignatureAsync(CreateSignatureRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<CreateSignatureRequest, Transfer>(request, options, cancellation);

    /// <summary>
    /// What would become of it, by the same steps, without a trace: effects, fee, what would be reserved, the policy's word with its
    /// rules, and whose approvals it would take. Nodes have counters of their own, and the last word.
    /// </summary>
    public Task<Preview> PreviewTransferAsync(CreateTransferRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<CreateTransferRequest, Preview>(request, options, cancellation);

    /// <summary>As PreviewTransfer, of what CreateTransaction would do.</summary>
    public Task<Preview> PreviewTransactionAsync(CreateTransactionRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<CreateTransactionRequest, Preview>(request, options, cancellation);

    /// <summary>As PreviewTransfer, of what CreateSignature would do.</summary>
    public Task<Preview> PreviewSignatureAsync(CreateSignatureRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<CreateSignatureRequest, Preview>(request, options, cancellation);

    /// <summary>Reads a transfer, transaction or signature. With <see cref="RequestOptions.Wait"/>: not before it rests.</summary>
    public Task<Transfer> GetTransferAsync(GetTransferRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<GetTransferRequest, Transfer>(request, options, cancellation);

    /// <summary>Newest first.</summary>
    public Task<ListTransfersResponse> ListTransfersAsync(ListTransfersRequest? request = null, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<ListTransfersRequest, ListTransfersResponse>(request ?? new(), options, cancellation);

    /// <summary>The same, page after page to the end.</summary>
    public IAsyncEnumerable<TransferLine> AllTransfersAsync(ListTransfersRequest? request = null, CancellationToken cancellation = default) =>
        PagesAsync(ListTransfersAsync, request ?? new(), r => r.Transfers, cancellation);

    /// <summary>Hands in a member's approval of the intent that waits.</summary>
    public Task<Transfer> ApproveTransferAsync(ApproveTransferRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<ApproveTransferRequest, Transfer>(request, options, cancellation);

    /// <summary>Says no to it, in a member's name.</summary>
    public Task<Transfer> RejectTransferAsync(RejectTransferRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<RejectTransferRequest, Transfer>(request, options, cancellation);

    /// <summary>At once where nothing is on the network, else by a transaction that does nothing in its place and takes approvals of its own.</summary>
    public Task<Transfer> CancelTransferAsync(CancelTransferRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<CancelTransferRequest, Transfer>(request, options, cancellation);

    /// <summary>The same at a higher fee, within what was approved.</summary>
    public Task<Transfer> SpeedUpTransferAsync(SpeedUpTransferRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<SpeedUpTransferRequest, Transfer>(request, options, cancellation);

    /// <summary>
    /// On Bitcoin: a transfer of nothing to oneself that spends the change of a stuck one and pays for both. It has a limit and approvals
    /// of its own.
    /// </summary>
    public Task<Transfer> AccelerateTransferAsync(AccelerateTransferRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<AccelerateTransferRequest, Transfer>(request, options, cancellation);

    /// <summary>Gives up a replacement or cancellation that no node was asked to sign; what it was to replace goes on.</summary>
    public Task<Transfer> WithdrawReplacementAsync(WithdrawReplacementRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<WithdrawReplacementRequest, Transfer>(request, options, cancellation);

    /// <summary>Intent, effects, policy, approvals, every node's signed decision, signatures: docs/spec/receipts.md.</summary>
    public Task<Receipt> GetReceiptAsync(GetReceiptRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<GetReceiptRequest, Receipt>(request, options, cancellation);
}
