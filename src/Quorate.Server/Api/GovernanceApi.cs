using Google.Protobuf.WellKnownTypes;
using Quorate.Policies;
using Quorate.Rpc.Server;
using Quorate.Server.Access;
using Quorate.Server.Acts;
using Quorate.Server.Ceremonies;
using Quorate.Server.Governance;
using Quorate.Server.Ids;
using Quorate.Server.Recording;
using Quorate.V1;
using Act = Quorate.V1.Act;
using Ceremony = Quorate.V1.Ceremony;

namespace Quorate.Server.Api;

/// <summary>quorate.v1.Governance.</summary>
sealed class GovernanceApi(ApiParts server)
{
    public Task<Ceremony> CreateCeremony(CreateCeremonyRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        await server.ChargeKeyGenerationAsync(context).ConfigureAwait(false);
        var id = server.Store.Ids.Next(ResourceKind.Ceremony);
        context.HttpStatusCode = 201;
        return await DoAsync(id, new CeremonyCommand.Draft(server.Now, id, Answers.Json(request.Order, "/order"), Caller.Of(context).ActingAs(request.By, "/by")), context).ConfigureAwait(false);
    });

    public Task<Ceremony> GetCeremony(GetCeremonyRequest request, ServerCallContext context) => Answers.Of(async () =>
        Message((await server.Store.Ceremonies.FindAsync(request.Ceremony, ResourceKind.Ceremony, context).ConfigureAwait(false)).State));

    public Task<Ceremony> ApproveCeremony(ApproveCeremonyRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var (order, _) = await server.Store.Ceremonies.FindAsync(request.Ceremony, ResourceKind.Ceremony, context).ConfigureAwait(false);
        var (document, approval) = Approval(request.Approval, order.Hash, order.ExpiresAt);
        return await DoAsync(order.Id, new CeremonyCommand.Approve(server.Now, approval.Member, approval.Device, document), context).ConfigureAwait(false);
    });

    public Task<Act> CreateAct(CreateActRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var id = server.Store.Ids.Next(ResourceKind.Act);
        context.HttpStatusCode = 201;
        return await DoAsync(id, new ActCommand.Draft(server.Now, id, Answers.Json(request.Document, "/document"), Caller.Of(context).ActingAs(request.By, "/by")), context).ConfigureAwait(false);
    });

    public Task<Act> GetAct(GetActRequest request, ServerCallContext context) => Answers.Of(async () => Message((await server.Store.Acts.FindAsync(request.Act, ResourceKind.Act, context).ConfigureAwait(false)).State));

    public Task<Act> ApproveAct(ApproveActRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var (act, _) = await server.Store.Acts.FindAsync(request.Act, ResourceKind.Act, context).ConfigureAwait(false);
        var (document, approval) = Approval(request.Approval, act.Hash, act.ExpiresAt);
        return await DoAsync(act.Id, new ActCommand.Approve(server.Now, approval.Member, approval.Device, document), context).ConfigureAwait(false);
    });

    public Task<FreezeResponse> Freeze(FreezeRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var document = Documents.Utf8(Answers.Json(request.Order, "/order"));
        var order = Answers.Read(() => FreezeOrder.Parse(document), "/order");
        var (approval, _) = Approval(request.Approval, order.Hash, DateTimeOffset.MaxValue);
        var answers = await server.Nodes.FreezeAsync(document, Documents.Array([approval]), server.NodeTimeout, context.CancellationToken).ConfigureAwait(false);
        var response = new FreezeResponse();
        response.Nodes.Add(server.Deployment.Current.Genesis.Nodes.Select(n => new NodeAnswer
        {
            Node = n.Name, Answered = answers[n.Id] is not null, Problem = answers[n.Id] ?? "",
        }));
        return response;
    });

    public Task<Deployment> GetDeployment(GetDeploymentRequest request, ServerCallContext context)
    {
        var pinned = server.Deployment.Current;
        var message = new Deployment
        {
            Organisation = pinned.Genesis.Organisation, Genesis = pinned.Genesis.Hash.ToString(), Mode = SnakeCase.Text(pinned.Genesis.Mode),
            Policy = pinned.Policy.Hash.ToString(), Acts = pinned.Acts, LastAct = pinned.LastAct.ToString(),
            AdministratorsThreshold = (uint)pinned.Administrators.Threshold,
        };
        message.Administrators.Add(pinned.Administrators.Members);
        return Task.FromResult(message);
    }

    (System.Text.Json.JsonElement Document, Approval Approval) Approval(Struct? message, Digest subject, DateTimeOffset expiresAt)
    {
        var document = Answers.Json(message, "/approval");
        var (approval, refusal) = Documents.Verify(document, subject, expiresAt, server.Deployment.Current.Membership, server.Now);
        return approval is null ? throw Answers.Problem(refusal!) : (document, approval);
    }

    Task<Ceremony> DoAsync(ResourceId id, CeremonyCommand command, ServerCallContext context) =>
        server.Store.Ceremonies.DoAsync(id, command, (state, _) => Message(state), context);

    Task<Act> DoAsync(ResourceId id, ActCommand command, ServerCallContext context) => server.Store.Acts.DoAsync(id, command, (state, _) => Message(state), context);

    static Ceremony Message(CeremonyCase order)
    {
        var message = new Ceremony
        {
            Id = order.Id.ToString(), Order = Answers.Document(order.Order), Hash = order.Hash.ToString(), Wallet = order.Wallet ?? "",
            Status = order.Outcome is null ? order.Lead is null ? "drafted" : "led" : order.IsDone ? "done" : "failed",
            Outcome = order.Outcome ?? order.LastFault ?? "", Lead = (uint)(order.Lead ?? 0), Attempts = (uint)order.Attempts,
            ExpireTime = Timestamp.FromDateTimeOffset(order.ExpiresAt),
        };
        message.Approvers.Add(order.Approvals.Select(a => a.Member).Distinct(StringComparer.Ordinal));
        return message;
    }

    static Act Message(Acts.Act act)
    {
        var message = new Act
        {
            Id = act.Id.ToString(), Kind = SnakeCase.Text(act.Kind), Document = Answers.Document(act.Document), Hash = act.Hash.ToString(), Number = act.Number,
            Ended = act.EndReason ?? "", ExpireTime = Timestamp.FromDateTimeOffset(act.ExpiresAt),
        };
        message.Approvers.Add(act.Approvals.Select(a => a.Member).Distinct(StringComparer.Ordinal));
        message.TakenBy.Add(act.TakenBy.Select(n => (uint)n));
        return message;
    }
}
