using Google.Protobuf;

namespace Quorate.Rpc.Client;

/// <summary>A call's requests, as the application writes them.</summary>
sealed class ClientStreamWriter<TRequest, TResponse>(ClientCall<TResponse> call) : IClientStreamWriter<TRequest>
    where TRequest : class, IMessage<TRequest> where TResponse : class, IMessage<TResponse>
{
    int isWriting;
    bool isComplete;

    public async Task WriteAsync(TRequest message, CancellationToken cancellationToken = default)
    {
        if (isComplete)
            throw new InvalidOperationException("The requests have been completed.");
        if (Interlocked.Exchange(ref isWriting, 1) != 0)
            throw new InvalidOperationException("Another write is under way; await it first.");
        try
        {
            await call.WriteAsync(message, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref isWriting, 0);
        }
    }

    public Task CompleteAsync()
    {
        isComplete = true;
        call.CompleteRequests();
        return Task.CompletedTask;
    }
}
