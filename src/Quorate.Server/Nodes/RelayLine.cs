using Google.Protobuf;
using Quorate.Chains;
using Quorate.Node.V1;
using Quorate.Policies;
using Quorate.Rpc;
using Quorate.Server.Relay;

namespace Quorate.Server.Nodes;

/// <summary>Asks nodes by way of the relay.</summary>
sealed class RelayLine(RelayService relay) : INodeLine
{
    public async Task<NodeReport?> ReportAsync(NodeId node, TimeSpan timeout, CancellationToken cancellation)
    {
        try
        {
            var s = NodeStatus.Parser.ParseFrom(await relay.AskAsync(node, "GetStatus", new GetStatusRequest(), timeout, cancellation).ConfigureAwait(false));
            return new(
                s.Name, s.Policy.Memory, s.Acts, [.. s.Frozen], [.. s.Wallets.Select(w => (w.Name, w.Epoch))], [.. s.Chains], s.Events, s.Head.Memory,
                s.Sessions, DateTimeOffset.UnixEpoch.AddMilliseconds(s.Time));
        }
        catch (Exception e) when (IsSilence(e))
        {
            return null;
        }
    }

    public async Task<NodeAnswer> SignAsync(NodeId node, SigningQuestion question, TimeSpan timeout, CancellationToken cancellation)
    {
        var request = new SignRequest
        {
            Intent = Bytes(question.Intent), Kind = (PayloadKind)question.Kind, Payload = Bytes(question.Payload), Approvals = Bytes(question.Approvals),
        };
        if (question.Replaced is { } replaced)
            request.Replaced = new() { Intent = Bytes(replaced.Intent), Kind = (PayloadKind)replaced.Kind, Payload = Bytes(replaced.Payload) };
        try
        {
            var reply = SignReply.Parser.ParseFrom(await relay.AskAsync(node, "Sign", request, timeout, cancellation).ConfigureAwait(false));
            return reply.OutcomeCase switch
            {
                SignReply.OutcomeOneofCase.Signed => new NodeAnswer.Signed([.. reply.Signed.Signatures.Select(s => new InputSignature(
                    checked((int)s.Input), s.PublicKey.Memory, s.Signature_.Memory, s.HasRecoveryId ? checked((byte)s.RecoveryId) : null))]),
                SignReply.OutcomeOneofCase.Refused => new NodeAnswer.Refused(reply.Refused.Reason, reply.Refused.Detail, reply.Refused.Trace),
                SignReply.OutcomeOneofCase.Failed => new NodeAnswer.Failed(reply.Failed.Reason),
                _ => new NodeAnswer.Failed("The node answers what is no answer."),
            };
        }
        catch (Exception e) when (IsSilence(e) || e is OverflowException)
        {
            return new NodeAnswer.Silent(e.Message);
        }
    }

    public async Task<string?> TakeActsAsync(
        NodeId node, IReadOnlyList<(ReadOnlyMemory<byte> Act, ReadOnlyMemory<byte> Approvals)> acts, TimeSpan timeout, CancellationToken cancellation)
    {
        var request = new TakeActsRequest();
        request.Acts.AddRange(acts.Select(a => new ApprovedAct { Act = Bytes(a.Act), Approvals = Bytes(a.Approvals) }));
        try
        {
            return TakeActsReply.Parser.ParseFrom(await relay.AskAsync(node, "TakeActs", request, timeout, cancellation).ConfigureAwait(false)).Problem;
        }
        catch (Exception e) when (IsSilence(e))
        {
            return null;
        }
    }

    public async Task<string?> FreezeAsync(NodeId node, ReadOnlyMemory<byte> order, ReadOnlyMemory<byte> approval, TimeSpan timeout, CancellationToken cancellation)
    {
        var request = new FreezeRequest { Order = Bytes(order), Approval = Bytes(approval) };
        try
        {
            return FreezeReply.Parser.ParseFrom(await relay.AskAsync(node, "Freeze", request, timeout, cancellation).ConfigureAwait(false)).Problem;
        }
        catch (Exception e) when (IsSilence(e))
        {
            return null;
        }
    }

    // A node of another version, or a hostile one, may answer anything; to the server that is as good as no answer.
    static bool IsSilence(Exception e) => e is RpcException or InvalidProtocolBufferException;

    static ByteString Bytes(ReadOnlyMemory<byte> bytes) => ByteString.CopyFrom(bytes.Span);
}
