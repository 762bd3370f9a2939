using Google.Protobuf;
using Quorate.Chains;
using Quorate.Journal;
using Quorate.Journal.Heads;
using Quorate.Node.V1;
using Quorate.Policies;
using Quorate.Rpc;
using Quorate.Server.Audit;
using Quorate.Server.Relay;
using Quorate.Server.Wallets;
using Wallet = Quorate.Node.V1.Wallet;

namespace Quorate.Server.Nodes;

/// <summary>Asks nodes by way of the relay.</summary>
sealed class RelayLine(RelayService relay) : INodeLine
{
    public bool IsConnected(NodeId node) => relay.IsConnected(node);

    public async Task<NodeReport?> ReportAsync(NodeId node, TimeSpan timeout, CancellationToken cancellation)
    {
        try
        {
            var s = NodeStatus.Parser.ParseFrom(await relay.AskAsync(node, "GetStatus", new GetStatusRequest(), timeout, cancellation).ConfigureAwait(false));
            return new(
                s.Name, s.Policy.Memory, s.Acts, [.. s.Frozen], [.. s.Wallets.Select(WalletOf)], [.. s.Chains], s.Events, s.Head.Memory,
                s.Sessions, DateTimeOffset.UnixEpoch.AddMilliseconds(s.Time));
        }
        catch (Exception e) when (IsSilence(e) || e is OverflowException or ArgumentException)
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

    public Task<CeremonyReport?> LeadAsync(
        NodeId node, ReadOnlyMemory<byte> order, ReadOnlyMemory<byte> approvals, TimeSpan timeout, CancellationToken cancellation) =>
        CeremonyAsync(node, "LeadCeremony", new LeadCeremonyRequest { Order = Bytes(order), Approvals = Bytes(approvals) }, timeout, cancellation);

    public Task<CeremonyReport?> CeremonyAsync(NodeId node, string order, TimeSpan timeout, CancellationToken cancellation) =>
        CeremonyAsync(node, "GetCeremony", new GetCeremonyRequest { Id = order }, timeout, cancellation);

    public async Task<SignedDecision?> DecisionAsync(NodeId node, string request, TimeSpan timeout, CancellationToken cancellation)
    {
        try
        {
            var decision = Node.V1.Decision.Parser.ParseFrom(
                await relay.AskAsync(node, "GetDecision", new GetDecisionRequest { Request = request }, timeout, cancellation).ConfigureAwait(false));
            return new(decision.Document.Memory, decision.Signature.Memory);
        }
        catch (Exception e) when (IsSilence(e))
        {
            return null;
        }
    }

    public async Task<CosignReply?> CosignAsync(NodeId node, Head head, IReadOnlyList<ChainHash> digests, TimeSpan timeout, CancellationToken cancellation)
    {
        var request = new CosignHeadRequest
        {
            Head = new() { Journal = ByteString.CopyFrom(head.Journal.ToByteArray(bigEndian: true)), Position = (ulong)head.Position, Hash = ByteString.CopyFrom(head.Hash.ToArray()) },
            Digests = ByteString.CopyFrom([.. digests.SelectMany(d => d.ToArray())]),
        };
        try
        {
            var reply = CosignHeadReply.Parser.ParseFrom(await relay.AskAsync(node, "CosignHead", request, timeout, cancellation).ConfigureAwait(false));
            return reply.Last is null ? null : new(
                new(head.Journal, checked((long)reply.Last.Position), ChainHash.FromBytes(reply.Last.Hash.Span)),
                reply.Note.Length == 0 ? null : HeadNote.Parse(reply.Note), reply.Problem.Length == 0 ? null : reply.Problem);
        }
        catch (Exception e) when (IsSilence(e) || e is OverflowException or ArgumentException or FormatException)
        {
            return null;
        }
    }

    async Task<CeremonyReport?> CeremonyAsync(NodeId node, string method, IMessage request, TimeSpan timeout, CancellationToken cancellation)
    {
        try
        {
            var s = CeremonyStatus.Parser.ParseFrom(await relay.AskAsync(node, method, request, timeout, cancellation).ConfigureAwait(false));
            return new(
                s.Refused.Length == 0 ? "" : $"{s.Refused}: {s.Detail}", s.Lead?.IsLeading == true, s.Outcome,
                s.Lead is { Fault.Length: > 0 } lead ? lead.Fault : s.Fault, [.. s.Lead is { Fault.Length: > 0 } l ? l.Culprits : s.Culprits],
                s.Lead?.Step ?? s.Step);
        }
        catch (Exception e) when (IsSilence(e))
        {
            return null;
        }
    }

    static NodeWallet WalletOf(Wallet wallet) => new(wallet.Name, checked((uint)wallet.Epoch),
        [.. wallet.Keys.Select(KeyOf).OrderBy(key => key.Scheme)]);

    static WalletKey KeyOf(Key key) => new(
        KeyName.Schemes.TryGetValue(key.Scheme, out var scheme) ? scheme : throw new ArgumentException($"{key.Scheme} is no key that this build knows."),
        new(key.PublicKey.Memory), new(key.ChainCode.Memory), checked((int)key.Threshold), [.. key.Nodes.Select(n => checked((int)n))]);

    // A node of another version, or a hostile one, may answer anything; to the server that is as good as no answer.
    static bool IsSilence(Exception e) => e is RpcException or InvalidProtocolBufferException;

    static ByteString Bytes(ReadOnlyMemory<byte> bytes) => ByteString.CopyFrom(bytes.Span);
}
