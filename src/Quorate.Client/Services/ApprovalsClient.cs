using Quorate.Client.Calls;
using Quorate.V1;

namespace Quorate.Client.Services;

/// <summary>What waits for somebody, and the bytes that a device signs.</summary>
public sealed class ApprovalsClient : ServiceClient
{
    internal ApprovalsClient(ApiCalls calls)
        : base(calls, ApprovalsReflection.Descriptor.Services[0])
    {
    }

    /// <summary>
    /// What waits for the caller's member: transfers that it could still approve, and as far as it is an administrator the orders and
    /// acts that it has not signed. Signing is at /v1/transfers, /v1/ceremonies, /v1/acts, or by passkey.
    /// </summary>
    public Task<ListPendingApprovalsResponse> ListPendingApprovalsAsync(ListPendingApprovalsRequest? request = null, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<ListPendingApprovalsRequest, ListPendingApprovalsResponse>(request ?? new(), options, cancellation);

    /// <summary>What approvals of a transfer, transaction or signature are of.</summary>
    public Task<Intent> GetIntentAsync(GetIntentRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<GetIntentRequest, Intent>(request, options, cancellation);
}
