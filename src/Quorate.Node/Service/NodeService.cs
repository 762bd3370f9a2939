using System.Reflection;
using Google.Protobuf;
using Quorate.Chains;
using Quorate.Cryptography.Curves;
using Quorate.Journal;
using Quorate.Node.Ceremonies;
using Quorate.Node.Gate;
using Quorate.Node.V1;
using Quorate.Node.Vault;
using Quorate.Policies;
using Quorate.Rpc;
using Quorate.Rpc.Server;
using Quorate.Threshold.Sharing;

namespace Quorate.Node.Service;

/// <summary>
/// The contract of node.proto, over gRPC and over questions alike. It turns bytes into documents and back and decides nothing:
/// what it hands on judges for itself.
/// </summary>
sealed partial class NodeService
{
    readonly NodeParts node;
    readonly Dictionary<string, Func<ByteString, CancellationToken, Task<IMessage>>> methods;

    internal NodeService(NodeParts node)
    {
        this.node = node;
        methods = new(StringComparer.Ordinal)
        {
            [nameof(Endpoint.GetStatus)] = Method(GetStatusRequest.Parser, GetStatusAsync),
            [nameof(Endpoint.Sign)] = Method(SignRequest.Parser, SignAsync),
            [nameof(Endpoint.TakeActs)] = Method(TakeActsRequest.Parser, TakeActsAsync),
            [nameof(Endpoint.Freeze)] = Method(FreezeRequest.Parser, FreezeAsync),
            [nameof(Endpoint.LeadCeremony)] = Method(LeadCeremonyRequest.Parser, LeadCeremonyAsync),
            [nameof(Endpoint.GetCeremony)] = Method(GetCeremonyRequest.Parser, GetCeremonyAsync),
            [nameof(Endpoint.GetDecision)] = Method(GetDecisionRequest.Parser, GetDecisionAsync),
            [nameof(Endpoint.CosignHead)] = Method(CosignHeadRequest.Parser, CosignHeadAsync),
        };
    }

    /// <summary>Adds the service to what this node serves.</summary>
    internal RpcServices AddTo(RpcServices services) => services.Add(NodeReflection.Descriptor.Services[0], new Endpoint(this));

    /// <summary>Answers a call that came over this node's own connection.</summary>
    /// <exception cref="RpcException">The status to answer instead.</exception>
    internal async Task<ByteString> AnswerAsync(string method, ByteString body, CancellationToken cancellation) =>
        methods.TryGetValue(method, out var run)
            ? (await run(body, cancellation).ConfigureAwait(false)).ToByteString()
            : throw new RpcException(new(StatusCode.Unimplemented, $"A node has no method {method}."));

    async Task<NodeStatus> GetStatusAsync(GetStatusRequest request, CancellationToken cancellation)
    {
        var (state, head) = (node.Journal.State, await node.Journal.HeadAsync(cancellation).ConfigureAwait(false));
        var status = new NodeStatus
        {
            Node = ByteString.CopyFrom(node.Me.AsSpan()),
            Version = typeof(NodeService).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "",
            Deployment = Bytes(state.Genesis?.Hash),
            Number = (uint)(state.Me?.Number ?? 0),
            Name = state.Me?.Name ?? "",
            Policy = Bytes(state.Policy?.Hash),
            Acts = state.Acts,
            LastAct = state.Genesis is null ? ByteString.Empty : Bytes(state.LastAct),
            Unfreezings = state.Unfreezings,
            Events = (ulong)head.Position,
            Head = ByteString.CopyFrom(head.Hash.ToArray()),
            Sessions = (uint)(node.Board?.Open ?? 0),
            Time = node.Time.GetUtcNow().ToUnixTimeMilliseconds(),
        };
        status.Frozen.Add(state.Frozen.Order(StringComparer.Ordinal));
        status.Wallets.Add(state.Wallets.Values.OrderBy(w => w.Name, StringComparer.Ordinal).Select(ToWallet));
        foreach (var open in state.Ceremonies.OrderBy(c => c.Key, StringComparer.Ordinal))
            status.Ceremonies.Add(await ToStatusAsync(open.Key, cancellation).ConfigureAwait(false));
        status.Chains.Add(node.Judges.Keys.Select(chain => chain.ToString()).Order(StringComparer.Ordinal));
        return status;
    }

    async Task<TakeActsReply> TakeActsAsync(TakeActsRequest request, CancellationToken cancellation)
    {
        var acts = request.Acts.Select(a => Read(() => new Governance.ApprovedAct(
            AdministrativeAct.Parse(a.Act.Span, ChainSpelling.IsCanonical), ApprovalJson.Parse(a.Approvals.Span)))).ToArray();
        var problem = await node.Governance.TakeAsync(acts, cancellation).ConfigureAwait(false);
        var state = node.Journal.State;
        return new() { Problem = problem ?? "", Acts = state.Acts, LastAct = state.Genesis is null ? ByteString.Empty : Bytes(state.LastAct) };
    }

    async Task<FreezeReply> FreezeAsync(FreezeRequest request, CancellationToken cancellation)
    {
        var (order, approvals) = Read(() => (FreezeOrder.Parse(request.Order.Span), ApprovalJson.Parse(request.Approval.Span)));
        if (approvals is not [var approval])
            throw Invalid($"{approvals.Length} approvals; an order to freeze has one.");
        return new() { Problem = await node.Governance.FreezeAsync(order, approval, cancellation).ConfigureAwait(false) ?? "" };
    }

    static Wallet ToWallet(WalletKeys wallet)
    {
        var message = new Wallet { Name = wallet.Name, Epoch = wallet.Epoch };
        void Add<C>(string scheme, PublicKeyPackage<C>? package) where C : struct, ICurve<C>
        {
            if (package is null)
                return;
            var key = new Key
            {
                Scheme = scheme, PublicKey = ByteString.CopyFrom(package.GroupKey.Encode()), ChainCode = ByteString.CopyFrom(package.ChainCode),
                Threshold = (uint)package.Threshold, Id = Bytes(KeyId.Of(package)), Package = ByteString.CopyFrom(KeyView.Store(package)),
            };
            key.Nodes.Add(package.Parties.Select(p => (uint)p.Value));
            message.Keys.Add(key);
        }
        Add(KeyName.Ecdsa, wallet.Ecdsa);
        Add(KeyName.Bip340, wallet.Bip340);
        Add(KeyName.Ed25519, wallet.Ed25519);
        return message;
    }

    static ByteString Bytes(Digest? digest) => digest is { } some ? ByteString.CopyFrom(some.ToArray()) : ByteString.Empty;

    /// <summary>Reads what came from outside: what is wrong with it is the caller's to know.</summary>
    static T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw Invalid(e.Message);
        }
    }

    static RpcException Invalid(string detail) => new(new(StatusCode.InvalidArgument, detail));

    /// <summary>What a node can not record it does not do, and says so: the disk may be full. Where its files are is its operator's to know.</summary>
    static async Task<T> Recorded<T>(Task<T> answer)
    {
        try
        {
            return await answer.ConfigureAwait(false);
        }
        catch (JournalUnavailableException problem)
        {
            throw new RpcException(new(StatusCode.Unavailable, $"The node can not record what it decides: {problem.InnerException?.Message ?? problem.Message}"));
        }
    }

    static Func<ByteString, CancellationToken, Task<IMessage>> Method<TRequest, TResponse>(
        MessageParser<TRequest> parser, Func<TRequest, CancellationToken, Task<TResponse>> run)
        where TRequest : IMessage<TRequest> where TResponse : IMessage => async (body, cancellation) =>
        {
            TRequest request;
            try
            {
                request = parser.ParseFrom(body);
            }
            catch (InvalidProtocolBufferException e)
            {
                throw Invalid(e.Message);
            }
            return await Recorded(run(request, cancellation)).ConfigureAwait(false);
        };

    /// <summary>What gRPC binds. Its methods have the names that the contract gives them.</summary>
    sealed class Endpoint(NodeService service)
    {
        public Task<NodeStatus> GetStatus(GetStatusRequest request, ServerCallContext context) => service.GetStatusAsync(request, context.CancellationToken);

        public Task<SignReply> Sign(SignRequest request, ServerCallContext context) => Recorded(service.SignAsync(request, context.CancellationToken));

        public Task<TakeActsReply> TakeActs(TakeActsRequest request, ServerCallContext context) => Recorded(service.TakeActsAsync(request, context.CancellationToken));

        public Task<CeremonyStatus> LeadCeremony(LeadCeremonyRequest request, ServerCallContext context) =>
            Recorded(service.LeadCeremonyAsync(request, context.CancellationToken));

        public Task<CeremonyStatus> GetCeremony(GetCeremonyRequest request, ServerCallContext context) =>
            service.GetCeremonyAsync(request, context.CancellationToken);

        public Task<FreezeReply> Freeze(FreezeRequest request, ServerCallContext context) => Recorded(service.FreezeAsync(request, context.CancellationToken));

        public Task<V1.Decision> GetDecision(GetDecisionRequest request, ServerCallContext context) => service.GetDecisionAsync(request, context.CancellationToken);

        public Task<CosignHeadReply> CosignHead(CosignHeadRequest request, ServerCallContext context) => Recorded(service.CosignHeadAsync(request, context.CancellationToken));
    }
}
