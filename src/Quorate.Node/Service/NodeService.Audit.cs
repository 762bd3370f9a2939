using Google.Protobuf;
using Quorate.Journal;
using Quorate.Node.V1;
using Quorate.Rpc;

namespace Quorate.Node.Service;

sealed partial class NodeService
{
    async Task<V1.Decision> GetDecisionAsync(GetDecisionRequest request, CancellationToken cancellation)
    {
        if (!Policies.Naming.IsValid(request.Request))
            throw Invalid("A request's id is a name.");
        return await node.Decisions.OnAsync(request.Request, cancellation).ConfigureAwait(false) is { } decision
            ? new() { Document = ByteString.CopyFrom(decision.Document.Span), Signature = ByteString.CopyFrom(decision.Signature.Span) }
            : throw new RpcException(new(StatusCode.NotFound, $"This node has not allowed a request {request.Request}."));
    }

    async Task<CosignHeadReply> CosignHeadAsync(CosignHeadRequest request, CancellationToken cancellation)
    {
        if (request.Head is not { Journal.Length: 16, Hash.Length: ChainHash.Size, Position: <= long.MaxValue } asked || request.Digests.Length % ChainHash.Size != 0)
            throw Invalid("A head is a journal's id of 16 bytes, a position and a hash of 32 bytes, and digests have 32 bytes each.");
        var head = new Head(new Guid(asked.Journal.Span, bigEndian: true), (long)asked.Position, ChainHash.FromBytes(asked.Hash.Span));
        var digests = Enumerable.Range(0, request.Digests.Length / ChainHash.Size).Select(i => ChainHash.FromBytes(request.Digests.Span.Slice(i * ChainHash.Size, ChainHash.Size)));
        var answer = await node.Witness.SignAsync(head, [.. digests], cancellation).ConfigureAwait(false);
        return new()
        {
            Note = answer.Note?.ToString() ?? "",
            Problem = answer.Problem ?? "",
            Last = new()
            {
                Journal = asked.Journal, Position = (ulong)answer.Last.Position, Hash = ByteString.CopyFrom(answer.Last.Hash.ToArray()),
            },
        };
    }
}
