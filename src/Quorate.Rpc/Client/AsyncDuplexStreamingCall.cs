using Google.Protobuf;

namespace Quorate.Rpc.Client;

/// <summary>A call with a stream each way.</summary>
public sealed class AsyncDuplexStreamingCall<TRequest, TResponse> : AsyncCall<TResponse>
    where TRequest : class, IMessage<TRequest> where TResponse : class, IMessage<TResponse>
{
    internal AsyncDuplexStreamingCall(ClientCall<TResponse> call) : base(call) =>
        (RequestStream, ResponseStream) = (new ClientStreamWriter<TRequest, TResponse>(call), new MessageReader<TResponse>(call.ReadAsync));

    /// <summary>Where the requests go.</summary>
    public IClientStreamWriter<TRequest> RequestStream { get; }

    /// <summary>The responses. Its end is the call's.</summary>
    public IAsyncStreamReader<TResponse> ResponseStream { get; }
}
