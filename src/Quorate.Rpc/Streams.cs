using System.Runtime.CompilerServices;

namespace Quorate.Rpc;

/// <summary>Messages as they arrive. One reader at a time.</summary>
public interface IAsyncStreamReader<out T>
{
    /// <summary>The message that the last <see cref="MoveNext"/> found.</summary>
    T Current { get; }

    /// <summary>Waits for the next message; false when the other side has finished.</summary>
    /// <exception cref="RpcException">The other side broke the protocol, or the call ended with an error.</exception>
    /// <exception cref="InvalidOperationException">Another read is under way.</exception>
    Task<bool> MoveNext(CancellationToken cancellationToken);
}

/// <summary>Messages to send. One writer at a time.</summary>
public interface IAsyncStreamWriter<in T>
{
    /// <summary>
    /// Sends a message. It is complete when the transport has taken it, so that a slow reader slows the writer: at most the
    /// transport's window and a buffer of some tens of kilobytes are between them.
    /// </summary>
    /// <exception cref="InvalidOperationException">Another write is under way.</exception>
    Task WriteAsync(T message, CancellationToken cancellationToken = default);
}

/// <summary>What a service writes a stream of responses to.</summary>
public interface IServerStreamWriter<in T> : IAsyncStreamWriter<T>;

/// <summary>What a client writes a stream of requests to.</summary>
public interface IClientStreamWriter<in T> : IAsyncStreamWriter<T>
{
    /// <summary>Says that there are no more requests.</summary>
    Task CompleteAsync();
}

/// <summary>Reading with await foreach.</summary>
public static class AsyncStreamReaderExtensions
{
    /// <summary>All messages to the end of the stream.</summary>
    public static async IAsyncEnumerable<T> ReadAllAsync<T>(
        this IAsyncStreamReader<T> reader, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        while (await reader.MoveNext(cancellationToken).ConfigureAwait(false))
            yield return reader.Current;
    }
}
