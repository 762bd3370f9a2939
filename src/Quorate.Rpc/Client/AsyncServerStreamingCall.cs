using Google.Protobuf;

namespace Quorate.Rpc.Client;

/// <summary>A call with a stream of responses.</summary>
public sealed class AsyncServerStreamingCall<TResponse> : AsyncCall<TResponse> where TResponse : class, IMessage<TResponse>
{
    internal AsyncServerStreamingCall(ClientCall<TResponse> call) : base(call) => ResponseStream = new MessageReader<TResponse>(call.ReadAsync);

    /// <summary>The responses. Its end is the call's.</summary>
    public IAsyncStreamReader<TResponse> ResponseStream { get; }
}
