using Google.Protobuf;

namespace Quorate.Rpc.Server;

/// <summary>A call's responses, as its method writes them.</summary>
sealed class ResponseStream<T>(ServerCall call) : IServerStreamWriter<T> where T : IMessage
{
    public Task WriteAsync(T message, CancellationToken cancellationToken = default) =>
        call.WriteAsync(message, flush: true, cancellationToken);
}
