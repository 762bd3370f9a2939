namespace Quorate.Rpc;

/// <summary>A call's incoming messages, as the application reads them at either end.</summary>
/// <param name="next">Gives the next message; null at the end.</param>
sealed class MessageReader<T>(Func<CancellationToken, ValueTask<T?>> next) : IAsyncStreamReader<T> where T : class
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
            current = await next(cancellationToken).ConfigureAwait(false);
            return current is not null;
        }
        finally
        {
            Volatile.Write(ref isReading, 0);
        }
    }
}
