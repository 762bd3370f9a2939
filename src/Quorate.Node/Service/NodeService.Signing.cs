using Quorate.Node.V1;
using Quorate.Rpc;

namespace Quorate.Node.Service;

sealed partial class NodeService
{
    Task<SignReply> SignAsync(SignRequest request, CancellationToken cancellation) =>
        throw new RpcException(new(StatusCode.Unimplemented, node.Board is null ? "This node reaches no other." : "This node leads no signing."));
}
