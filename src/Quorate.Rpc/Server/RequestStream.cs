namespace Quorate.Rpc.Server;

/// <summary>A call's requests, as its method reads them.</summary>
sealed class RequestStream<T>(ServerCall call) : IAsyncStreamReader<T> where T : class
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
            call.CancellationToken.ThrowIfCancellationRequested();
            using var both = cancellationToken.CanBeCanceled && cancellationToken != call.CancellationToken
                ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, call.CancellationToken) : null;
            current = (T?)await call.ReadAsync(both?.Token ?? call.CancellationToken).ConfigureAwait(false);
            return current is not null;
        }
        finally
        {
            Volatile.Write(ref isReading, 0);
        }
    }
}
