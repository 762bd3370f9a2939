using Quorate.Client.Calls;
using Quorate.V1;

namespace Quorate.Client.Services;

/// <summary>Policies before they are in force, and the one that is.</summary>
public sealed class PoliciesClient : ServiceClient
{
    internal PoliciesClient(ApiCalls calls)
        : base(calls, PoliciesReflection.Descriptor.Services[0])
    {
    }

    /// <summary>Begins a draft. What is no policy is refused with pointers.</summary>
    public Task<Policy> CreatePolicyAsync(CreatePolicyRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<CreatePolicyRequest, Policy>(request, options, cancellation);

    /// <summary>Reads a draft.</summary>
    public Task<Policy> GetPolicyAsync(GetPolicyRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<GetPolicyRequest, Policy>(request, options, cancellation);

    /// <summary>A page of drafts.</summary>
    public Task<ListPoliciesResponse> ListPoliciesAsync(ListPoliciesRequest? request = null, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<ListPoliciesRequest, ListPoliciesResponse>(request ?? new(), options, cancellation);

    /// <summary>The same, page after page to the end.</summary>
    public IAsyncEnumerable<Policy> AllPoliciesAsync(ListPoliciesRequest? request = null, CancellationToken cancellation = default) =>
        PagesAsync(ListPoliciesAsync, request ?? new(), r => r.Policies, cancellation);

    /// <summary>Another text for a draft: with If-Match, in place of that one alone.</summary>
    public Task<Policy> UpdatePolicyAsync(UpdatePolicyRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<UpdatePolicyRequest, Policy>(request, options, cancellation);

    /// <summary>What is wrong with a document, and what in it can not be meant. Nothing is written.</summary>
    public Task<ValidatePolicyResponse> ValidatePolicyAsync(ValidatePolicyRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<ValidatePolicyRequest, ValidatePolicyResponse>(request, options, cancellation);

    /// <summary>Runs the draft's examples and the linter, and notes what came of it: only a text whose examples pass can be proposed.</summary>
    public Task<TestPolicyResponse> TestPolicyAsync(TestPolicyRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<TestPolicyRequest, TestPolicyResponse>(request, options, cancellation);

    /// <summary>What the draft changes in the policy in force.</summary>
    public Task<DiffPolicyResponse> DiffPolicyAsync(DiffPolicyRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<DiffPolicyRequest, DiffPolicyResponse>(request, options, cancellation);

    /// <summary>
    /// What the draft would have said to past transfers, where that is another answer than they had. Each is judged as nodes judge, by
    /// its intent and by what its bytes do; counters are empty at the beginning.
    /// </summary>
    public Task<ReplayPolicyResponse> ReplayPolicyAsync(ReplayPolicyRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<ReplayPolicyRequest, ReplayPolicyResponse>(request, options, cancellation);

    /// <summary>
    /// Makes the act that puts the draft in force, behind the last act that nodes have taken. Administrators approve the act
    /// (Governance.ApproveAct). While it can still be taken, the same text proposed again is the same act.
    /// </summary>
    public Task<Act> ProposePolicyAsync(ProposePolicyRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<ProposePolicyRequest, Act>(request, options, cancellation);

    /// <summary>The policy in force, as far as the server has seen: the document that nodes have pinned.</summary>
    public Task<PolicyInForce> GetPolicyInForceAsync(GetPolicyInForceRequest? request = null, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<GetPolicyInForceRequest, PolicyInForce>(request ?? new(), options, cancellation);
}
