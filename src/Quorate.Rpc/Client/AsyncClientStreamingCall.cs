using System.Runtime.CompilerServices;
using Google.Protobuf;

namespace Quorate.Rpc.Client;

/// <summary>A call with a stream of requests and one response, which awaiting it gives.</summary>
public sealed class AsyncClientStreamingCall<TRequest, TResponse> : AsyncCall<TResponse>
    where TRequest : class, IMessage<TRequest> where TResponse : class, IMessage<TResponse>
{
    internal AsyncClientStreamingCall(ClientCall<TResponse> call) : base(call) =>
        (RequestStream, ResponseAsync) = (new ClientStreamWriter<TRequest, TResponse>(call), call.ReadSingleAsync());

    /// <summary>Where the requests go.</summary>
    public IClientStreamWriter<TRequest> RequestStream { get; }

    /// <summary>The response.</summary>
    /// <exception cref="RpcException">The call ended without one.</exception>
    public Task<TResponse> ResponseAsync { get; }

    /// <summary>Awaits <see cref="ResponseAsync"/>.</summary>
    public TaskAwaiter<TResponse> GetAwaiter() => ResponseAsync.GetAwaiter();
}
