using Google.Protobuf.WellKnownTypes;
using Quorate.Rpc.Server;
using Quorate.V1;

namespace Quorate.Server.Api;

/// <summary>quorate.v1.Operations.</summary>
sealed class OperationsApi(ApiParts server)
{
    public Task<ListNodesResponse> ListNodes(ListNodesRequest request, ServerCallContext context)
    {
        var response = new ListNodesResponse();
        foreach (var node in server.Deployment.Current.Genesis.Nodes)
        {
            var shown = new V1.Node { Number = (uint)node.Number, Name = node.Name, Identity = node.Id.ToString() };
            if (server.Watch.Latest.TryGetValue(node.Number, out var report))
            {
                (shown.Answers, shown.Policy, shown.Acts, shown.Events) = (true, Convert.ToHexStringLower(report.Policy.Span), report.Acts, report.Events);
                (shown.Head, shown.Sessions, shown.Time) = (Convert.ToHexStringLower(report.Head.Span), report.Sessions, Timestamp.FromDateTimeOffset(report.Time));
                shown.Frozen.Add(report.Frozen);
                shown.Wallets.Add(report.Wallets.Select(w => w.Name));
                shown.Chains.Add(report.Chains);
            }
            response.Nodes.Add(shown);
        }
        return Task.FromResult(response);
    }

    public Task<AuditHead> GetAuditHead(GetAuditHeadRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var head = await server.Store.Journal.HeadAsync(context.CancellationToken).ConfigureAwait(false);
        var note = await server.Cosigning.LastAsync(context.CancellationToken).ConfigureAwait(false);
        var message = new AuditHead { Journal = head.Journal.ToString("N"), Position = head.Position, Hash = head.Hash.ToString(), Note = note?.ToString() ?? "" };
        message.Signers.Add(note?.Signatures.Select(s => s.Name) ?? []);
        return message;
    });

    public Task<ListReadModelsResponse> ListReadModels(ListReadModelsRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var response = new ListReadModelsResponse();
        foreach (var projector in server.Store.Projectors)
        {
            var lag = await projector.LagAsync(context.CancellationToken).ConfigureAwait(false);
            response.ReadModels.Add(new ReadModel { Name = projector.Name, EventsBehind = lag.Events, MillisecondsBehind = (long)lag.Time.TotalMilliseconds });
        }
        return response;
    });
}
