using System.CommandLine;
using Google.Protobuf;
using Quorate.Cli.Node;
using Quorate.Node.V1;
using Quorate.Rpc;
using Quorate.Rpc.Client;

namespace Quorate.Cli.Ceremonies;

/// <summary>What commands ask a running node.</summary>
static class NodeCalls
{
    static readonly Method<GetStatusRequest, NodeStatus> getStatus = Method<GetStatusRequest, NodeStatus>("GetStatus");
    static readonly Method<SignRequest, SignReply> sign = Method<SignRequest, SignReply>("Sign");
    static readonly Method<LeadCeremonyRequest, CeremonyStatus> leadCeremony = Method<LeadCeremonyRequest, CeremonyStatus>("LeadCeremony");
    static readonly Method<TakeActsRequest, TakeActsReply> takeActs = Method<TakeActsRequest, TakeActsReply>("TakeActs");
    static readonly Method<FreezeRequest, FreezeReply> freeze = Method<FreezeRequest, FreezeReply>("Freeze");
    static readonly Method<GetCeremonyRequest, CeremonyStatus> getCeremony = Method<GetCeremonyRequest, CeremonyStatus>("GetCeremony");

    /// <summary>Asks a node once.</summary>
    internal static async Task<NodeStatus> StatusAsync(ParseResult parsed, CancellationToken cancellation)
    {
        using var channel = NodeConnection.Open(parsed);
        return await AskedAsync(parsed, () => StatusAsync(channel, cancellation));
    }

    internal static Task<CeremonyStatus> LeadAsync(RpcChannel channel, LeadCeremonyRequest request, CancellationToken cancellation) =>
        channel.AsyncUnaryCall(leadCeremony, request, Within(cancellation)).ResponseAsync;

    internal static Task<CeremonyStatus> GetAsync(RpcChannel channel, string id, CancellationToken cancellation) =>
        channel.AsyncUnaryCall(getCeremony, new() { Id = id }, Within(cancellation)).ResponseAsync;

    internal static Task<TakeActsReply> TakeAsync(RpcChannel channel, TakeActsRequest request, CancellationToken cancellation) =>
        channel.AsyncUnaryCall(takeActs, request, Within(cancellation)).ResponseAsync;

    internal static Task<NodeStatus> StatusAsync(RpcChannel channel, CancellationToken cancellation) =>
        channel.AsyncUnaryCall(getStatus, new(), Within(cancellation)).ResponseAsync;

    /// <summary>Asks for signatures, as a server does; they take a session of the nodes.</summary>
    internal static Task<SignReply> SignAsync(RpcChannel channel, SignRequest request, CancellationToken cancellation) =>
        channel.AsyncUnaryCall(sign, request, new(Deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(60), CancellationToken: cancellation)).ResponseAsync;

    internal static Task<FreezeReply> FreezeAsync(RpcChannel channel, FreezeRequest request, CancellationToken cancellation) =>
        channel.AsyncUnaryCall(freeze, request, Within(cancellation)).ResponseAsync;

    /// <summary>A call whose failure is the user's to read.</summary>
    internal static async Task<T> AskedAsync<T>(ParseResult parsed, Func<Task<T>> call) where T : IMessage<T>
    {
        try
        {
            return await call();
        }
        catch (RpcException problem)
        {
            throw new CliException($"{parsed.GetValue(NodeConnection.Url)}: {problem.Message}",
                problem.StatusCode is StatusCode.NotFound or StatusCode.InvalidArgument ? CliException.Negative : CliException.Aborted);
        }
    }

    static CallOptions Within(CancellationToken cancellation) =>
        new(Deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(10), CancellationToken: cancellation);

    static Method<TRequest, TResponse> Method<TRequest, TResponse>(string name)
        where TRequest : class, IMessage<TRequest>, new() where TResponse : class, IMessage<TResponse>, new() =>
        new(NodeReflection.Descriptor.Services[0], name);
}
