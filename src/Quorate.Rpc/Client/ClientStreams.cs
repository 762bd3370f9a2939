using Google.Protobuf;

namespace Quorate.Rpc.Client;

/// <summary>A call's responses, as the application reads them.</summary>
sealed class ClientStreamReader<T>(ClientCall<T> call) : IAsyncStreamReader<T> where T : class, IMessage<T>
{
    T? current;
    int isReading;

    public T Current => current ?? throw new InvalidOperationException("There is no current message.");

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref isReading, 1) != 0)
            throw new InvalidOperationException("Another read is under way; await it first.");
        try
        {
            current = await call.ReadAsync(cancellationToken).ConfigureAwait(false);
            return current is not null;
        }
        finally
        {
            Volatile.Write(ref isReading, 0);
        }
    }
}

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
