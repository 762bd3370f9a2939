using System.Text.Json;
using Quorate.Chains;
using Quorate.Policies;
using Quorate.Rpc;
using Quorate.Rpc.Server;
using Quorate.Rpc.V1;
using Quorate.Server.Access;
using Quorate.Server.Acts;
using Quorate.Server.Governance;
using Quorate.Server.Ids;
using Quorate.Server.PolicyDrafts;
using Quorate.Server.Wallets;
using Quorate.V1;
using Act = Quorate.V1.Act;
using Policy = Quorate.V1.Policy;
using PolicyDifference = Quorate.Policies.PolicyDifference;

namespace Quorate.Server.Api;

/// <summary>quorate.v1.Policies.</summary>
sealed class PoliciesApi(ApiParts server)
{
    /// <summary>Transfers that are replayed where nobody says how many.</summary>
    const int UsualTransfers = 500;

    /// <summary>How long nodes may be handed an act that nobody says it of.</summary>
    static readonly TimeSpan usualLifetime = TimeSpan.FromDays(1);

    PastDecisions Past => new(server.Store, new WalletDirectory(server.Store, server.Deployment, server.Chains), server.Chains);

    PinnedDeployment Pinned => server.Deployment.Current;

    public Task<Policy> CreatePolicy(CreatePolicyRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var (id, document) = (server.Store.Ids.Next(ResourceKind.Policy), Read(request.Document));
        context.HttpStatusCode = 201;
        return await DoAsync(id, new PolicyDraftCommand.Write(server.Now, id, document, Caller.Of(context).ActingAs(request.By, "/by")), context).ConfigureAwait(false);
    });

    public Task<Policy> GetPolicy(GetPolicyRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var (draft, version) = await FindAsync(request.Policy, context).ConfigureAwait(false);
        return Message(draft, version);
    });

    public Task<ListPoliciesResponse> ListPolicies(ListPoliciesRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var response = new ListPoliciesResponse();
        response.NextPageToken = await server.Store.ListAsync(
            server.Store.Policies, "policy", null, request.PageSize, request.PageToken, (draft, version) => response.Policies.Add(Message(draft, version)), context).ConfigureAwait(false);
        return response;
    });

    public Task<Policy> UpdatePolicy(UpdatePolicyRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var (draft, _) = await FindAsync(request.Policy, context).ConfigureAwait(false);
        return await DoAsync(draft.Id, new PolicyDraftCommand.Write(server.Now, draft.Id, Read(request.Document), Caller.Of(context).ActingAs(request.By, "/by")), context).ConfigureAwait(false);
    });

    public Task<ValidatePolicyResponse> ValidatePolicy(ValidatePolicyRequest request, ServerCallContext context)
    {
        var response = new ValidatePolicyResponse();
        try
        {
            var policy = Parse(Answers.Json(request.Document, "/document"));
            response.Hash = policy.Hash.ToString();
            response.Problems.Add(policy.FindBackdated(Pinned.Policy, server.Now).Select(Backdated));
            response.Findings.Add(PolicyLinter.Run(policy).Select(PolicyMessages.Of));
        }
        catch (DocumentException wrong)
        {
            response.Problems.Add(new PolicyProblem { Pointer = wrong.Pointer, Code = wrong.Code, Message = wrong.Problem });
        }
        response.Valid = response.Problems.Count == 0;
        return Task.FromResult(response);
    }

    public Task<TestPolicyResponse> TestPolicy(TestPolicyRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var (draft, _) = await FindAsync(request.Policy, context).ConfigureAwait(false);
        var policy = Parse(draft.Document);
        var (results, findings) = (PolicyExamples.Run(policy), PolicyLinter.Run(policy));
        var failed = results.Count(r => r.Problem is not null);
        return await server.Store.Policies.DoAsync(
            draft.Id, new PolicyDraftCommand.NoteTested(server.Now, policy.Hash, results.Length - failed, failed, findings.Length), (state, version) =>
            {
                var response = new TestPolicyResponse { Policy = Message(state, version) };
                response.Examples.Add(results.Select(PolicyMessages.Of));
                response.Findings.Add(findings.Select(PolicyMessages.Of));
                return response;
            }, context).ConfigureAwait(false);
    });

    public Task<DiffPolicyResponse> DiffPolicy(DiffPolicyRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var (draft, _) = await FindAsync(request.Policy, context).ConfigureAwait(false);
        var (before, after) = (Pinned.Policy, Parse(draft.Document));
        var response = new DiffPolicyResponse { Before = before.Hash.ToString(), After = after.Hash.ToString() };
        response.Differences.Add(PolicyDifference.Between(before, after).Select(PolicyMessages.Of));
        return response;
    });

    public Task<ReplayPolicyResponse> ReplayPolicy(ReplayPolicyRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var (draft, _) = await FindAsync(request.Policy, context).ConfigureAwait(false);
        var policy = Parse(draft.Document);
        var count = request.MaxTransfers == 0 ? UsualTransfers : request.MaxTransfers;
        if (count is < 1 or > PastDecisions.MaxTransfers)
            throw Answers.Invalid("/maxTransfers", $"1 to {PastDecisions.MaxTransfers}.");
        var (decisions, skipped, isTruncated) = await Past.ReadAsync(
            request.Since?.ToDateTimeOffset(), request.Until?.ToDateTimeOffset(), count, context.CancellationToken).ConfigureAwait(false);
        var of = decisions.ToDictionary<PastDecision, PolicyCase>(d => d.Case, ReferenceEqualityComparer.Instance);
        var response = new ReplayPolicyResponse { Hash = policy.Hash.ToString(), Replayed = decisions.Count, Truncated = isTruncated };
        response.Differences.Add(PolicyReplay.Run(policy, [.. decisions.Select(d => d.Case)], request.AgainstInForce ? Pinned.Policy : null)
            .Select(d => PolicyMessages.Of(d, of[d.Case].Transfer, of[d.Case].Intent)));
        response.Skipped.Add(skipped.Select(s => new ReplaySkipped { Transfer = s.Transfer, Reason = s.Reason }));
        return response;
    });

    public Task<Act> ProposePolicy(ProposePolicyRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var (draft, version) = await FindAsync(request.Policy, context).ConfigureAwait(false);
        Answers.ExpectedVersion(context, version);
        var by = Caller.Of(context).ActingAs(request.By, "/by");
        if (await StandingAsync(draft, context.CancellationToken).ConfigureAwait(false) is { } standing)
            return GovernanceApi.Message(standing);
        if (Parse(draft.Document).FindBackdated(Pinned.Policy, server.Now) is { Length: > 0 } backdated)
            throw Refused("backdated", backdated.Select(Backdated));
        var id = server.Store.Ids.Next(ResourceKind.Act);
        var document = Documents.PolicyAct(Pinned, draft.Document, request.ExpireTime?.ToDateTimeOffset() ?? server.Now + usualLifetime);
        var act = Acts.Act.Decider.Decide(Acts.Act.None, new ActCommand.Draft(server.Now, id, document, by));
        if (act.Refusal is { } refusal)
            throw Answers.Problem(refusal);
        context.HttpStatusCode = 201;
        var message = GovernanceApi.Message(act.Events.Aggregate(Acts.Act.None, Acts.Act.Decider.Evolve));
        var call = IdempotentCall.Of(context);
        // Of the text that was read and no other: act and proposal are one commit, or neither is.
        var outcome = await server.Store.Policies.DoAsync(draft.Id.ToString(), new PolicyDraftCommand.Propose(server.Now, id), version, _ =>
        [
            new(Acts.Act.Decider.StreamOf(id.ToString()), 0, [.. act.Events.Select(e => Acts.Act.Decider.Catalog.Encode(e))]),
            .. call is null ? [] : (Journal.StreamAppend[])[call.Answer(context.HttpStatusCode, message)],
        ], context.CancellationToken).ConfigureAwait(false);
        return outcome.Refusal is { } not ? throw Answers.Problem(not) : message;
    });

    public Task<PolicyInForce> GetPolicyInForce(GetPolicyInForceRequest request, ServerCallContext context) =>
        Task.FromResult(PolicyMessages.Of(Pinned.Policy, Pinned.Acts));

    /// <summary>The act by which this very text is proposed already, where nodes may still take it.</summary>
    async Task<Acts.Act?> StandingAsync(PolicyDraft draft, CancellationToken cancellation)
    {
        if (draft.Proposed is not { } proposed || proposed.Hash != draft.Hash)
            return null;
        var act = (await server.Store.Acts.ReadAsync(proposed.Act.ToString(), cancellation).ConfigureAwait(false)).State;
        return act is { EndReason: null, IsTaken: false } && act.Number == Pinned.Acts + 1 && act.ExpiresAt > server.Now ? act : null;
    }

    Task<(PolicyDraft State, long Version)> FindAsync(string policy, ServerCallContext context) => server.Store.Policies.FindAsync(policy, ResourceKind.Policy, context);

    Task<Policy> DoAsync(ResourceId id, PolicyDraftCommand command, ServerCallContext context) => server.Store.Policies.DoAsync(id, command, Message, context);

    Policy Message(PolicyDraft draft, long version) => PolicyMessages.Of(draft, version, Pinned.Policy.Hash);

    // Read as nodes read it: they refuse spellings that no transaction has.
    static Policies.Policy Parse(JsonElement document) => Policies.Policy.Parse(Documents.Utf8(document), ChainSpelling.IsCanonical);

    static JsonElement Read(Google.Protobuf.WellKnownTypes.Struct? message)
    {
        var document = Answers.Json(message, "/document");
        try
        {
            Parse(document);
            return document;
        }
        catch (DocumentException wrong)
        {
            throw Refused("invalid_document", [new() { Pointer = wrong.Pointer, Code = wrong.Code, Message = wrong.Problem }]);
        }
    }

    static RpcException Refused(string code, IEnumerable<PolicyProblem> problems)
    {
        var problem = new Problem { Code = code };
        problem.Errors.Add(problems.Select(p => new FieldProblem { Pointer = $"/document{p.Pointer}", Code = p.Code, Message = p.Message }));
        return problem.ToRpcException(StatusCode.InvalidArgument, string.Join(' ', problem.Errors.Select(e => $"{e.Pointer}: {e.Message}")));
    }

    static PolicyProblem Backdated(string pointer) => new()
    {
        Pointer = pointer, Code = "backdated", Message = "the entry is new, and claims to have been added already: nodes refuse it, because it would skip its activation delay.",
    };
}
