using System.Runtime.CompilerServices;
using Google.Protobuf;

namespace Quorate.Rpc.Client;

/// <summary>A call with one response, which awaiting it gives.</summary>
public sealed class AsyncUnaryCall<TResponse> : AsyncCall<TResponse> where TResponse : class, IMessage<TResponse>
{
    internal AsyncUnaryCall(ClientCall<TResponse> call) : base(call) => ResponseAsync = call.ReadSingleAsync();

    /// <summary>The response.</summary>
    /// <exception cref="RpcException">The call ended without one.</exception>
    public Task<TResponse> ResponseAsync { get; }

    /// <summary>Awaits <see cref="ResponseAsync"/>.</summary>
    public TaskAwaiter<TResponse> GetAwaiter() => ResponseAsync.GetAwaiter();
}
