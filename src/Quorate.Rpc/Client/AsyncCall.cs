using Google.Protobuf;

namespace Quorate.Rpc.Client;

/// <summary>What all kinds of calls have. Disposing cancels a call that has not ended.</summary>
public abstract class AsyncCall<TResponse> : IDisposable where TResponse : class, IMessage<TResponse>
{
    internal AsyncCall(ClientCall<TResponse> call) => Call = call;

    /// <summary>The metadata that the server sends before its first message. Fails when the call ends without.</summary>
    public Task<Metadata> ResponseHeadersAsync => Call.ResponseHeadersAsync;

    internal ClientCall<TResponse> Call { get; }

    /// <summary>How the call ended.</summary>
    /// <exception cref="InvalidOperationException">It has not.</exception>
    public Status GetStatus() => Call.End.Status;

    /// <summary>The metadata that came with the status.</summary>
    /// <exception cref="InvalidOperationException">The call has not ended.</exception>
    public Metadata GetTrailers() => Call.End.Trailers;

    /// <inheritdoc/>
    public void Dispose()
    {
        Call.Dispose();
        GC.SuppressFinalize(this);
    }
}
